"""Each verb of the journal as a sentence; an unknown verb shows itself, nothing is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from encours.web import formats
from encours.web.settings.forms import ROLES
from encours.web.settings.sender_names import STATES
from encours.web.wording import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "person.invited": _("Invitation envoyée, rôle : %(role)s."),
    "person.invitation_withdrawn": _("Invitation annulée."),
    "person.joined": _("A rejoint l'organisation, rôle : %(role)s."),
    "person.role_given": _("Rôle propre à une société : %(role)s."),
    "person.role_changed": _("Rôle changé : de %(from)s à %(to)s."),
    "person.revoked": _("Accès retiré (rôle : %(role)s)."),
    "api_key.created": _("Clé de l'API créée, rôle : %(role)s, portées : %(scopes)s."),
    "api_key.revoked": _("Clé de l'API révoquée (rôle : %(role)s)."),
    "webhook.created": _("Webhook créé, faits suivis : %(events)s."),
    "webhook.updated": _("Webhook modifié : %(fields)s."),
    "webhook.secret_renewed": _("Secret d'un webhook changé."),
    "webhook.ended": _("Webhook supprimé."),
    "source.created": _("Source de données créée (%(kind)s)."),
    "source.updated": _("Source de données modifiée (%(kind)s)."),
    "source.private_allowed": _("Source de données : réseau privé permis."),
    "source.paused": _("Source de données mise en pause."),
    "source.resumed": _("Source de données remise en marche."),
    "source.removed": _("Source de données retirée."),
    "source.token_made": _("Source de données : nouvelle adresse de dépôt."),
    "source.failed": _("Source de données en échec."),
    "source.recovered": _("Source de données rétablie."),
    "inbox.set": _("Boîte des réponses réglée (%(auth)s)."),
    "inbox.private_allowed": _("Boîte des réponses : réseau privé permis."),
    "inbox.connected": _("Boîte des réponses connectée (%(auth)s)."),
    "inbox.token_made": _("Boîte des réponses : nouvelle adresse pour un prestataire."),
    "inbox.failed": _("Boîte des réponses en échec."),
    "inbox.recovered": _("Boîte des réponses rétablie."),
    "reply.received": _("Réponse d'un client reçue : %(kind)s."),
    "reply.corrected": _("Nature d'une réponse corrigée : %(kind)s."),
    "reply.assigned": _("Réponse rattachée à un client : %(kind)s."),
    "reply.decided": _("Réponse traitée (%(kind)s) : %(outcome)s."),
    "answer.sent": _("Réponse envoyée à un client."),
    "answer.failed": _("Réponse à un client non partie."),
    "answer.bounced": _("Réponse à un client revenue."),
    "answer.uncertain": _("Réponse à un client incertaine, partie ou non."),
    "answer.withdrawn": _("Réponse à un client retirée avant l'envoi."),
    "creditor.founded": _("Société créée à l'installation."),
    "creditor.created": _("Société créée, code %(code)s."),
    "creditor.updated": _("Fiche de la société modifiée : %(fields)s."),
    "creditor.logo_set": _("Logo enregistré (%(type)s)."),
    "creditor.logo_removed": _("Logo retiré."),
    "bank_account.requested": _("Compte bancaire %(account)s ajouté."),
    "bank_account.activated": _("Compte bancaire %(account)s en service (premier compte)."),
    "bank_account.confirmed": _("Compte bancaire %(account)s confirmé par une deuxième personne."),
    "bank_account.retired": _("Compte bancaire %(account)s retiré."),
    "sender.set": _("Expéditeur modifié : %(fields)s."),
    "sender.server_set": _("Serveur SMTP réglé : %(host)s."),
    "sender.tested": _("Message d'essai envoyé."),
    "sender.names_checked": _(
        "Domaine %(domain)s vérifié : SPF %(spf)s, DKIM %(dkim)s, DMARC %(dmarc)s."
    ),
    "channel.set": _("Compte d'envoi réglé : %(channel)s par %(provider)s."),
    "channel.closed": _("Compte d'envoi fermé : %(channel)s par %(provider)s."),
    "channel.tested": _("Message d'essai envoyé (%(channel)s)."),
    "sending_limit.set": _(
        "Rythme d'envoi réglé (%(channel)s) : %(hourly)s par heure, %(daily)s par jour."
    ),
    "number.opted_out": _("Un destinataire ne veut plus de messages courts (%(provider)s)."),
    "number.opted_in": _("Un destinataire accepte de nouveau les messages courts (%(provider)s)."),
    "sending.stopped": _("Tous les envois arrêtés."),
    "sending.resumed": _("Envois repris."),
    "terms.created": _("Conditions de règlement ajoutées : %(name)s."),
    "terms.confirmed": _("Conditions de règlement confirmées : %(name)s."),
    "terms.made_default": _("Conditions de règlement par défaut : %(name)s."),
    "terms.inherited": _("Conditions par défaut de l'organisation reprises : %(name)s."),
    "scoring.computed": _("Profils payeurs calculés : %(scored)s clients, %(moved)s changés."),
    "scoring.profile_chosen": _("Profil payeur choisi à la main, jusqu'au %(ends_on)s."),
    "scoring.profile_withdrawn": _("Profil payeur choisi à la main, retiré."),
    "scoring.thresholds_set": _("Seuils des profils payeurs changés."),
    "scoring.thresholds_inherited": _("Seuils des profils de l'organisation repris."),
    "scoring.segment_saved": _("Segment enregistré, rang %(rank)s."),
    "scoring.segment_removed": _("Segment supprimé."),
    "scoring.segment_moved": _("Segment passé au rang %(rank)s."),
    "contact.phone_wrong": _("Numéro d'un interlocuteur dit faux."),
    "call.reached": _("Appel : joint."),
    "call.promise": _("Appel : promesse de %(cents)s."),
    "call.dispute": _("Appel : litige."),
    "call.paid": _("Appel : dit avoir payé."),
    "call.call_back": _("Appel : demande à être rappelé."),
    "call.wrong_number": _("Appel : mauvais numéro."),
    "call.no_answer": _("Appel : pas de réponse."),
    "call.voicemail": _("Appel : messagerie."),
    "calls.policy_set": _("Habitudes d'appel changées."),
    "calls.policy_inherited": _("Habitudes d'appel de l'organisation reprises."),
    "task.planned": _("Action prévue pour le %(due_on)s."),
    "task.done": _("Action faite."),
    "task.dropped": _("Action abandonnée."),
    "policy.set": _("Réglages de l'organisation changés : %(fields)s."),
    "policy.overridden": _("Réglages propres à la société : %(fields)s."),
    "policy.inherited": _("Réglages de l'organisation repris : %(fields)s."),
    "agency.named": _("Cabinet de recouvrement enregistré."),
    "agency.account_given": _("Compte du cabinet de recouvrement donné."),
    "agency.account_confirmed": _("Compte du cabinet de recouvrement confirmé."),
    "agency.removed": _("Cabinet de recouvrement retiré."),
    "scenario.created": _("Scénario créé : %(name)s."),
    "scenario.saved": _("Scénario enregistré, version %(version)s, étapes changées : %(steps)s."),
    "scenario.tried": _("Scénario essayé à sa propre adresse, étapes : %(steps)s."),
    "scenario.inherited": _("Scénario de l'organisation repris (version %(version)s)."),
    "scenario.chosen": _("Scénario choisi pour un client : %(scenario)s."),
    "scenario.rules_saved": _("Règles des scénarios enregistrées : %(scenarios)s."),
    "text.saved": _("Texte %(text)s (%(language)s) enregistré, version %(version)s."),
    "text.given_up": _("Texte %(text)s (%(language)s) abandonné, version %(version)s."),
    "rates.entered": _("Taux légaux saisis : %(semesters)s."),
    "field.added": _("Champ ajouté : %(code)s (%(of)s, %(kind)s)."),
    "field.changed": _("Champ modifié : %(code)s (%(of)s)."),
    "field.retired": _("Champ retiré : %(code)s (%(of)s)."),
    "customer.fields_said": _("Champs du client renseignés : %(fields)s."),
    "invoice.fields_said": _("Champs de la facture renseignés : %(fields)s."),
    "exchange.imported": _("Taux de change importés : %(rates)s, jusqu'au %(last_on)s."),
    "exchange.currency_set": _("Devise du groupe : %(currency)s."),
    "import.applied": _("Fichier importé : %(counts)s."),
    "import.undone": _("Import annulé."),
    "einvoice.status": _("Facture électronique : %(status)s."),
    "einvoicing.duty_set": _("TVA à l'encaissement : %(on_payment)s, depuis le %(from_on)s."),
    "einvoicing.connection_set": _("Plateforme de facturation réglée : %(platform)s."),
    "einvoicing.receipts_declared": _(
        "Règlements déclarés : %(status)s par statut, %(report)s à déclarer, %(back)s repris."
    ),
    "einvoicing.payments_reported": _(
        "Déclaration de paiements écrite, du %(first_on)s au %(last_on)s."
    ),
    "flow.sent": _("Message remis à la plateforme (%(kind)s)."),
    "flow.accepted": _("Message accepté par la plateforme (%(kind)s)."),
    "flow.refused": _("Message refusé par la plateforme (%(kind)s)."),
    "flow.uncertain": _("Message à la plateforme sans réponse (%(kind)s)."),
    "mapping.saved": _("Correspondance de colonnes enregistrée (%(meaning)s)."),
    "mapping.removed": _("Correspondance de colonnes oubliée."),
    "plan.reserved": _("Plan du jour : %(messages)s messages, %(held)s lignes retenues."),
    "reminders.approved": _("Relances approuvées : %(messages)s."),
    "reminder.edited": _("Texte d'une relance modifié."),
    "reminder.recorded": _("Relance faite hors du programme, enregistrée (étape %(step)s)."),
    "reminder.skipped": _("Relance écartée (étape %(step)s)."),
    "letters.printed": _("Lot de courriers imprimé."),
    "letter.numbered": _("Numéro de recommandé noté : %(number)s."),
    "letter.accepted": _("Courrier imprimé par le prestataire."),
    "letter.deposited": _("Courrier déposé."),
    "letter.presented": _("Courrier présenté au destinataire."),
    "letter.delivered": _("Courrier distribué."),
    "letter.refused": _("Courrier refusé par le destinataire."),
    "letter.not_claimed": _("Pli avisé et non réclamé."),
    "letter.unknown": _("Courrier revenu : destinataire inconnu à l'adresse."),
    "letter.returned": _("Courrier revenu à l'expéditeur."),
    "letter.rejected": _("Courrier rejeté par le prestataire."),
    "letter.proof_kept": _("Preuve de courrier gardée."),
    "address.failed": _("Adresse postale en défaut."),
    "consent.recorded": _("Accord au recommandé électronique enregistré."),
    "consent.withdrawn": _("Accord au recommandé électronique retiré."),
    "postage.code_given": _("Code à usage unique donné au prestataire : %(provider)s."),
    "postage.priced": _("Prix d'un courrier fixé : %(cents)s."),
    "letter.posted": _("Courrier posté (étape %(step)s)."),
    "triage.decided": _("Retards antérieurs triés : %(lines)s échéances, décision %(decision)s."),
    "creditor.went_live": _("Société mise en service."),
    "creditor.back_to_rehearsal": _("Société revenue à la répétition."),
    "customer.created": _("Client créé."),
    "customer.updated": _("Fiche du client modifiée : %(fields)s."),
    "customer.classed": _("Type du client confirmé : %(class)s."),
    "customers.classed": _("Types confirmés en bloc : %(customers)s clients, %(class)s."),
    "customers.assigned": _("Clients attribués : %(count)s."),
    "portfolio_rule.added": _("Règle d'attribution ajoutée."),
    "portfolio_rule.moved": _("Règle d'attribution déplacée."),
    "portfolio_rule.ended": _("Règle d'attribution retirée."),
    "portfolios.applied": _("Règles d'attribution appliquées : %(count)s changements."),
    "absence.recorded": _("Absence du %(starts_on)s au %(ends_on)s, remplacement prévu."),
    "absence.withdrawn": _("Absence du %(starts_on)s au %(ends_on)s retirée."),
    "customer.merged": _("Client %(customer)s fusionné avec le client %(survivor)s."),
    "customers.kept_apart": _("Doublons proposés, écartés : %(count)s."),
    "customer.unmerged": _("Fusion du client %(customer)s défaite."),
    "customers.upserted": _("Clients reçus par l'API : %(created)s créés, %(updated)s complétés."),
    "customer.terms_set": _("Conditions du client changées."),
    "contact.created": _("Interlocuteur ajouté."),
    "contact.updated": _("Interlocuteur modifié."),
    "contact.removed": _("Interlocuteur retiré."),
    "contacts.imported": _("Interlocuteurs importés d'un fichier."),
    "invoice.recorded": _("Facture saisie : %(cents)s."),
    "invoice.reversed": _("Facture annulée."),
    "limit.set": _("Limite de crédit accordée : %(cents)s."),
    "limit.ended": _("Limite de crédit retirée."),
    "mandate.recorded": _("Mandat de prélèvement %(reference)s enregistré, compte %(account)s."),
    "mandate.revoked": _("Mandat de prélèvement %(reference)s révoqué."),
    "invoice.numbered": _("Numéro donné à une facture."),
    "invoice.unnumbered": _("Numéro donné à une facture, retiré."),
    "invoices.numbered": _("Numéros donnés à des factures : %(numbered)s."),
    "discount.reward_decided": _("Geste pour un bon payeur : %(kind)s."),
    "discount.rule_added": _("Règle d'escompte ajoutée."),
    "discount.rule_ended": _("Règle d'escompte terminée."),
    "discount.policy_set": _("Choix de l'escompte : TVA, accord, remise en négociation."),
    "discount.offered": _("Escompte ou remise offert : %(cents)s."),
    "discount.withdrawn": _("Offre d'escompte retirée : %(cents)s."),
    "discount.granted": _("Escompte %(number)s accordé : %(cents)s."),
    "discount.taken_back": _("Escompte repris : %(cents)s."),
    "discount.booked": _("Escompte passé en comptabilité : %(cents)s."),
    "penalties.policy_set": _("Facturation des pénalités : %(mode)s."),
    "penalties.waived": _("Pénalités et indemnités abandonnées : %(cents)s."),
    "penalties.waiver_undone": _("Pénalités abandonnées, reprises : %(cents)s."),
    "penalty_note.issued": _("Pénalités et indemnités facturées : note %(number)s de %(cents)s."),
    "penalty_note.cancelled": _("Note %(number)s annulée par l'avoir %(by)s : %(cents)s."),
    "credit.recorded": _("Règlement ou avoir saisi : %(cents)s."),
    "credit.reversed": _("Règlement ou avoir annulé."),
    "allocation.recorded": _("Lettrage fait : %(cents)s."),
    "allocation.undone": _("Lettrage défait."),
    "allocation.refused": _("Lettrage proposé, refusé."),
    "due_dates.recomputed": _("Échéances recalculées : %(replaced)s changées, %(kept)s gardées."),
    "instalment.reclassified": _("Échéance reclassée : %(state)s."),
    "document.kept": _("Pièce gardée (%(kind)s, origine %(source)s)."),
    "document.attached": _("Pièce attachée (%(kind)s)."),
    "document.detached": _("Pièce détachée (%(kind)s)."),
    "document.reclassified": _("Nature d'une pièce changée : de %(from)s à %(kind)s."),
    "document.opened": _("Pièce consultée (%(kind)s)."),
    "document.removed": _("Pièce détruite (%(kind)s) : %(reason)s."),
    "documents.received": _("ZIP de pièces reçu : %(attached)s attachées, %(left)s à rattacher."),
    "person.erased": _("Personne effacée : %(erased)s effacements, %(kept)s choses gardées."),
    "person.access_given": _("Archive d'accès remise à une personne."),
    "customer.anonymised": _("Client anonymisé."),
    "customer.note_erased": _("Note du client effacée."),
    "tenant.exported": _("Export complet de l'organisation : %(files)s fichiers."),
    "message.sent": _("Message envoyé."),
    "message.retried": _("Message renvoyé sur décision."),
    "message.doubt_resolved": _("Message incertain : décision prise."),
}
STANDING: Final[Mapping[str, Text]] = {
    "recorded": _("%(kind)s : enregistré, du %(starts_on)s au %(ends_on)s."),
    "ended": _("%(kind)s : terminé le %(ends_on)s."),
    "withdrawn": _("%(kind)s : retiré, saisi par erreur."),
}
KINDS: Final[Mapping[str, Text]] = {
    "dispute": _("Litige"),
    "promise": _("Promesse de règlement"),
    "plan": _("Échéancier"),
    "pause": _("Pause"),
    "insolvency": _("Procédure collective"),
    "over_indebtedness": _("Surendettement"),
    "protection": _("Majeur protégé"),
    "death": _("Décès"),
    "limitation": _("Prescription interrompue ou suspendue"),
    "assignment": _("Cession à un factor"),
    "handover": _("Mise au contentieux"),
    "einvoice": _("Facture électronique"),
    "direct_debit": _("Prélèvement en cours"),
    "reply": _("Réponse à traiter"),
    "orders_held": _("Commandes bloquées"),
}
STATUSES: Final[Mapping[str, Text]] = {
    "200": _("200 Déposée"),
    "201": _("201 Émise par la plateforme"),
    "202": _("202 Reçue"),
    "203": _("203 Mise à disposition"),
    "204": _("204 Prise en charge"),
    "205": _("205 Approuvée"),
    "206": _("206 Approuvée partiellement"),
    "207": _("207 En litige"),
    "208": _("208 Suspendue"),
    "209": _("209 Complétée"),
    "210": _("210 Refusée"),
    "211": _("211 Paiement transmis"),
    "212": _("212 Encaissée"),
    "213": _("213 Rejetée"),
    "214": _("214 Visée"),
    "220": _("220 Annulée"),
    "221": _("221 Erreur de routage"),
    "224": _("224 Demande de paiement direct"),
    "225": _("225 Affacturée"),
    "226": _("226 Affacturée confidentielle"),
    "227": _("227 Changement de compte à payer"),
    "228": _("228 Non affacturée"),
    "501": _("501 Irrecevable"),
    "600": _("600 Réponse de la plateforme"),
    "601": _("601 Réponse du portail public"),
}
WORDS: Final[Mapping[str, Text]] = {
    **dict(ROLES),
    **{f"name_{state}": label for state, (label, _tone) in STATES.items()},
    "business": _("entreprise"),
    "consumer": _("particulier"),
    "public": _("secteur public"),
    "foreign": _("étranger"),
    "unknown": _("à confirmer"),
    "remind": _("relancer"),
    "letter": _("écrire"),
    "leave": _("laisser"),
    "ordinary": _("ordinaire (411)"),
    "bill": _("effet (413)"),
    "doubtful": _("douteuse (416)"),
    "customer": _("client"),
    "text": _("texte"),
    "number": _("nombre"),
    "amount": _("montant"),
    "date": _("date"),
    "choice": _("choix"),
    "yes_no": _("oui ou non"),
    "order": _("bon de commande"),
    "quote": _("devis signé"),
    "contract": _("contrat"),
    "terms": _("CGV acceptées"),
    "delivery": _("bon de livraison"),
    "service": _("preuve d'exécution"),
    "invoice": _("facture"),
    "kbis": _("Kbis"),
    "message": _("message"),
    "acknowledgment": _("reconnaissance de dette"),
    "other": _("autre pièce"),
    "upload": _("dépôt"),
    "archive": _("ZIP"),
    "einvoice": _("facture électronique"),
    "mail": _("e-mail"),
    "mistake": _("déposée par erreur"),
    "retention": _("durée de conservation écoulée"),
    "erasure": _("demande d'effacement"),
    "none": _("aucune"),
    "password": _("mot de passe"),
    "microsoft": _("Microsoft 365"),
    "google": _("Google"),
    "promise": _("promesse"),
    "dispute": _("litige"),
    "payment_proof": _("règlement annoncé"),
    "wrong_contact": _("mauvais interlocuteur"),
    "invoice_asked": _("facture demandée"),
    "delay_asked": _("délai demandé"),
    "out_of_office": _("absence"),
    "bounce": _("message revenu"),
    "payment_awaited": _("règlement attendu"),
    "address": _("adresse changée"),
    "answered": _("répondu"),
    "no_action": _("sans suite"),
    "discarded": _("écartée"),
    "customers": _("clients"),
    "invoices": _("factures"),
    "credit_notes": _("avoirs"),
    "payments": _("règlements"),
    "allocations": _("lettrages"),
    "completed": _("factures complétées"),
    "statuses": _("statuts"),
}


class _Values(dict[str, str]):
    """The values of a fact; one that is missing shows as a dash."""

    def __missing__(self, key: str) -> str:
        return formats.NONE


def sentence(verb: str, data: Mapping[str, Any]) -> str:
    """Say in one sentence what happened."""
    values = _Values({name: _written(name, data[name]) for name in data})
    known = SENTENCES.get(verb)
    if verb.startswith("standing."):
        _standing, kind, what = verb.split(".", 2)
        known = STANDING.get(what)
        values["kind"] = str(KINDS.get(kind, kind))
    if known is not None:
        return str(known) % values
    facts = ", ".join(f"{name} : {_written(name, value)}" for name, value in data.items())
    title = verb.replace(".", " · ").replace("_", " ")
    return f"{title} ({facts})" if facts else title


def _written(name: str, value: Any) -> str:
    """Write one value: null, yes or no, amounts, days, counts, lists, then words."""
    if value is None:
        return formats.NONE
    if isinstance(value, Mapping):
        shown = [(key, number) for key, number in value.items() if number]
        return ", ".join(f"{_written('', number)} {WORDS.get(key, key)}" for key, number in shown)
    if isinstance(value, list):
        return ", ".join(_written("", one) for one in value[:20])
    return _written_one(name, value)


def _written_one(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(_("oui") if value else _("non"))
    if isinstance(value, int):
        return formats.money(value) if name.endswith("cents") else formats.count(value)
    if name == "status":
        return str(STATUSES.get(value, value))
    if name.endswith("_on") and isinstance(value, str):
        return formats.day(date.fromisoformat(value))
    return str(WORDS.get(value, value))
