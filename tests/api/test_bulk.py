"""Ten thousand rows a call: all of them or none, the same again changes nothing, undone whole."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.programs import Program, new_customer, ok, problem, program

pytestmark = pytest.mark.django_db(transaction=True)
DAY = {"issued_on": "2026-01-05"}


def send(own: Program, what: str, rows: list[dict[str, Any]], **values: Any) -> Any:
    body = {"creditor": own.place.house.code, "rows": rows, **values}
    return own.post(f"/{what}/bulk", body)


def test_customers_are_created_then_completed() -> None:
    own = program()
    rows = [{"code": f"L{n}", "name": f"Client {n}"} for n in range(3)]
    first = ok(send(own, "customers", rows))
    again = ok(send(own, "customers", rows))
    change = {"code": "L1", "city": "Lyon", "debtor_class": "business"}
    third = ok(send(own, "customers", [change, {"code": "L9", "name": "Neuf"}]))

    assert (first["created"], first["updated"]) == (3, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert (third["created"], third["updated"]) == (1, 1)
    asked = {"creditor": own.place.house.code, "code": "L1"}
    shown = ok(own.get("/customers", **asked))["items"][0]
    assert (shown["name"], shown["city"], shown["debtor_class"]) == ("Client 1", "Lyon", "business")
    assert shown["class_confirmed_at"]


def test_rows_that_are_wrong_are_all_said_and_the_rest_is_taken_when_accepted() -> None:
    own = program()
    rows = [
        {"code": "W1", "name": "Juste"},
        {"code": "W2"},
        {"code": "W3", "name": "x", "siren": "123456789"},
        {"code": "W4", "name": "x", "nom": "y"},
        {"code": "W1", "name": "Deux fois"},
        "nothing",
    ]
    told = problem(send(own, "customers", rows), 422)
    wrong = {(one["line"], one["column"], one["code"]) for one in told["issues"]}

    assert wrong == {
        (2, "name", "missing"), (3, "siren", "invalid"), (4, "nom", "extra_forbidden"),
        (5, "code", "repeated"), (6, "", "model_attributes_type"),
    }  # fmt: skip
    taken = ok(send(own, "customers", rows, accept_rest=True))
    assert (taken["created"], len(taken["issues"])) == (1, 5)


def test_invoices_are_compared_with_what_is_there() -> None:
    own = program()
    code = new_customer(own)["code"]
    due = [{"due_on": "2026-02-05", "amount": "40"}, {"due_on": "2026-03-05", "amount": "60"}]
    rows = [
        {"customer": code, "number": f"B1-{code}", "amount": "100", "due": due, **DAY},
        {"customer": code, "number": f"B2-{code}", "amount": "50.00", **DAY},
    ]
    first = ok(send(own, "invoices", rows))
    again = ok(send(own, "invoices", rows))
    changed = ok(send(own, "invoices", [{**rows[0], "amount": "40", "due": due[:1]}]))
    asked = {"creditor": own.place.house.code, "customer": code}
    shown = {one["number"]: one for one in ok(own.get("/invoices", **asked))["items"]}

    assert (first["created"], again["unchanged"], again["applied"]) == (2, 2, False)
    assert (changed["created"], changed["updated"]) == (0, 1)
    assert [line["due_source"] for line in shown[f"B2-{code}"]["lines"]] == ["terms_confirmed"]
    assert [line["amount"] for line in shown[f"B1-{code}"]["lines"]] == ["40.00"]
    ok(own.post(f"/imports/{changed['import_id']}/undo", None))
    lines = ok(own.get("/invoices", **asked, number=f"B1-{code}"))["items"][0]["lines"]
    assert [line["amount"] for line in lines] == ["40.00", "60.00"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"customer": "NOBODY"}, "unknown_customer", id="a customer nobody knows"),
        pytest.param({"amount": "0"}, "not_positive", id="nothing owed"),
        pytest.param({"net": "1", "vat": "2"}, "unbalanced", id="parts that do not add up"),
        pytest.param(
            {"due": [{"due_on": "2026-02-05", "amount": "1"}]}, "due_unbalanced", id="lines short"
        ),
        pytest.param(
            {"due": [{"due_on": "2025-02-05", "amount": "10"}]}, "due_before", id="due too early"
        ),
        pytest.param({"amount": "dix"}, "string_pattern_mismatch", id="no amount"),
        pytest.param({"issued_on": "05/01/2026"}, "value_error", id="no date"),
    ],
)
def test_an_invoice_that_is_refused(change: dict[str, Any], code: str) -> None:
    own = program()
    row = {"customer": new_customer(own)["code"], "number": "R", "amount": "10", **DAY}

    told = problem(send(own, "invoices", [{**row, **change}]), 422)
    assert [one["code"] for one in told["issues"]] == [code]


def test_a_number_of_another_origin_and_a_lettered_invoice_are_left() -> None:
    own = program()
    customer = new_customer(own)
    row = {"customer": customer["code"], "amount": "10", **DAY}
    hand = {"customer_id": customer["id"], "number": f"H-{customer['id']}", "amount": "10", **DAY}
    ok(own.post("/invoices", hand))
    taken = problem(send(own, "invoices", [{**row, "number": hand["number"]}]), 422)
    ok(send(own, "invoices", [{**row, "number": f"P-{customer['id']}"}]))
    pay = {"customer": customer["code"], "amount": "20", "received_on": "2026-02-01"}
    ok(send(own, "payments", [{**pay, "reference": f"P-{customer['id']}"}]))
    asked = {"creditor": own.place.house.code, "customer": customer["code"]}
    payment = ok(own.get("/payments", **asked))["items"][0]
    ok(own.post("/allocations", {"credit_id": payment["id"]}))
    held = problem(
        send(own, "invoices", [{**row, "number": f"P-{customer['id']}", "amount": "11"}]), 422
    )

    assert [one["code"] for one in taken["issues"]] == ["number_taken"]
    assert [one["code"] for one in held["issues"]] == ["lettered"]
    ok(send(own, "invoices", [{**row, "number": f"P-{customer['id']}"}]))


def test_payments_and_credit_notes_are_known_again() -> None:
    own = program()
    code = new_customer(own)["code"]
    row = {"customer": code, "amount": "10.50", "received_on": "2026-02-01"}
    payments = [{**row, "reference": f"{code}-{n}", "number": "CHQ"} for n in range(2)]
    notes = [{**row, "number": f"{code}-A"}]

    assert ok(send(own, "payments", payments))["created"] == 2
    assert ok(send(own, "payments", payments))["unchanged"] == 2
    assert ok(send(own, "payments", [{**payments[0], "amount": "11"}]))["updated"] == 1
    assert ok(send(own, "credit-notes", notes))["created"] == 1
    assert ok(send(own, "credit-notes", notes))["unchanged"] == 1


def test_ten_thousand_rows_are_a_call_and_one_more_is_too_many() -> None:
    own = program()
    code = new_customer(own)["code"]
    row = {"customer": code, "amount": "10.00", **DAY}
    rows = [{**row, "number": f"{code}-{n}"} for n in range(10_000)]

    assert ok(send(own, "invoices", rows))["created"] == 10_000
    assert problem(send(own, "invoices", [*rows, row]), 422)["issues"][0]["column"] == "rows"


def test_a_bulk_call_needs_its_scope() -> None:
    rows = [{"code": "X", "name": "x"}]

    problem(send(program(role="collector"), "customers", rows), 403)
    problem(send(program(role="reader"), "invoices", rows), 403)
