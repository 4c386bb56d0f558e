"""Each fact of the journal as a sentence, and no verb of the program without one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from encours.web.settings.sentences import SENTENCES, sentence

SRC = Path(__file__).resolve().parents[2] / "src" / "encours"
SUBJECTS = (
    "absence|allocation|api_key|bank_account|calls?|contacts?|credit|creditor|customers?|discount"
    "|documents?|due_dates|einvoicing|exchange|field|flow|import|instalment|invoice"
    "|letter|mapping|message|penalty_note|person|plan|policy|portfolio_rule|portfolios|rates|reminders?|scenario"
    "|scoring|sender"
    "|sending|source|task|tenant"
    "|terms|triage|webhook"
)
WRITTEN = re.compile(rf'"((?:{SUBJECTS})\.[a-z_]+)"')


@pytest.mark.parametrize(
    ("verb", "data", "expected"),
    [
        pytest.param(
            "person.role_changed",
            {"from": "reader", "to": "sales", "user": 3},
            "Rôle changé : de Lecteur à Commercial.",
            id="roles in words",
        ),
        pytest.param(
            "import.applied",
            {"counts": {"customers": 300, "invoices": 12_000, "payments": 0}},
            "Fichier importé : 300 clients, 12\u202f000 factures.",
            id="counts, without what is nil",
        ),
        pytest.param(
            "invoice.recorded",
            {"cents": 123_450},
            "Facture saisie : 1\u202f234,50\u00a0€.",
            id="an amount",
        ),
        pytest.param(
            "standing.dispute.recorded",
            {"starts_on": "2026-11-20", "ends_on": None, "cents": None},
            "Litige : enregistré, du 20/11/2026 au –.",
            id="a standing fact without an end",
        ),
        pytest.param("rates.entered", {}, "Taux légaux saisis : –.", id="a value that is missing"),
        pytest.param(
            "robot.started", {"speed": 3, "ok": True}, "robot · started (speed : 3, ok : oui)",
            id="an unknown verb hides nothing",
        ),
    ],
)  # fmt: skip
def test_sentence(verb: str, data: dict[str, Any], expected: str) -> None:
    assert sentence(verb, data) == expected


def test_every_verb_that_is_written_has_its_sentence() -> None:
    actions = [path for path in SRC.rglob("*.py") if not {"web", "api"} & set(path.parts)]
    written = {
        verb
        for path in actions
        for verb in WRITTEN.findall(path.read_text("utf-8"))
        if "journal" in path.read_text("utf-8") or ".tell(" in path.read_text("utf-8")
    }

    assert not {verb for verb in written if verb not in SENTENCES} - {"message.eml", "contacts.csv"}
