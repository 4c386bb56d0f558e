"""What a message claims, and every figure its words may quote: decided once, for all channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dunning.ledgers import FRENCH

from encours.dunning.rules.scenario import Step
from encours.dunning.rules.wordings import Draft, DueLine, notice
from encours.dunning.texts.words import Text
from encours.messaging.rules.notice import Addressee, Notice, Payment, Sender, due_cents
from encours.receivables.rules.classes import DebtorClass
from encours.receivables.rules.interest import Claim, ContractRate, ContractRateKind
from encours.receivables.rules.rates import Rates, shipped_rates
from encours.receivables.rules.values import shipped_law_values

LAW, RATES = shipped_law_values(), shipped_rates()
TODAY = date(2026, 9, 1)
DUE = date(2026, 4, 30)
SPACE, NARROW = "\u00a0", "\u202f"
QUOTED = (
    *("amount", "open", "count", "invoice", "due_on", "oldest_due_on", "days_late", "pay_before"),
    *("interest", "indemnity", "as_of", "reminders", "credits", "paid", "paid_on", "reference"),
    *("creditor", "customer", "contact", "phone", "email"),
)
FLAGS = (
    *("one", "many", "business", "consumer", "public", "interest_missing"),
    *("agreed_rate", "attached"),
)
# One paragraph for each figure and each flag: what a text does not say is left out.
TEXT = Text(
    subject="Sujet",
    email="\n\n".join(
        (
            "Bonjour,",
            *(f"{{% if {name} %}}{name}={{{{ {name} }}}}{{% endif %}}" for name in QUOTED),
            *(f"{{% if {flag} %}}#{flag}{{% endif %}}" for flag in FLAGS),
            "{{ table }}",
            "Fin",
            "Cordialement",
        )
    ),
)


def step(kind: str) -> Step:
    found = [one for one in FRENCH.steps if one.kind == kind]
    return found[-1]


def line(number: str = "FA-1", invoice_id: int = 1, *, claims: bool = True, **more: Any) -> DueLine:
    """Return a business due line of 10,000.00 EUR, the one of law-fr 1.23."""
    claim = Claim(1_000_000, DUE, DebtorClass.BUSINESS)
    return DueLine(
        invoice_id, number, date(2026, 3, 31), 1_000_000, replace(claim, **more), may_claim=claims
    )


def draft(*lines: DueLine, kind: str = "formal_notice", **more: Any) -> Draft:
    told = Draft(
        step=step(kind),
        text=TEXT,
        language="fr",
        today=TODAY,
        sender=Sender("Maison Lenoir", phone="05 56 00 00 00", email="compta@lenoir.example"),
        addressee=Addressee("Dupain"),
        lines=lines,
        payment=Payment("MAISON LENOIR SAS", "FR7630006000011234567890189"),
        reference="RF18 5390",
        contact="Mme Roy",
    )
    return replace(told, **more)


def said(told: Draft, rates: Rates = RATES) -> Notice:
    return notice(told, rates=rates, law=LAW)


def quoted(told: Draft, rates: Rates = RATES) -> dict[str, str]:
    """Return the figures that the words quote, without those that have nothing to say."""
    paragraphs = [part for part in said(told, rates).opening if "=" in part]
    return dict(part.split("=", 1) for part in paragraphs)


def flags(told: Draft, rates: Rates = RATES) -> set[str]:
    return {part[1:] for part in said(told, rates).opening if part.startswith("#")}


def test_every_figure_of_a_formal_notice() -> None:
    told = draft(line(), reminders=(date(2026, 5, 4), date(2026, 5, 20)))

    assert quoted(told) == {
        "amount": f"10{NARROW}457,08{SPACE}€",
        "open": f"10{NARROW}000,00{SPACE}€",
        "count": "1",
        "invoice": "FA-1",
        "due_on": "30/04/2026",
        "oldest_due_on": "30/04/2026",
        "days_late": f"124{SPACE}jours",
        "pay_before": "09/09/2026",
        "interest": f"417,08{SPACE}€",
        "indemnity": f"40,00{SPACE}€",
        "as_of": "01/09/2026",
        "reminders": "04/05/2026, 20/05/2026",
        "reference": "RF18 5390",
        "creditor": "Maison Lenoir",
        "customer": "Dupain",
        "contact": "Mme Roy",
        "phone": "05 56 00 00 00",
        "email": "compta@lenoir.example",
    }
    assert flags(told) == {"one", "business"}


def test_a_reminder_of_several_lines_before_the_law_adds_anything() -> None:
    recent = line("FA-2", 2, due_on=TODAY - timedelta(days=1))
    told = draft(line(), recent, kind="pre_due", credits_cents=250_000, language="en")
    found = quoted(told)

    assert found["amount"] == "€17,500.00"
    assert found["open"] == "€20,000.00"
    assert found["credits"] == "€2,500.00"
    assert found["count"] == "2"
    assert not {"invoice", "due_on", "pay_before", "interest", "indemnity"} & found.keys()
    assert flags(told) == {"many", "business"}
    assert said(told).credits_cents == -250_000


@pytest.mark.parametrize(
    ("late", "told"),
    [
        pytest.param(-1, None, id="not due yet"),
        pytest.param(0, None, id="the due date itself"),
        pytest.param(1, f"1{SPACE}jour", id="one day"),
        pytest.param(2, f"2{SPACE}jours", id="several"),
    ],
)
def test_days_late(late: int, told: str | None) -> None:
    one = line(due_on=TODAY - timedelta(days=late))

    assert quoted(draft(one, kind="pre_due")).get("days_late") == told
    assert said(draft(one)).lines[0].days_late == max(late, 0)


def test_a_thank_you_says_what_was_received_and_asks_nothing() -> None:
    told = draft(kind="thank_you", paid_cents=123_456, paid_on=date(2026, 8, 31))
    thanks = said(told)

    assert quoted(told)["paid"] == f"1{NARROW}234,56{SPACE}€"
    assert quoted(told)["paid_on"] == "31/08/2026"
    assert not {"count", "days_late", "amount", "open"} & quoted(told).keys()
    assert flags(told) == set()
    assert thanks.payment is None
    assert thanks.indemnity_cents is None


@pytest.mark.parametrize("kind", ["formal_notice", "reminder"])
def test_only_firm_words_claim(kind: str) -> None:
    firm = replace(step(kind), tone="firm")
    claimed = said(draft(line(), step=firm))
    neutral = said(draft(line(), step=replace(firm, tone="neutral")))

    assert (claimed.interest_cents, claimed.indemnity_cents) == (41_708, 4_000)
    assert claimed.pay_before == TODAY + timedelta(days=8)
    assert (neutral.interest_cents, neutral.indemnity_cents) == (None, None)
    assert (neutral.pay_before, neutral.penalties) == (None, ())


def test_a_thank_you_claims_nothing_even_in_a_formal_tone() -> None:
    formal = replace(step("thank_you"), tone="formal")

    assert said(draft(line(), step=formal)).interest_cents is None


def test_a_line_that_may_not_claim_adds_nothing() -> None:
    both = draft(line(), line("FA-2", 2, claims=False))
    none = draft(line(claims=False))

    assert said(both).interest_cents == 41_708
    assert said(both).indemnity_cents == 4_000
    assert flags(both) == {"many", "business"}
    assert said(none).interest_cents is None
    assert said(none).indemnity_cents is None
    assert flags(none) == {"one"}


def test_two_due_lines_of_one_invoice_owe_one_indemnity() -> None:
    parts = draft(line(), line())
    apart = draft(line(), line("FA-2", 2))

    assert said(parts).indemnity_cents == 4_000
    assert said(apart).indemnity_cents == 8_000


@pytest.mark.parametrize(
    ("debtor", "flag"),
    [
        pytest.param(DebtorClass.FOREIGN, "business", id="foreign"),
        pytest.param(DebtorClass.PUBLIC, "public", id="public body"),
        pytest.param(DebtorClass.CONSUMER, "consumer", id="consumer"),
        pytest.param(DebtorClass.UNKNOWN, None, id="not known"),
    ],
)
def test_the_words_of_each_class(debtor: DebtorClass, flag: str | None) -> None:
    claims = debtor is not DebtorClass.UNKNOWN
    told = draft(line(debtor_class=debtor, french_law=True, claims=claims))

    assert flags(told) - {"one"} == ({flag} if flag else set())


@pytest.mark.parametrize(
    ("kind", "asked", "shown"),
    [
        pytest.param("formal_notice", (None, None), (41_708, 4_000), id="as its tone says"),
        pytest.param("formal_notice", (False, None), (None, 4_000), id="no interest"),
        pytest.param("formal_notice", (None, False), (41_708, None), id="no indemnity"),
        pytest.param("pre_due", (None, None), (None, None), id="a friendly tone"),
        pytest.param("pre_due", (True, True), (41_708, 4_000), id="a friendly step that says it"),
        pytest.param("thank_you", (True, True), (None, None), id="thanks never do"),
    ],
)
def test_a_step_may_show_interest_and_indemnity_or_not(
    kind: str, asked: tuple[bool | None, bool | None], shown: tuple[int | None, int | None]
) -> None:
    interest, indemnity = asked
    claimed = said(draft(line(), step=replace(step(kind), interest=interest, indemnity=indemnity)))

    assert (claimed.interest_cents, claimed.indemnity_cents) == shown


def test_a_missing_rate_is_said_and_the_indemnity_still_asked() -> None:
    told = draft(line())
    claimed = said(told, Rates(()))

    assert flags(told, Rates(())) == {"one", "business", "interest_missing"}
    assert (claimed.interest_cents, claimed.indemnity_cents) == (None, 4_000)
    assert quoted(told, Rates(()))["amount"] == f"10{NARROW}040,00{SPACE}€"


def test_flags_of_an_agreed_rate_and_of_an_attachment() -> None:
    agreed = line(contract_rate=ContractRate(ContractRateKind.FIXED, Fraction(9)))

    assert flags(draft(agreed, is_attached=True)) == {"one", "business", "agreed_rate", "attached"}


def test_the_table_and_the_penalties_of_a_formal_notice() -> None:
    claimed = said(draft(replace(line(), open_cents=900_000, label="effet")))
    (shown,) = claimed.lines
    first, second = claimed.penalties

    assert claimed.kind == "mise_en_demeure"
    assert (shown.number, shown.issued_on, shown.due_on) == ("FA-1", date(2026, 3, 31), DUE)
    assert (shown.amount_cents, shown.open_cents, shown.paid_cents) == (1_000_000, 900_000, 100_000)
    assert (shown.days_late, shown.label) == (124, "effet")
    assert (first.number, first.days, first.rate_percent) == ("FA-1", 61, Decimal("12.15"))
    assert (second.days, second.rate_percent, second.base_cents) == (63, Decimal("12.4"), 1_000_000)
    assert first.amount_cents + second.amount_cents == claimed.interest_cents == 41_708
    assert (first.from_on, second.to_on) == (DUE + timedelta(days=1), TODAY)


def test_what_a_person_wrote_replaces_subject_and_body() -> None:
    edited = {"subject": "Notre entretien", "body": " Un. \n\n\n\n Deux. "}
    told = said(draft(line(), edited=edited))

    assert told.subject == "Notre entretien"
    assert told.opening == ("Un.", "Deux.")
    assert told.closing == ()
    assert said(draft(line())).closing == ("Fin",)
    assert said(draft(line())).subject == "Sujet"


@given(
    openings=st.lists(st.integers(1, 10**8), min_size=1, max_size=5), credits_=st.integers(0, 10**8)
)
def test_what_is_asked_is_the_lines_less_credits_and_what_the_law_adds(
    openings: list[int], credits_: int
) -> None:
    lines = [
        replace(line(f"FA-{n}", n, amount_cents=cents), open_cents=cents)
        for n, cents in enumerate(openings)
    ]
    claimed = said(draft(*lines, credits_cents=credits_))
    added = (claimed.interest_cents or 0) + (claimed.indemnity_cents or 0)

    assert sum(one.open_cents for one in claimed.lines) == sum(openings)
    assert due_cents(claimed) == sum(openings) - credits_ + added
    assert claimed.indemnity_cents == 4_000 * len(openings)
    assert sum(part.amount_cents for part in claimed.penalties) == (claimed.interest_cents or 0)
