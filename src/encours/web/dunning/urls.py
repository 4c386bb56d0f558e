"""Addresses of reminders and of the outbox."""

from __future__ import annotations

from django.urls import path

from encours.web.dunning import (
    ahead,
    coverage,
    golive,
    letters,
    outbox,
    plan,
    posting,
    reminder,
    sink,
)

urlpatterns = [
    path("relances/", plan.plan, name="plan"),
    path("relances/calculer/", plan.compute, name="plan_compute"),
    path("relances/decider/", plan.decide, name="plan_decide"),
    path("relances/trente-jours/", ahead.forecast, name="plan_forecast"),
    path("relances/pourquoi-pas/", ahead.held, name="plan_held"),
    path("relances/suivi/", coverage.coverage, name="plan_coverage"),
    path("relances/suivi/part/", coverage.share, name="plan_share"),
    path("relances/scenario/", ahead.scenario, name="plan_scenario"),
    path("relances/mise-en-service/", golive.checklist, name="plan_golive"),
    path("relances/mise-en-service/commencer/", golive.start, name="plan_golive_start"),
    path("relances/mise-en-service/repeter/", golive.rehearse, name="plan_golive_back"),
    path("relances/retards-anterieurs/", golive.old_lines, name="triage"),
    path("relances/retards-anterieurs/decider/", golive.decide, name="triage_decide"),
    path("relances/<int:reminder_id>/", reminder.reminder, name="reminder"),
    path("relances/<int:reminder_id>/e-mail/", reminder.email, name="reminder_email"),
    path("relances/<int:reminder_id>/courrier/", reminder.pdf, name="reminder_pdf"),
    path("relances/<int:reminder_id>/texte/", reminder.edit, name="reminder_edit"),
    path("relances/<int:reminder_id>/decider/", reminder.decide, name="reminder_decide"),
    path("messages/", outbox.messages, name="outbox"),
    path("messages/courriers/", letters.waiting, name="outbox_letters"),
    path("messages/courriers/lot/", letters.batch, name="letters_batch"),
    path("messages/courriers/en-route/", letters.under_way, name="letters_under_way"),
    path("messages/courriers/code/", letters.one_time_code, name="letters_code"),
    path("messages/<int:message_id>/", outbox.message, name="message"),
    path("messages/<int:message_id>/corps/", outbox.body, name="message_body"),
    path("messages/<int:message_id>/fichier/<int:place>/", outbox.file, name="message_file"),
    path("messages/<int:message_id>/trancher/", outbox.resolve, name="message_resolve"),
    path("messages/<int:message_id>/renvoyer/", outbox.retry, name="message_retry"),
    path("messages/<int:message_id>/imprimer/", letters.print_letter, name="message_print"),
    path("messages/<int:message_id>/postee/", letters.mark_one_posted, name="message_posted"),
    path("messages/<int:message_id>/recepisse/", posting.seen, name="message_seen"),
    path("messages/<int:message_id>/numero/", posting.number, name="message_number"),
    path("boite/", sink.mails, name="sink"),
    path("boite/<str:key>/", sink.mail, name="sink_mail"),
    path("boite/<str:key>/corps/", sink.body, name="sink_body"),
    path("boite/<str:key>/piece/<int:place>/", sink.file, name="sink_file"),
    path("premiers-pas/", golive.guide, name="guide"),
]
