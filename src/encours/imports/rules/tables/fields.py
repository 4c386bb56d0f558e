"""What a column may mean: our fields, what they hold, and the headings that software gives them.

Headings are written as `headings.plain` compares them: no accents, `num` for n°. They come from
exports of Sage, EBP, Cegid, Quadra, Isacompta, Pennylane, QuickBooks, Odoo, Dynamics, SAP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Holds = Literal[
    "code", "text", "day", "amount", "side", "currency", "siren", "siret", "vat", "iban", "email"
]
Part = Literal["customer", "document", "amount", "master"]


@dataclass(frozen=True, slots=True)
class Field:
    """One meaning: `name` is ours, `label` is French, `headings` the surest first."""

    name: str
    label: str
    part: Part
    holds: Holds
    headings: tuple[str, ...]
    weaker: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(","))


_FIELDS: Final = (
    Field("customer_code", "Code client", "customer", "code", _words(
        "code client, client code, num client, client num, code tiers, tiers code, num tiers,"
        "compte client, compte auxiliaire, compte tiers, num compte client, num compte tiers,"
        "auxiliaire, comp aux num, compte aux, code auxiliaire, num auxiliaire, cpte tiers,"
        "customer id, customer num, customer code, cust num, cust code, cust id, customer account,"
        "customer account num, debtor id, debtor, debtor num, debtor code, client id, id client,"
        "id tiers, ref client, sold to party, sold to, business partner, partner id, partner ref,"
        "kunnr, card code, bp code, num debiteur, code debiteur, account id"
    ), _words("tiers, client, customer, partner, partenaire, code, debiteur, matricule, user id")),
    Field("customer_name", "Nom du client", "customer", "text", _words(
        "nom client, client nom, nom tiers, tiers nom, raison sociale, intitule client,"
        "intitule tiers, intitule compte tiers, libelle client, libelle tiers, libelle auxiliaire,"
        "libelle compte auxiliaire, comp aux lib, customer name, name customer, cust name,"
        "client name, company name, nom societe, denomination, denomination sociale, partner name,"
        "nom partenaire, debtor name, business partner name, bp name, card name, nom ou raison"
        " sociale, invoice partner display name, nom affiche, display name, nom debiteur,"
        "nom entreprise, entreprise, customer full name"
    ), _words("client, customer, nom, name, tiers, partenaire, partner, societe, company, intitule,"
              "debiteur, full name, nom complet, account name")),
    Field("siren", "SIREN", "customer", "siren", _words("siren, num siren, siren client")),
    Field("siret", "SIRET", "customer", "siret", _words("siret, num siret, siret client")),
    Field("vat_number", "N° de TVA", "customer", "vat", _words(
        "num tva, tva intracommunautaire, num tva intracommunautaire, num tva intracom, tva intra,"
        "vat num, vat id, tax id, identifiant tva, vat registration num, partner vat"
    )),
    Field("number", "N° de pièce", "document", "code", _words(
        "num facture, facture num, num piece, piece num, num document, document num, num doc,"
        "doc num, doc id, document id, invoice num, invoice id, bill num, reference facture,"
        "ref facture, ref piece, reference piece, piece ref, piece, facture, invoice, document,"
        "billing document, belnr, num piece comptable, num facture client, doc ref,"
        "invoice reference num, transaction num, num transaction, facture avoir"
    ), _words("voucher, voucher num, numero, num, reference, ref, name, transaction id, bill,"
              "libelle piece")),
    Field("reference", "Facture réglée", "document", "code", _words(
        "facture reglee, num facture reglee, facture payee, facture origine, facture associee,"
        "facture liee, applied to, applies to, applied to invoice, applies to doc num,"
        "invoice paid,"
        "assignment, zuordnung, reference reglement facture, invoice applied"
    ), _words("reference, ref, invoice reference, num facture, invoice num, facture")),
    Field("kind", "Nature", "document", "text", _words(
        "type piece, type document, document type, doc type, type facture, transaction type,"
        "type operation, type ecriture, invoice type, move type, type mouvement, nature piece,"
        "nature, type, nature operation, type journal, blart, code operation"
    ), _words("kind, libelle type, sous type")),
    Field("issued_on", "Date de la pièce", "document", "day", _words(
        "date facture, invoice date, bill date, date emission, issue date, date facturation,"
        "invoice bill date, date piece, date document, document date, doc date, posting date,"
        "date comptable, date ecriture, ecriture date, date operation, transaction date,"
        "trans date,"
        "entry date, booking date, date mouvement, date, jour, date reglement facture,"
        "billing date,"
        "date creation facture"
    ), _words("baseline create date, baseline date, created date, date creation,"
              "date saisie, day")),
    Field("due_on", "Échéance", "document", "day", _words(
        "date echeance, echeance, due date, due in date, net due date, date due, due on,"
        "payment due date, date limite paiement, date limite reglement, maturity date,"
        "date exigibilite, date ech, invoice date due, ech, due, echeance facture, date paiement"
        " prevue, expected payment date"
    )),
    Field("settled_on", "Date de règlement", "document", "day", _words(
        "date reglement, date paiement, payment date, settled date, clear date, clearing date,"
        "date encaissement, paid on, paid date, date fully paid, regle le, paye le, date solde,"
        "date payment, settlement date, cleared date, date paye, augdt"
    )),
    Field("letter", "Lettrage", "document", "code", _words(
        "lettrage, code lettrage, ecriture let, lettre, let, num lettrage, matching num, matching,"
        "full reconcile, reconciliation num, lettre rapprochement"
    ), _words("clearing document, reconcile, rapprochement, augbl")),
    Field("lettered_on", "Date de lettrage", "document", "day", _words("date lettrage, date let")),
    Field("journal", "Journal", "document", "code", _words(
        "journal, code journal, journal code, jnl, jal, code jal, cj, journal num"
    )),
    Field("account", "Compte général", "document", "code", _words(
        "compte general, num compte, compte num, numero compte, compte comptable, gl account,"
        "account num, account code, general ledger account, compte collectif, cpte general, compte,"
        "compte numero, cpte, account, hkont"
    )),
    Field("entry_number", "N° d'écriture", "document", "code", _words(
        "num ecriture, ecriture num, num mouvement, entry num, num mvt, mouvement"
    )),
    Field("label", "Libellé", "document", "text", _words(
        "libelle, libelle ecriture, ecriture lib, description, memo, designation, label, objet,"
        "intitule ecriture, text, narration, commentaire, details, category name,"
        "libelle operation,"
        "libelle mouvement, item text, sgtxt, subject"
    ), _words("intitule, texte, remarque, comment, note, category")),
    Field("amount", "Montant TTC", "amount", "amount", _words(
        "montant ttc, total ttc, ttc, montant facture, montant total ttc, net a payer, prix ttc,"
        "invoice amount, total amount, amount total, gross amount, montant total, montant piece,"
        "montant tvac, doc total, document amount, credit sale amount, amount total signed,"
        "montant signe, amount in local currency, amount in lc, amount lc, montant operation,"
        "amount, montant, total, montant reglement, payment amount, converted, dmbtr, wrbtr,"
        "amount in company code currency, original amount, montant origine, montant initial,"
        "total facture, original amt"
    ), _words("valeur, somme, gross, value, solde signe, amount due, montant du, montant devise,"
              "gross receivables")),
    Field("debit", "Débit", "amount", "amount", _words(
        "debit, montant debit, debits, debit amount, mouvement debit, debit amt, total debit"
    )),
    Field("credit", "Crédit", "amount", "amount", _words(
        "credit, montant credit, credits, credit amount, mouvement credit, credit amt, total credit"
    )),
    Field("side", "Sens", "amount", "side", _words(
        "sens, d c, dc, debit credit, sens ecriture, debit credit indicator, code sens, shkzg,"
        "signe, sens mouvement"
    )),
    Field("open_amount", "Reste dû", "amount", "amount", _words(
        "reste a payer, reste du, reste a regler, solde du, montant restant, montant restant du,"
        "restant du, open amount, open balance, amount residual, residual, residual amount,"
        "montant ouvert, outstanding, outstanding amount, remaining amount, remaining amt,"
        "remaining balance, balance due, solde restant du, montant residuel, montant impaye,"
        "solde piece, amount open, amount outstanding, reste a encaisser, solde ttc, open value,"
        "amount residual signed, encours, solde, balance, impaye, amount due, montant du, du,"
        "solde client, due amount, amount due signed, reste, residuel, solde facture, non regle"
    ), _words("remaining, solde tiers, receivables")),
    Field("paid_amount", "Déjà réglé", "amount", "amount", _words(
        "montant regle, montant paye, amount paid, paid amount, montant encaisse, deja regle,"
        "deja paye, total regle, payments received, amount applied, regle, paye, paid, encaisse,"
        "acomptes recus, reglements"
    )),
    Field("net_amount", "Montant HT", "amount", "amount", _words(
        "montant ht, total ht, ht, net amount, amount untaxed, untaxed amount, hors taxe, base ht,"
        "montant hors taxe, amount untaxed signed"
    )),
    Field("vat_amount", "TVA", "amount", "amount", _words(
        "montant tva, total tva, tva, vat amount, tax amount, amount tax, tax, taxes, vat"
    )),
    Field("currency", "Devise", "amount", "currency", _words(
        "devise, code devise, currency, currency code, monnaie, id devise, i devise,"
        "invoice currency,"
        "doc currency, document currency, waers, currency id"
    )),
    Field("contact_name", "Interlocuteur", "master", "text", _words(
        "interlocuteur, contact, nom contact, contact name, nom interlocuteur, contact nom,"
        "contact principal, primary contact"
    )),
    Field("role", "Fonction", "master", "text", _words(
        "fonction, role, service, job title, poste"
    )),
    Field("email", "E-mail", "master", "email", _words(
        "email, e mail, mail, courriel, adresse email, adresse mail, adresse e mail, contact email,"
        "mel, email address, main email, e mail facturation, email facturation"
    )),
    Field("phone", "Téléphone", "master", "text", _words(
        "telephone, tel, phone, mobile, portable, gsm, phone num, num telephone, main phone,"
        "telephone 1, telephone fixe"
    )),
    Field("address_line1", "Adresse", "master", "text", _words(
        "adresse, adresse 1, adresse ligne 1, rue, address, street, address 1, address line 1,"
        "adresse facturation, billing address, billing street, adresse1"
    )),
    Field("address_line2", "Complément d'adresse", "master", "text", _words(
        "complement adresse, adresse 2, adresse ligne 2, complement, address 2, address line 2,"
        "street 2, adresse2"
    )),
    Field("postcode", "Code postal", "master", "code", _words(
        "code postal, cp, zip, zip code, postal code, postcode, billing zip"
    )),
    Field("city", "Ville", "master", "text", _words(
        "ville, city, localite, commune, billing city"
    )),
    Field("country", "Pays", "master", "text", _words(
        "pays, country, code pays, country code, country region, country region code"
    )),
    Field("language", "Langue", "master", "text", _words("langue, language, lang, code langue")),
    Field("debtor_class", "Type de client", "master", "text", _words(
        "type client, client type, categorie client, classe client, nature client, type tiers,"
        "categorie tiers, customer type, customer class, type debiteur, categorie juridique"
    )),
    Field("salesperson", "Commercial", "master", "text", _words(
        "commercial, representant, vendeur, salesperson, sales rep, sales person, nom commercial,"
        "nom representant, salesperson code, code commercial, code representant, collaborateur,"
        "sales representative"
    )),
    Field("payment_terms", "Conditions de règlement", "master", "text", _words(
        "conditions reglement, condition reglement, conditions paiement, condition paiement,"
        "payment terms, terms, cust payment terms, payment term, delai reglement, delai paiement,"
        "cond reglement, modalite reglement, payment terms code, zterm"
    ), _words("conditions, condition")),
    Field("payment_method", "Mode de règlement", "master", "text", _words(
        "mode reglement, mode paiement, payment method, moyen paiement, moyen reglement, mode"
    )),
    Field("credit_limit", "Limite de crédit", "master", "amount", _words(
        "limite credit, plafond, plafond encours, credit limit, encours autorise, encours maximum,"
        "plafond credit, encours max, credit limit amount, limite encours"
    )),
    Field("iban", "IBAN", "master", "iban", _words("iban, num iban, iban client")),
    Field("bic", "BIC", "master", "text", _words("bic, code bic, swift, bic swift")),
    Field("mandate_reference", "RUM du mandat", "master", "code", _words(
        "rum, reference mandat, reference unique mandat, mandate reference, mandat, umr, mandate id"
    )),
    Field("mandate_signed_on", "Signature du mandat", "master", "day", _words(
        "date signature mandat, date mandat, date signature rum, date rum, mandat signe,"
        "date signature sepa, mandate date, mandate signature date, signature date"
    )),
    Field("mandate_scheme", "Schéma du mandat", "master", "text", _words(
        "type mandat, schema mandat, type prelevement, type sdd, sequence sepa, schema sepa,"
        "mandate scheme, mandate type, sepa scheme"
    )),
    Field("lre_consent_on", "Accord au recommandé électronique", "master", "day", _words(
        "accord lre, date accord lre, consentement lre, date consentement lre, accord recommande"
        "electronique, lre consent, lre consent date"
    )),
    Field("lre_consent_source", "Origine de l'accord (LRE)", "master", "text", _words(
        "origine accord lre, source accord lre, origine consentement lre, lre consent source"
    )),
    Field("note", "Note", "master", "text", _words(
        "note interne, commentaire client, notes client"
    )),
)  # fmt: skip
FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _FIELDS}
"""Every field by name, in the order in which people expect them."""

CUSTOM_PREFIX: Final = "custom."
"""A mapping may also send a column to a field of the user's own: `custom.<code>`."""

MASTER_ONLY: Final = frozenset(name for name, field in FIELDS.items() if field.part == "master")
OF_MANDATE: Final[Mapping[str, str]] = {
    "bic": "un BIC", "mandate_signed_on": "une date de signature", "mandate_scheme": "un schéma",
}  # fmt: skip
"""Fields that mean nothing without the reference of a mandate: said, never taken in silence."""
