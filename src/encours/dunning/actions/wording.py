"""A person's own words for one message: read by `tone` before they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from encours.dunning.actions import outgoing
from encours.dunning.actions.decisions import AlreadyDecided
from encours.dunning.models import Reminder
from encours.dunning.rules import proofreading
from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tone.rules.values import Finding, is_blocked


class NotInThoseWords(Refusal):
    """The words may not be sent as they are; `findings` say why, `is_final` whether to reword.

    Without `is_final` they are only unwise, and a person may keep them.
    """

    message = "Ce texte ne peut pas partir ainsi."

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        self.is_final = is_blocked(findings)
        super().__init__(
            self.message
            if self.is_final
            else "Ce texte est à relire : corrigez-le, ou gardez-le quand même."
        )


@transaction.atomic
def edit(
    *,
    tenant_id: int,
    reminder_id: int,
    subject: str,
    body: str,
    user_id: int,
    on: date,
    now: datetime,
    is_kept: bool = False,
) -> None:
    """Keep a person's own words for one message that has not been approved yet.

    Unlawful words are refused whatever is asked; unwise ones are kept when `is_kept`, and the
    journal says despite what.
    """
    reminder = Reminder.objects.of(tenant_id).select_for_update().get(pk=reminder_id)
    if reminder.state != "planned":
        raise AlreadyDecided
    reminder.edited = {"subject": subject.strip(), "body": body.strip()}
    findings = outgoing.findings_of(reminder, now=now)
    if is_blocked(findings) or (findings and not is_kept):
        raise NotInThoseWords(findings)
    reminder.save(update_fields=["edited"])
    journal.record(
        "reminder.edited",
        tenant_id=tenant_id,
        subject=("reminder", reminder.pk),
        effective_on=on,
        actor_id=user_id,
        creditor_id=reminder.creditor_id,
        customer_id=reminder.customer_id,
        data={"kept_despite": proofreading.codes(findings)} if findings else None,
    )
