"""A notice and an e-mail to write to in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from encours.messaging.ports import Email
from encours.messaging.rules.address import Mailbox
from encours.messaging.rules.mime import Mail, message_id, mime_bytes, recipients
from encours.messaging.rules.notice import Addressee, Line, Notice, Payment, Penalty, Sender

UUID_ONE = UUID("0198a7f0-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)

SENDER = Sender(
    name="Maison Lenoir & Fils",
    address=("12 quai des Chartrons", "33000 Bordeaux"),
    siren="732829320",
    vat_number="FR44732829320",
    legal_line="SAS au capital de 150 000 €, RCS Bordeaux",
    email="compta@lenoir.example",
    phone="05 56 00 00 00",
)
ADDRESSEE = Addressee(
    name="Boulangerie <Dupain> SARL",
    address=("Bâtiment B", "4 rue de l’Église", "69003 LYON"),
    attention="Mme Zoé Lefèvre",
    siren="404833048",
    code="C00042",
)
PAYMENT = Payment(
    holder="MAISON LENOIR ET FILS",
    iban="FR1420041010050500013M02606",
    bic="PSSTFRPPBOR",
    reference="RF18539007547034",
)
LINES = (
    Line("FA-2026-0101", date(2026, 8, 31), date(2026, 9, 30), 120_000, 120_000, 54),
    Line("FA-2026-0117", date(2026, 9, 15), date(2026, 10, 15), 84_050, 34_050, 39),
)
PENALTIES = (
    Penalty(
        *("FA-2026-0101", 120_000, date(2026, 10, 1), date(2026, 11, 23), 54),
        *(Decimal("12.40"), 2_201),
    ),
    Penalty(
        *("FA-2026-0117", 34_050, date(2026, 10, 16), date(2026, 11, 23), 39),
        *(Decimal("12.40"), 451),
    ),
)


def notice(**changes: object) -> Notice:
    """Return a formal notice over two invoices, with changes."""
    said: dict[str, object] = {
        "kind": "mise_en_demeure",
        "language": "fr",
        "sender": SENDER,
        "addressee": ADDRESSEE,
        "written_on": date(2026, 11, 23),
        "subject": "Mise en demeure de payer : 1 540,50 €",
        "greeting": "Madame, Monsieur,",
        "opening": ("Malgré nos relances, les factures ci-dessous restent impayées.",),
        "lines": LINES,
        "interest_cents": 2_652,
        "indemnity_cents": 8_000,
        "penalties": PENALTIES,
        "payment": PAYMENT,
        "closing": ("Si vous contestez une facture, écrivez-nous sous huit jours.",),
        "farewell": "Veuillez agréer, Madame, Monsieur, nos salutations distinguées.",
        "signatory": "Anne Lenoir",
        "signatory_role": "Responsable crédit",
        "place": "Bordeaux",
        "our_reference": "C00042-4",
        "mentions": ("Pénalités : taux BCE majoré de 10 points (C. com., art. L441-10 II).",),
        "pay_before": date(2026, 12, 1),
    }
    return Notice(**{**said, **changes})  # type: ignore[arg-type]


def mail(**changes: object) -> Mail:
    """Return a small e-mail, with changes."""
    said: dict[str, object] = {
        "message_id": message_id(UUID_ONE, "compta@lenoir.example"),
        "prepared_at": AT,
        "sender": Mailbox("compta@lenoir.example", "Maison Lenoir & Fils"),
        "to": (Mailbox("zoe@dupain.example", "Zoé Lefèvre"),),
        "subject": "Facture échue : 1 540,50 €",
        "text": "Bonjour,\n\nUn mot.\n",
        "html": "<p>Bonjour,</p>",
    }
    return Mail(**{**said, **changes})  # type: ignore[arg-type]


def email(to: str = "zoe@dupain.example", *, number: int = 1, **changes: object) -> Email:
    """Return an e-mail ready for a channel."""
    identifier = message_id(UUID(int=UUID_ONE.int + number), "compta@lenoir.example")
    draft = mail(message_id=identifier, to=(Mailbox(to),), **changes)
    return Email(identifier, "compta@lenoir.example", recipients(draft), mime_bytes(draft))
