"""Values, checks, due lines, matching and decisions: the tables are the specification."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encours.imports.rules.einvoices import checks, due, failures, matching
from encours.imports.rules.einvoices.decide import Act, Ledger, decide
from encours.imports.rules.einvoices.document import (
    Einvoice,
    Identifier,
    Line,
    Note,
    Party,
    Read,
    Reference,
    Term,
    Totals,
    VatShare,
)
from encours.imports.rules.einvoices.failures import Failure
from encours.imports.rules.einvoices.matching import Known, Owner
from encours.imports.rules.einvoices.values import Values

ISSUED = date(2026, 10, 1)
SELLER = Party("Maison Durand", (Identifier("552100554", "0002"),), country="FR")
BUYER = Party("Client SAS", (Identifier("732829320", "0002"),), country="FR")
CREDITOR = Owner(1, "Maison Durand SARL", "D", siren="552100554")
NOTES = tuple(Note(code, "x") for code in ("PMT", "PMD", "AAB"))


def invoice(**said: Any) -> Einvoice:
    given = {
        "syntax": "cii",
        "profile": "en16931",
        "number": "F1",
        "type_code": "380",
        "issued_on": ISSUED,
        "currency": "EUR",
        "seller": SELLER,
        "buyer": BUYER,
        "totals": Totals(100_000, 20_000, 120_000, due_cents=120_000),
        "notes": NOTES,
    }
    return Einvoice(**(given | said))


def codes(found: Any) -> list[str]:
    return [issue.code for issue in found]


@pytest.mark.parametrize(
    ("text", "cents", "wrong"),
    [
        pytest.param("12.34", 1234, [], id="two decimals"),
        pytest.param(" 12 ", 1200, [], id="none, and blanks"),
        pytest.param("-0.5", -50, [], id="negative"),
        pytest.param("1.005", 101, [], id="half a cent goes up"),
        pytest.param("", None, [], id="nothing is nothing"),
        pytest.param("12,34", None, ["amount_unread"], id="a comma is no number here"),
        pytest.param("NaN", None, ["amount_unread"], id="not a number"),
        pytest.param("1e400", None, ["amount_unread"], id="beyond any ledger"),
    ],
)
def test_amounts(text: str, cents: int | None, wrong: list[str]) -> None:
    values = Values()

    assert values.cents("BT-112", text) == cents
    assert codes(values.issues) == wrong


@pytest.mark.parametrize(
    ("text", "day", "wrong"),
    [
        pytest.param("20261001", ISSUED, [], id="CII"),
        pytest.param("2026-10-01", ISSUED, [], id="UBL"),
        pytest.param("2026-10-01T00:00:00", ISSUED, [], id="ZUGFeRD 1"),
        pytest.param("", None, [], id="none"),
        pytest.param("20261301", None, ["date_unread"], id="no such month"),
        pytest.param("hier", None, ["date_unread"], id="a word"),
    ],
)
def test_days(text: str, day: date | None, wrong: list[str]) -> None:
    values = Values()

    assert values.day("BT-2", text) == day
    assert codes(values.issues) == wrong


def test_instants_and_needed_texts() -> None:
    values = Values()

    assert values.instant("MDT-78", "20261001101500") == datetime(2026, 10, 1, 10, 15)  # noqa: DTZ001
    assert values.instant("MDT-78", "") is None
    assert values.needed("BT-1", "Le numéro", "  F  1 ") == "F 1"
    assert values.needed("BT-1", "Le numéro", " ") == ""
    assert codes(values.issues) == ["date_unread", "term_missing"]


@pytest.mark.parametrize(
    ("party", "siren"),
    [
        pytest.param(BUYER, "732829320", id="the register"),
        pytest.param(
            Party(identifiers=(Identifier("73282932000074", "0009"),)), "732829320", id="a SIRET"
        ),
        pytest.param(Party(vat_number="FR44732829320"), "732829320", id="a French VAT number"),
        pytest.param(
            Party(endpoint=Identifier("732829320_FACTURES", "0225")), "732829320", id="an address"
        ),
        pytest.param(Party(identifiers=(Identifier("732829320", "0088"),)), "", id="another list"),
        pytest.param(Party(vat_number="DE123456789"), "", id="a foreign VAT number"),
    ],
)
def test_siren(party: Party, siren: str) -> None:
    assert party.siren == siren


@pytest.mark.parametrize(
    ("failure", "code", "said", "severity"),
    [
        pytest.param(Failure("BR-CO-15", "[BR-CO-15]-Invoice total"), "BR-CO-15",
            "Règle BR-CO-15 : Le total TTC (BT-112)", "error", id="a rule that we translate"),
        pytest.param(Failure("BR-32", "[BR-32]-Each allowance shall"), "BR-32",
            "Règle BR-32 : cette règle n'est pas respectée (Each allowance shall)", "error",
            id="another keeps its words"),
        pytest.param(Failure("FX-SCH-A-000372", "[PEPPOL-EN16931-R008]-Empty"),
            "PEPPOL-EN16931-R008", "Règle PEPPOL-EN16931-R008 :", "warning", id="quoted in text"),
        pytest.param(Failure("FX-SCH-A-000571", "Value of '@schemeID' is not allowed."),
            "FX-SCH-A-000571", "Règle FX-SCH-A-000571", "warning", id="a code of a profile"),
        pytest.param(Failure("BR-CL-25", "[BR-CL-25]-Endpoint"), "BR-CL-25", "Règle BR-CL-25",
            "warning", id="a list that decides of nothing"),
        pytest.param(Failure("BR-CL-01", "[BR-CL-01]-Type"), "BR-CL-01", "Règle BR-CL-01", "error",
            id="the list of types decides"),
        pytest.param(Failure("BR-FR-08_BT-23", "BR-FR-08/BT-23 : Le cadre manque."), "BR-FR-08",
            "Règle BR-FR-08 : Le cadre manque.", "error", id="French rules speak French"),
        pytest.param(Failure("BR-FR-05_BT-22_PMT", "BR-FR-05/BT-22 : PMT manque."), "BR-FR-05",
            "Règle BR-FR-05 : PMT manque.", "warning", id="a mention costs a fine, not the claim"),
        pytest.param(Failure("XSD", "Element '{urn:x}A': unexpected", "/a", line=7), "XSD",
            "Schéma XSD : le document n'a pas la forme attendue (Element 'A': unexpected)", "error",
            id="a schema"),
        pytest.param(Failure("BR-99", "x", is_warning=True), "BR-99", "Règle BR-99", "warning",
            id="said a warning"),
    ],
)  # fmt: skip
def test_failures_in_french(failure: Failure, code: str, said: str, severity: str) -> None:
    issue = failures.as_issue(failure)

    assert (issue.code, issue.severity) == (code, severity)
    assert issue.message.startswith(said)


def test_where_a_rule_failed_is_a_path_that_a_person_reads() -> None:
    where = "/*:Invoice[namespace-uri()='urn:a'][1]/*:Line[namespace-uri()='urn:b'][2]"

    assert failures.as_issue(Failure("BR-21", "x", where)).column == "/Invoice/Line[2]"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({}, [], id="nothing wrong"),
        pytest.param(
            {"totals": Totals(1, 2, 9, due_cents=9)}, ["BR-CO-15"], id="net and VAT make the total"
        ),
        pytest.param(
            {"totals": Totals(5, 1, 6, due_cents=9)}, ["BR-CO-16"], id="the total makes what is due"
        ),
        pytest.param(
            {"vat": (VatShare("S", Decimal(20), 100_000, 19_000),)}, ["BR-CO-14"], id="VAT by rate"
        ),
        pytest.param({"buyer": Party()}, ["buyer_unnamed"], id="no buyer"),
        pytest.param({"is_test": True}, ["is_test"], id="a test"),
        pytest.param({"terms": (Term(date(2026, 9, 1)),)}, ["due_before_issue"], id="due before"),
        pytest.param(
            {"notes": NOTES[:1]}, ["mention_PMD", "mention_AAB"], id="mentions of a French invoice"
        ),
        pytest.param({"notes": (), "profile": "minimum"}, [], id="MINIMUM has no place for them"),
        pytest.param(
            {"notes": (), "seller": Party("A", vat_number="DE1", country="DE")}, [], id="abroad"
        ),
        pytest.param(
            {"totals": Totals(-5, -1, -6, due_cents=-6)}, ["negative"], id="a negative invoice"
        ),
        pytest.param(
            {"type_code": "575", "totals": Totals(-5, -1, -6, due_cents=-6)}, ["negative"],
            id="negative, of another kind",
        ),
        pytest.param({"type_code": "384"}, ["corrects_nothing"], id="corrects nothing"),
        pytest.param({"process": "S2"}, ["paid_yet_due"], id="paid, they say"),
        pytest.param(
            {"lines": (Line("1", Decimal(2), Decimal(5), Decimal(1), Decimal(0), Decimal(99)),)},
            ["line_amount"], id="a line that is not its quantity at its price",
        ),
        pytest.param(
            {"lines": (Line("1", Decimal(20), Decimal("4.10"), Decimal(1), Decimal(0), Decimal("81.90")),)},
            [], id="a price printed rounded",
        ),
        pytest.param(
            {"lines": (Line("1", Decimal(20), Decimal(4), Decimal(0), Decimal(0), Decimal(80)),)},
            [], id="a price for nothing says nothing",
        ),
        pytest.param(
            {"lines": tuple(Line(str(n), Decimal(2), Decimal(5), Decimal(1), Decimal(0), Decimal(99))
                            for n in range(9))},
            ["line_amount"] * 5, id="a few are enough",
        ),
    ],
)  # fmt: skip
def test_checks(said: dict[str, Any], expected: list[str]) -> None:
    assert codes(checks.issues(invoice(**said))) == expected


def test_a_rule_that_two_checks_broke_is_said_once() -> None:
    official = failures.as_issue(Failure("BR-CO-15", "x", "/Invoice"))
    ours = next(iter(checks.issues(invoice(totals=Totals(1, 2, 9, due_cents=9)))))

    assert checks.once([official, ours, official]) == (official,)
    assert checks.once([ours]) == (ours,)


LATE, LATER = date(2026, 10, 31), date(2026, 11, 30)


@pytest.mark.parametrize(
    ("terms", "totals", "expected", "told"),
    [
        pytest.param((), Totals(0, 0, 0, due_cents=900), [(None, 900)], [], id="none is said"),
        pytest.param((Term(LATE),), Totals(0, 0, 0, due_cents=900), [(LATE, 900)], [], id="one"),
        pytest.param((Term(LATE),), Totals(0, 0, 0, 100, due_cents=800), [(LATE, 900)], [],
            id="what was paid before is part of the claim"),
        pytest.param((Term(LATER), Term(LATE)), Totals(0, 0, 0, due_cents=900), [(LATER, 900)], [],
            id="several dates without amounts: the last, nobody is reminded too early"),
        pytest.param((Term(LATER, 600), Term(LATE, 300)), Totals(0, 0, 0, due_cents=900),
            [(LATE, 300), (LATER, 600)], [], id="several amounts"),
        pytest.param((Term(LATE, 300), Term(LATER, 500)), Totals(0, 0, 0, 100, due_cents=800),
            [(LATE, 400), (LATER, 500)], [], id="paid before on the first of them"),
        pytest.param((Term(LATE, 300), Term(LATER, 300)), Totals(0, 0, 0, due_cents=900),
            [(LATER, 900)], ["terms_unequal"], id="amounts that do not add up"),
    ],
)  # fmt: skip
def test_due_lines(
    terms: tuple[Term, ...], totals: Totals, expected: list[Any], told: list[str]
) -> None:
    parts, issues = due.parts(invoice(terms=terms, totals=totals))

    assert [(one.due_on, one.cents) for one in parts] == expected
    assert codes(issues) == told


amounts = st.integers(1, 10**9)


@given(
    shares=st.lists(st.tuples(st.dates(), amounts), max_size=5),
    prepaid=st.integers(0, 10**9),
    due_cents=amounts,
)
def test_due_lines_add_up_to_the_claim(
    shares: list[tuple[date, int]], prepaid: int, due_cents: int
) -> None:
    one = invoice(
        terms=tuple(Term(*share) for share in shares),
        totals=Totals(0, 0, 0, prepaid, due_cents=due_cents),
    )
    parts, _issues = due.parts(one)

    assert sum(part.cents for part in parts) == one.totals.owed_cents
    assert all(part.cents > 0 for part in parts)


@pytest.mark.parametrize(
    ("party", "creditor", "is_ours"),
    [
        pytest.param(SELLER, CREDITOR, True, id="by SIREN"),
        pytest.param(BUYER, CREDITOR, False, id="another SIREN"),
        pytest.param(
            Party("X", vat_number="FR11 552100554"),
            Owner(1, "Y", vat_number="FR11552100554"), True, id="by VAT number",
        ),
        pytest.param(Party("MAISON DURAND"), CREDITOR, True, id="by name, without its form"),
        pytest.param(Party("Maison Dupont"), CREDITOR, False, id="another name"),
        pytest.param(Party(""), Owner(1, ""), False, id="nobody is nobody"),
    ],
)  # fmt: skip
def test_the_seller_is_the_creditor(party: Party, creditor: Owner, is_ours: bool) -> None:
    assert matching.is_seller(party, creditor) is is_ours


KNOWN = (
    Owner(1, "Client", "C1"),
    Owner(2, "Autre SA", "C2", siren="732829320"),
    Owner(3, "Tiers", "C3", vat_number="DE999"),
    Owner(4, "Quart", "C4", addresses=frozenset({"0088:123"})),
    Owner(5, "Double", "C5"),
    Owner(6, "DOUBLE SARL", "C6"),
    Owner(7, "Client X", "C7", siren="111111111"),
)


@pytest.mark.parametrize(
    ("buyer", "found"),
    [
        pytest.param(BUYER, 2, id="by SIREN, whatever the name"),
        pytest.param(Party("N", vat_number="DE 999"), 3, id="by VAT number"),
        pytest.param(Party("N", endpoint=Identifier("123", "0088")), 4, id="by address"),
        pytest.param(Party("CLIENT SARL"), 1, id="by name"),
        pytest.param(Party("Double"), None, id="a name of two tells none"),
        pytest.param(
            Party("Client X", (Identifier("732829321", "0002"),)), None, id="another SIREN's name"
        ),
        pytest.param(Party(""), None, id="no name"),
    ],
)
def test_the_buyer_is_a_customer(buyer: Party, found: int | None) -> None:
    owner = matching.customer_of(buyer, KNOWN)

    assert (owner and owner.id) == found


@pytest.mark.parametrize(
    ("buyer", "taken", "code"),
    [
        pytest.param(Party("A", (Identifier("K12"),)), [], "K12", id="its number at the seller's"),
        pytest.param(BUYER, [], "732829320", id="its SIREN"),
        pytest.param(Party("Été & Fils"), [], "ETE-FILS", id="its name"),
        pytest.param(Party("Été"), ["ete"], "ETE-2", id="a code that is taken"),
        pytest.param(Party(""), ["CLIENT", "CLIENT-2"], "CLIENT-3", id="nothing at all"),
    ],
)
def test_a_new_customer_gets_a_code(buyer: Party, taken: list[str], code: str) -> None:
    assert matching.code_for(buyer, taken) == code


def decided(one: Einvoice, **known: Any) -> Any:
    ledger = Ledger(CREDITOR, frozenset({"FR76"}), (), (), ())
    [decision] = decide(
        [Read("f.xml", "0", 1, invoice=one)], replace(ledger, **known), any_seller=False
    )
    return decision


TWIN = Known(9, "inv|C1|inv|F1|2026", "f 1", ISSUED, 120_000, 4)
OWN = replace(TWIN, key=matching.key_of(invoice()))


@pytest.mark.parametrize(
    ("one", "known", "act", "told"),
    [
        pytest.param(invoice(), {}, Act.NEW, [], id="new"),
        pytest.param(invoice(), {"invoices": (TWIN,)}, Act.COMPLETE, ["completed"], id="completed"),
        pytest.param(invoice(), {"invoices": (OWN,)}, Act.SAME, ["already_there"], id="entered"),
        pytest.param(invoice(), {"invoices": (replace(TWIN, amount_cents=1),)}, Act.SAME,
            ["number_taken"], id="another amount"),
        pytest.param(invoice(), {"invoices": (replace(OWN, is_rejected=True, amount_cents=1),)},
            Act.AGAIN, ["issued_again"], id="rejected, issued again"),
        pytest.param(invoice(), {"invoices": (TWIN,), "customers": (Owner(4, "N", siren="1" * 9),)},
            Act.SAME, ["number_of_other"], id="another customer's"),
        pytest.param(invoice(), {"invoices": (replace(TWIN, issued_on=date(2024, 1, 1)),)}, Act.NEW,
            [], id="a number of other years"),
        pytest.param(invoice(totals=Totals(0, 0, 0)), {}, Act.NOTHING, ["nothing_owed"], id="nil"),
        pytest.param(invoice(seller=BUYER), {}, Act.NEW, ["other_seller"], id="another seller"),
        pytest.param(invoice(ibans=("DE1", "FR76")), {}, Act.NEW, ["other_account"], id="an IBAN"),
        pytest.param(invoice(type_code="381", preceding=(Reference("F0"),)), {}, Act.NEW,
            ["corrects_unknown"], id="corrects nothing that is known"),
        pytest.param(invoice(number="R1", type_code="384", preceding=(Reference("F1"),)),
            {"invoices": (TWIN,)}, Act.NEW, ["replaces"], id="replaces an open one"),
    ],
)  # fmt: skip
def test_decisions(one: Einvoice, known: dict[str, Any], act: Act, told: list[str]) -> None:
    decision = decided(one, **known)

    assert (decision.act, codes(decision.issues)) == (act, told)
    blocked = {"number_taken", "number_of_other", "other_seller"}
    assert decision.is_wrong == decision.is_blocked == bool(blocked & set(told))


def test_a_document_twice_in_a_file_enters_once() -> None:
    ledger = Ledger(CREDITOR, frozenset(), (), (), ())
    reads = [Read(name, "0", 1, invoice=invoice()) for name in ("a.xml", "b.xml")]
    found = decide([*reads, Read("c.xml", "0", 1)], ledger, any_seller=True)

    assert [one.act for one in found] == [Act.NEW, Act.SAME]
