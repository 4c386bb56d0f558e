"""What customers of the demo answer to their reminders: mails as they come into a mailbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

import typst

from encours.kernel.money import french_text

SLIP: Final = """
#set page(paper: "a5", margin: 1.5cm)
#set text(lang: "fr")
= Avis de virement
Bénéficiaire : #sys.inputs.company \\
Facture : #sys.inputs.document \\
Montant : #sys.inputs.amount
"""


@dataclass(frozen=True, slots=True)
class Reminded:
    """A reminder that left by e-mail: what answers it needs; `amount_cents` of its first line."""

    message_id: str
    subject: str
    email: str
    name: str
    document: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class _Answer:
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    has_slip: bool = False


ANSWERS: Final = (
    _Answer(
        "Bonjour,\n\nMerci de votre rappel. La facture {document} sera réglée par virement "
        "vendredi, soit {amount}.\n\nBien cordialement,\n{name}"
    ),
    _Answer(
        "Bonjour,\n\nNous contestons la facture {document} : trois palettes manquaient à la "
        "livraison, le chauffeur l'a noté sur le bon. Nous attendons votre avoir.\n\n{name}"
    ),
    _Answer(
        "Bonjour,\n\nLe virement de {amount} pour la facture {document} est parti hier, vous "
        "trouverez l'avis ci-joint.\n\nCordialement,\n{name}",
        has_slip=True,
    ),
    _Answer(
        "Bonjour,\n\nNous n'avons jamais reçu la facture {document}. Pouvez-vous nous en "
        "adresser une copie ?\n\nMerci,\n{name}"
    ),
    _Answer(
        "Bonjour,\n\nJe ne m'occupe plus des fournisseurs. Merci d'écrire désormais à "
        "compta@{domain}.\n\n{name}"
    ),
    _Answer(
        "Bonjour,\n\nLa trésorerie est tendue ce mois-ci. Pourriez-vous nous accorder un délai "
        "jusqu'au {later} pour la facture {document} ?\n\nBien à vous,\n{name}"
    ),
    _Answer(
        "Bonjour,\n\nJe suis absent jusqu'au {later}. Votre message ne sera pas transmis.",
        {"Auto-Submitted": "auto-replied"},
    ),
    _Answer("Bonjour,\n\nJe vois cela avec le responsable du magasin.\n\n{name}"),
)
LATER: Final = timedelta(days=12)


def answer_mails(
    reminded: Sequence[Reminded], *, to: str, company: str, now: datetime
) -> Iterator[bytes]:
    """Yield one answer of each sort, each to another reminder, as long as there are some."""
    for one, answer in zip(reminded, ANSWERS, strict=False):
        domain, amount = one.email.rpartition("@")[2], french_text(one.amount_cents)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = one.email, to, f"Re: {one.subject}"
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = make_msgid(domain=domain)
        mail["In-Reply-To"] = mail["References"] = one.message_id
        for name, value in answer.headers.items():
            mail[name] = value
        later = f"{now + LATER:%d/%m/%Y}"
        said = {"name": one.name, "document": one.document, "domain": domain, "later": later}
        mail.set_content(answer.text.format(amount=amount, **said))
        if answer.has_slip:
            told = {"company": company, "document": one.document, "amount": amount}
            slip = typst.compile(SLIP.encode(), sys_inputs=told)
            mail.add_attachment(
                slip, maintype="application", subtype="pdf", filename="avis-de-virement.pdf"
            )
        yield mail.as_bytes()
