"""Formal notices typeset one by one, beside a bare page with the same compiler kept."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from bench import limits
from bench.figures import Figure, timed

WRITTEN_ON: Final = date(2026, 11, 23)


def measure(size: int) -> list[Figure]:
    """Typeset so many letters of three lines, with code, reference and penalties."""
    letters = max(20, size // 1000)
    with tempfile.TemporaryDirectory() as folder:
        limit = timed(lambda: limits.typeset_bare(Path(folder), letters), runs=1)
        ours = timed(lambda: _typeset(Path(folder), letters), runs=1)
    return [Figure(f"{letters} letters", ours, limit, to_reach=2)]


def _typeset(folder: Path, letters: int) -> None:
    from encours.messaging.providers.typst_letter import TypstPress  # noqa: PLC0415 - slow
    from encours.messaging.rules import notice as words  # noqa: PLC0415 - with it

    press = TypstPress(folder / "press")
    sender = words.Sender(
        name="Vertrameau Distribution SAS",
        address=("3 allée des Pépinières", "49130 Les Ponts-de-Cé"),
        siren="000325175",
        vat_number="FR08000325175",
        legal_line="SAS au capital de 250 000 €",
        email="comptabilite@vertrameau.example",
        phone="02 61 91 00 10",
    )
    due_on = WRITTEN_ON - timedelta(days=54)
    penalty = words.Penalty("", 120_000, due_on, WRITTEN_ON, 54, Decimal("12.40"), 2_201)
    for number in range(letters):
        lines = tuple(
            words.Line(
                f"FA{number:05d}{n}", due_on - timedelta(days=30), due_on, 120_000, 90_000, 54
            )
            for n in range(3)
        )
        said = words.Notice(
            kind="mise_en_demeure",
            language="fr",
            sender=sender,
            addressee=words.Addressee(
                name=f"Client {number} SARL",
                address=(f"{number} rue des Serres", "49000 ANGERS"),
                attention="",
                siren="",
                code=f"C{number:05d}",
            ),
            written_on=WRITTEN_ON,
            subject="Mise en demeure de payer",
            greeting="Madame, Monsieur,",
            opening=("Malgré nos relances, les factures ci-dessous restent impayées.",),
            lines=lines,
            interest_cents=6_603,
            indemnity_cents=12_000,
            penalties=(penalty,) * 3,
            payment=words.Payment(
                holder=sender.name,
                iban="FR7630006000011234567890189",
                bic="AGRIFRPP",
                reference="RF18539007547034",
            ),
            closing=("Si vous contestez une facture, écrivez-nous sous huit jours.",),
            farewell="Veuillez agréer, Madame, Monsieur, nos salutations distinguées.",
            signatory="Anne Lenoir",
            signatory_role="Responsable crédit",
            place="Angers",
            our_reference=f"C{number:05d}-4",
            mentions=("Pénalités : taux BCE majoré de 10 points (C. com., art. L441-10 II).",),
            pay_before=WRITTEN_ON + timedelta(days=8),
        )
        assert press.typeset(said).startswith(b"%PDF")
