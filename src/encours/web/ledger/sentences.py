"""What happened with a customer, as sentences a person would say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from encours.dunning.queries.timeline import Event
from encours.web import formats
from encours.web.ledger import words
from encours.web.wording import Text

FACTS: Final[Mapping[str, Text]] = {
    "dispute": lazy("Litige"),
    "promise": lazy("Promesse de règlement"),
    "plan": lazy("Échéancier"),
    "pause": lazy("Pause des relances"),
    "insolvency": lazy("Procédure collective"),
    "over_indebtedness": lazy("Surendettement"),
    "protection": lazy("Majeur protégé"),
    "death": lazy("Décès"),
    "limitation": lazy("Prescription interrompue ou suspendue"),
    "assignment": lazy("Cession à un factor"),
    "handover": lazy("Mise au contentieux"),
    "einvoice": lazy("Statut de facture électronique"),
    "direct_debit": lazy("Prélèvement en cours"),
    "reply": lazy("Réponse à traiter"),
    "orders_held": lazy("Commandes bloquées"),
}
DOCUMENTS: Final[Mapping[str, Text]] = {
    "invoice": lazy("Facture %(name)s de %(amount)s."),
    "debit_note": lazy("Note de débit %(name)s de %(amount)s."),
    "penalty_note": lazy("Note de pénalités %(name)s de %(amount)s."),
    "opening": lazy("À nouveau %(name)s : %(amount)s."),
    "returned_payment": lazy("Règlement rejeté %(name)s : %(amount)s de nouveau dus."),
    "refund": lazy("Remboursement %(name)s de %(amount)s."),
    "payment": lazy("Règlement reçu %(name)s : %(amount)s."),
    "credit_note": lazy("Avoir %(name)s de %(amount)s."),
    "deposit": lazy("Acompte reçu %(name)s : %(amount)s."),
    "discount": lazy("Escompte accordé %(name)s : %(amount)s."),
    "write_off": lazy("Passage en perte %(name)s : %(amount)s."),
    "inferred": lazy("Réglé d'après un état des encours %(name)s : %(amount)s."),
}
MESSAGES: Final[Mapping[str, Text]] = {
    "reserved": lazy("Message prêt à partir : « %(name)s »."),
    "sending": lazy("Message en cours d'envoi : « %(name)s »."),
    "sent": lazy("Message envoyé : « %(name)s »."),
    "uncertain": lazy("Message incertain, parti ou non : « %(name)s »."),
    "failed": lazy("Message non parti : « %(name)s »."),
    "bounced": lazy("Message refusé par l'adresse du client : « %(name)s »."),
    "withdrawn": lazy("Message retiré avant l'envoi : « %(name)s »."),
}
VERBS: Final[Mapping[str, Text]] = {
    "customer.created": lazy("Client créé."),
    "customer.updated": lazy("Fiche du client modifiée."),
    "customer.classed": lazy("Nature du client confirmée."),
    "customer.terms_set": lazy("Conditions de règlement changées."),
    "discount.reward_decided": lazy("Geste pour un bon payeur : décidé."),
    "discount.rule_added": lazy("Règle d'escompte donnée à ce client."),
    "discount.rule_ended": lazy("Règle d'escompte de ce client terminée."),
    "discount.offered": lazy("Escompte ou remise offert : %(cents)s."),
    "discount.withdrawn": lazy("Offre d'escompte retirée : %(cents)s."),
    "discount.granted": lazy("Escompte accordé : %(cents)s."),
    "discount.taken_back": lazy("Escompte repris : %(cents)s."),
    "discount.booked": lazy("Escompte passé en comptabilité : %(cents)s."),
    "limit.set": lazy("Limite de crédit accordée : %(cents)s."),
    "limit.ended": lazy("Limite de crédit retirée."),
    "mandate.recorded": lazy("Mandat de prélèvement enregistré."),
    "mandate.revoked": lazy("Mandat de prélèvement révoqué."),
    "contact.created": lazy("Interlocuteur ajouté."),
    "contact.updated": lazy("Interlocuteur modifié."),
    "contact.removed": lazy("Interlocuteur retiré."),
    "invoice.reversed": lazy("Facture saisie à la main annulée."),
    "invoice.numbered": lazy("Numéro donné à une facture."),
    "invoice.unnumbered": lazy("Numéro donné à une facture, retiré."),
    "credit.reversed": lazy("Règlement ou avoir saisi à la main annulé."),
    "penalty_note.cancelled": lazy("Note de pénalités annulée par un avoir : %(cents)s."),
    "allocation.undone": lazy("Lettrage défait : %(cents)s."),
    "allocation.refused": lazy("Lettrage proposé, refusé."),
    "instalment.reclassified": lazy("Échéance reclassée en comptabilité."),
    "scenario.chosen": lazy("Scénario de relance choisi."),
    "scoring.profile_chosen": lazy("Profil payeur choisi à la main."),
    "scoring.profile_withdrawn": lazy("Profil payeur choisi à la main, retiré."),
    "contact.phone_wrong": lazy("Numéro d'un interlocuteur : faux."),
    "call.reached": lazy("Appel : joint."),
    "call.promise": lazy("Appel : promesse de %(cents)s."),
    "call.dispute": lazy("Appel : litige."),
    "call.paid": lazy("Appel : dit avoir payé."),
    "call.call_back": lazy("Appel : demande à être rappelé."),
    "call.wrong_number": lazy("Appel : mauvais numéro."),
    "call.no_answer": lazy("Appel : pas de réponse."),
    "call.voicemail": lazy("Appel : messagerie."),
    "task.planned": lazy("Action prévue."),
    "task.done": lazy("Action faite."),
    "task.dropped": lazy("Action abandonnée."),
    "reminder.sent": lazy("Relance envoyée."),
    "reminder.held": lazy("Relance retenue au moment de partir."),
    "reminder.cancelled": lazy("Relance annulée au moment de partir."),
    "reminder.skipped": lazy("Relance écartée."),
    "reminder.edited": lazy("Texte d'une relance modifié."),
    "reminder.recorded": lazy("Relance faite hors du programme, enregistrée."),
    "letter.numbered": lazy("Numéro de recommandé noté."),
    "letter.accepted": lazy("Courrier imprimé par le prestataire."),
    "letter.deposited": lazy("Courrier déposé."),
    "letter.presented": lazy("Courrier présenté au destinataire."),
    "letter.delivered": lazy("Courrier distribué."),
    "letter.refused": lazy("Courrier refusé par le destinataire."),
    "letter.not_claimed": lazy("Pli avisé et non réclamé."),
    "letter.unknown": lazy("Courrier revenu : destinataire inconnu à l'adresse."),
    "letter.returned": lazy("Courrier revenu à l'expéditeur."),
    "letter.rejected": lazy("Courrier rejeté par le prestataire."),
    "letter.proof_kept": lazy("Preuve de courrier gardée."),
    "address.failed": lazy("Adresse postale en défaut."),
    "consent.recorded": lazy("Accord au recommandé électronique enregistré."),
    "consent.withdrawn": lazy("Accord au recommandé électronique retiré."),
    "letter.posted": lazy("Courrier posté."),
    "reply.received": lazy("Réponse du client reçue : %(kind)s."),
    "reply.corrected": lazy("Réponse du client corrigée : %(kind)s."),
    "reply.assigned": lazy("Réponse rattachée à ce client."),
    "reply.decided": lazy("Réponse du client traitée : %(kind)s."),
    "answer.sent": lazy("Réponse envoyée au client."),
    "answer.failed": lazy("Réponse au client non partie."),
    "answer.bounced": lazy("Réponse au client revenue."),
    "answer.uncertain": lazy("Réponse au client incertaine, partie ou non."),
    "answer.withdrawn": lazy("Réponse au client retirée avant l'envoi."),
    "step.effect": lazy("Suite d'une étape : commandes, tâche ou transmission."),
    "message.doubt_resolved": lazy("Message incertain : décision prise."),
}
ICONS: Final = {"invoice": "invoice", "credit": "euro", "message": "mail", "fact": "note"}


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    on: date
    at: datetime | None
    sentence: str
    who: str
    url: str
    icon: str


def told(event: Event) -> Told:
    """Say in one sentence what happened, and where it can be read."""
    url = reverse("invoice", args=[event.subject_id]) if event.source == "invoice" else ""
    return Told(event.on, event.at, _sentence(event), event.who, url, ICONS[event.source])


def _sentence(event: Event) -> str:
    if event.source in {"invoice", "credit"}:
        pattern = DOCUMENTS.get(event.code)
        amount = formats.money(event.cents, event.currency or "EUR")
        if pattern is None:
            return f"{words.KINDS.get(event.code, event.code)} {event.name} : {amount}."
        return str(pattern) % {"name": event.name, "amount": amount}
    if event.source == "message":
        sentence = str(MESSAGES.get(event.code, "« %(name)s »")) % {"name": event.name}
        return f"{sentence} {_('(répétition)')}" if event.data.get("rehearsal") else sentence
    if event.code.startswith("standing."):
        return _standing(event)
    pattern = VERBS.get(event.code)
    if pattern is None:
        return event.code.replace(".", " · ").replace("_", " ")
    kind = str(event.data.get("kind", ""))
    values = {
        "cents": formats.money(_number(event.data.get("cents"))),
        "kind": str(words.REPLIES.get(kind, kind)).lower(),
    }
    return str(pattern) % values


def _standing(event: Event) -> str:
    _standing_word, kind, what = event.code.split(".", 2)
    name = str(FACTS.get(kind, kind))
    given = event.data
    starts, ends = _day(given.get("starts_on")), _day(given.get("ends_on"))
    reason = f" ({event.name})" if event.name else ""
    values = {"name": name, "starts": starts, "ends": ends, "reason": reason}
    if what == "withdrawn":
        return _("%(name)s : retiré, noté par erreur.") % values
    if what == "ended":
        return _("%(name)s : terminé le %(ends)s%(reason)s.") % values
    if given.get("ends_on"):
        return _("%(name)s du %(starts)s au %(ends)s%(reason)s.") % values
    return _("%(name)s à partir du %(starts)s%(reason)s.") % values


def _day(value: Any) -> str:
    return formats.day(date.fromisoformat(value)) if isinstance(value, str) else formats.NONE


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None
