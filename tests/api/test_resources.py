"""Each resource does what it says, for its own tenant, as its role may."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from tests.api.programs import Program, new_customer, ok, problem, program
from tests.documents import samples
from tests.imports.test_numbering import brought, fec
from tests.web.places import ROLES

from encours.attributes.actions import fields
from encours.dunning.actions import holds
from encours.imports import jobs
from encours.imports.actions import tables
from encours.recovery.actions import tasks
from encours.recovery.actions.tasks import NewTask
from encours.scoring.actions.running import score_creditor
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db(transaction=True)
EINVOICE = Path(__file__).parents[1] / "golden" / "einvoice" / "cii-facture.xml"
YEAR = {"issued_on": "2026-01-05", "amount": "1200.00", "net": "1000.00", "vat": "200.00"}


def new_invoice(own: Program, customer: dict[str, Any], **values: Any) -> dict[str, Any]:
    body = {"customer_id": customer["id"], "number": f"API-{customer['id']}", **YEAR, **values}
    return ok(own.post("/invoices", body))


def new_payment(own: Program, customer: dict[str, Any], amount: str) -> dict[str, Any]:
    body = {"customer_id": customer["id"], "amount": amount, "received_on": "2026-02-10"}
    return ok(own.post("/payments", body))


def test_an_invoice_is_cut_paid_and_settled_at_any_date() -> None:
    own = program()
    customer = new_customer(own)
    due = [
        {"due_on": "2026-02-05", "amount": "700.00"},
        {"due_on": "2026-03-05", "amount": "500.00"},
    ]
    invoice = new_invoice(own, customer, due=due)
    payment = new_payment(own, customer, "900")
    made = ok(own.post("/allocations", {"credit_id": payment["id"]}))

    assert [(line["open"], line["due_source"]) for line in invoice["lines"]] == [
        ("700.00", "read"), ("500.00", "read"),
    ]  # fmt: skip
    assert [one["amount"] for one in made] == ["700.00", "200.00"]
    now = ok(own.get(f"/invoices/{invoice['id']}"))
    before = ok(own.get(f"/invoices/{invoice['id']}", as_of="2026-02-01"))
    assert (now["open"], before["open"]) == ("300.00", "1200.00")
    assert ok(own.get(f"/payments/{payment['id']}"))["open"] == "0.00"
    unlettered = f"/allocations/{made[0]['id']}"
    ok(own.send("DELETE", unlettered))
    problem(own.get(unlettered), 404)
    assert ok(own.get(f"/invoices/{invoice['id']}"))["open"] == "1000.00"


def test_the_figures_of_a_customer_agree() -> None:
    own = program()
    customer = new_customer(own)
    asked = {"creditor": own.place.house.code, "customer": customer["code"]}
    new_invoice(own, customer)
    new_payment(own, customer, "200.00")

    items = ok(own.get("/open-items", **asked))["items"]
    told = ok(own.get(f"/customers/{customer['id']}/statement", from_on="2026-01-01"))
    balance = ok(own.get("/aged-balance", creditor=own.place.house.code))
    row = next(one for one in balance["customers"] if one["code"] == customer["code"])

    assert [(one["open"], one["status"]) for one in items] == [("1200.00", "open")]
    assert (told["closing"], len(told["moves"])) == ("1000.00", 2)
    assert (row["open"], row["unallocated"], row["net"]) == ("1200.00", "-200.00", "1000.00")
    past = ok(own.get("/aged-balance", creditor=own.place.house.code, as_of="2025-12-31"))
    assert customer["code"] not in [one["code"] for one in past["customers"]]
    early = {"creditor": own.place.house.code, "known_on": "2026-11-01"}
    assert customer["code"] not in str(ok(own.get("/aged-balance", **early)))


def test_a_document_entered_here_is_reversed_here() -> None:
    own = program()
    customer = new_customer(own)
    invoice = new_invoice(own, customer)
    note = {"customer_id": customer["id"], "amount": "10", "received_on": "2026-02-10"}
    credit = ok(own.post("/credit-notes", {**note, "number": f"A-{customer['id']}"}))

    problem(
        own.post("/invoices", {"customer_id": customer["id"], **YEAR, "number": invoice["number"]}),
        409,
    )
    for path in (f"/invoices/{invoice['id']}", f"/credit-notes/{credit['id']}"):
        problem(own.post(f"{path}/reverse", {"reason": "because"}), 422)
        ok(own.post(f"{path}/reverse", {"reason": "mistake"}))
        problem(own.get(path), 404)
    problem(own.get(f"/payments/{credit['id']}"), 404)


def test_more_than_is_left_is_refused() -> None:
    own = program()
    customer = new_customer(own)
    line = new_invoice(own, customer)["lines"][0]
    payment = new_payment(own, customer, "100")
    body = {"credit_id": payment["id"], "shares": [{"line_id": line["id"], "amount": "100.01"}]}

    assert "100,00" in problem(own.post("/allocations", body), 422)["detail"]


def test_amounts_that_do_not_add_up_are_refused() -> None:
    own = program()
    body = {"customer_id": new_customer(own)["id"], "number": "X", **YEAR, "vat": "1.00"}

    problem(own.post("/invoices", body), 422)
    problem(own.post("/invoices", {**body, "amount": "12,00"}), 422)
    problem(own.post("/invoices", {**body, "amount": 12}), 422)
    problem(own.post("/invoices", {**body, "issued_on": 20260105}), 422)


@pytest.mark.parametrize("kind", ["promises", "disputes"])
def test_promises_and_disputes(kind: str) -> None:
    own = program()
    customer = new_customer(own)
    line = new_invoice(own, customer)["lines"][0]
    who = {"customer_id": customer["id"], "line_id": line["id"]}
    given = {"until": "2027-01-15", "amount": "500"} if kind == "promises" else {"reason": "Casse"}
    made = ok(own.post(f"/{kind}", {**who, **given}))
    asked = {"creditor": own.place.house.code, "customer": customer["code"]}

    assert [one["id"] for one in ok(own.get(f"/{kind}", **asked))["items"]] == [made["id"]]
    status = ok(own.get("/open-items", **asked))["items"][0]["status"]
    assert status == {"promises": "promised", "disputes": "disputed"}[kind]
    ended = ok(own.post(f"/{kind}/{made['id']}/end", {"ends_on": "2027-01-20"}))
    assert ended["ends_on"] == "2027-01-20"
    problem(own.get(f"/{kind}/{made['id']}"), 404)
    ok(own.send("DELETE", f"/{kind}/{ended['id']}"))
    assert ok(own.get(f"/{kind}", **asked))["items"] == []


def test_orders_that_a_step_held_are_read_and_let_go() -> None:
    own = program()
    customer = new_customer(own)
    with in_tenant(own.place.house.tenant_id):
        holds.hold(
            effect="hold_orders",
            tenant_id=own.place.house.tenant_id,
            customer_id=customer["id"],
            step="relance_2",
            on=date(2026, 11, 2),
        )
    asked = {"creditor": own.place.house.code, "customer": customer["code"]}
    (held,) = ok(own.get("/order-holds", **asked))["items"]
    assert held["reason"] == "Étape de relance envoyée : relance 2"
    assert ok(own.get("/order-holds", **asked, on="2026-11-01"))["items"] == []
    ended = ok(own.post(f"/order-holds/{held['id']}/end", {"ends_on": "2026-11-10"}))
    assert ended["ends_on"] == "2026-11-10"
    assert ok(own.get("/order-holds", **asked, on="2026-11-11"))["items"] == []


def test_contacts() -> None:
    own = program()
    customer = new_customer(own)
    path = f"/customers/{customer['id']}/contacts"
    problem(own.post(path, {"email": "nobody"}), 422)
    made = ok(own.post(path, {"name": "Compta", "email": "compta@martin.example"}))
    version = own.get(f"/contacts/{made['id']}")["ETag"]
    own.send("PATCH", f"/contacts/{made['id']}", {"phone": "0102030405"}, **{"If-Match": version})

    assert ok(own.get(path))[0]["phone"] == "0102030405"
    ok(own.send("DELETE", f"/contacts/{made['id']}"))
    problem(own.get(f"/contacts/{made['id']}"), 404)


def test_the_plan_is_tried_without_being_reserved() -> None:
    own = program()
    new_invoice(own, new_customer(own))
    asked = {"creditor": own.place.house.code, "on": "2026-11-30"}
    tried = ok(own.get("/plan/preview", **asked))
    held = {one["reason"] for one in tried["held"]}

    assert held
    assert ok(own.get("/plan", **asked))["planned"] == []
    assert ok(own.get("/messages"))["items"] == []


def test_a_file_is_uploaded_then_forgotten(tmp_path: Any, settings: Any) -> None:
    settings.IMPORTS_ROOT = tmp_path
    own = program()
    client = Client(headers={"Authorization": f"Bearer {own.token}", "Idempotency-Key": "file-1"})

    def upload(content: bytes) -> Any:
        file = SimpleUploadedFile("552100554FEC20261231.txt", content)
        return client.post("/api/v1/imports", {"creditor": own.place.house.code, "file": file})

    first = ok(upload(b"JournalCode\n"))
    assert ok(upload(b"JournalCode\n"))["id"] == first["id"]
    problem(upload(b"Other\n"), 422)
    assert ok(own.get(f"/imports/{first['id']}"))["state"] == "running"
    problem(own.post(f"/imports/{first['id']}/accept", {}), 409)
    problem(own.post(f"/imports/{first['id']}/undo", None), 409)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_writes_what_it_may(role: str) -> None:
    own = program(role=role)
    at = own.place.house.code
    may = {
        "/customers": {"admin", "credit_manager", "collector", "accountant"},
        "/invoices": {"admin", "credit_manager", "accountant"},
        "/disputes": {"admin", "credit_manager", "collector", "sales"},
    }
    for path, roles in may.items():
        answer = own.post(path, {"creditor": at, "nothing": 1})
        assert (answer.status_code != 403) is (role in roles), (role, path)
        assert answer.status_code in {403, 422}


def test_no_row_of_another_tenant() -> None:
    ours, theirs = program("ALPHA"), program("OMEGA")
    customer = new_customer(theirs)
    invoice = new_invoice(theirs, customer)
    payment = new_payment(theirs, customer, "1")
    for path in (
        f"/customers/{customer['id']}",
        f"/customers/{customer['id']}/contacts",
        f"/customers/{customer['id']}/statement",
        f"/invoices/{invoice['id']}",
        f"/payments/{payment['id']}",
    ):
        problem(ours.get(path), 404)
    problem(ours.post("/allocations", {"credit_id": payment["id"]}), 404)
    problem(ours.post("/invoices", {"customer_id": customer["id"], "number": "Z", **YEAR}), 422)
    for path in ("/customers", "/invoices", "/payments", "/open-items", "/allocations"):
        assert all(
            one["creditor"] != theirs.place.house.code for one in ok(ours.get(path))["items"]
        )


def test_a_piece_is_kept_attached_opened_and_detached(tmp_path: Any, settings: Any) -> None:
    settings.DOCUMENTS_ROOT = tmp_path
    own = program()
    customer = new_customer(own)
    invoice = new_invoice(own, customer)
    client = Client(headers={"Authorization": f"Bearer {own.token}", "Idempotency-Key": "piece"})
    file = SimpleUploadedFile("bon.png", samples.png())
    body = {"creditor": own.place.house.code, "kind": "delivery", "invoice_id": invoice["id"]}
    kept = ok(client.post("/api/v1/documents", {**body, "file": file}))
    path = f"/documents/{kept['id']}"

    assert [(link["kind"], link["subject_id"]) for link in kept["links"]] == [
        ("invoice", invoice["id"]),
    ]  # fmt: skip
    assert own.get(f"{path}/content").content == samples.png()
    linked = ok(own.post(f"{path}/links", {"kind": "customer", "id": customer["id"]}))
    assert len(linked["links"]) == 2
    asked = {"creditor": own.place.house.code, "customer": customer["code"]}
    assert [one["id"] for one in ok(own.get("/documents", **asked))["items"]] == [kept["id"]]
    ok(own.send("DELETE", f"{path}/links/{kept['links'][0]['id']}"))
    problem(own.send("DELETE", f"{path}/links/{kept['links'][0]['id']}"), 404)
    problem(program("OMEGA").get(path), 404)


def with_fields(own: Program) -> None:
    """Add fields to the tenant of a program, which other tests share."""
    if ok(own.get("/fields")):
        return
    tenant_id = own.place.house.tenant_id
    with in_tenant(tenant_id):
        for subject, label, kind in (
            ("customer", "Région", "text"),
            ("customer", "Plafond", "amount"),
            ("invoice", "Affaire", "text"),
        ):
            asked: Any = {"subject": subject, "label": label, "kind": kind}
            fields.add_field(tenant_id=tenant_id, **asked, today=date(2026, 11, 20))


def test_own_fields_are_read_and_said() -> None:
    own = program()
    with_fields(own)
    customer = new_customer(own)
    invoice = new_invoice(own, customer)
    codes = [one["code"] for one in ok(own.get("/fields"))]
    assert codes == ["region", "plafond", "affaire"]

    at = f"/customers/{customer['id']}/fields"
    version = own.get(at).headers["ETag"]
    problem(own.send("PATCH", at, {"region": "Nord"}), 428)
    said = ok(own.send("PATCH", at, {"region": "Nord", "plafond": "5 000,50"}, **match(version)))
    assert said == {"region": "Nord", "plafond": "5000.50"}
    problem(own.send("PATCH", at, {"region": "Sud"}, **match(version)), 412)
    found = ok(own.get(f"/customers/{customer['id']}"))
    assert found["fields"] == said
    assert found["fields"] in [one["fields"] for one in ok(own.get("/customers"))["items"]]

    at = f"/invoices/{invoice['id']}/fields"
    version = own.get(at).headers["ETag"]
    ok(own.send("PATCH", at, {"affaire": "A-17"}, **match(version)))
    assert ok(own.get(f"/invoices/{invoice['id']}"))["fields"] == {"affaire": "A-17"}
    ok(own.send("PATCH", at, {"affaire": ""}, **match("*")))
    assert ok(own.get(at)) == {"affaire": None}


@pytest.mark.parametrize("wrong", [{"nowhere": "x"}, {"plafond": "beaucoup"}])
def test_what_no_field_takes_is_refused(wrong: dict[str, str]) -> None:
    own = program()
    with_fields(own)
    at = f"/customers/{new_customer(own)['id']}/fields"

    problem(own.send("PATCH", at, wrong, **match("*")), 422)
    assert not any(ok(own.get(at)).values())


def match(version: str) -> dict[str, str]:
    return {"If-Match": version}


def test_a_table_enters_by_a_saved_mapping_and_an_einvoice_by_its_content(
    tmp_path: Any, settings: Any
) -> None:
    settings.IMPORTS_ROOT = tmp_path
    own = program()
    house = own.place.house
    columns = {
        "customer_code": "A qui", "number": "Quoi", "issued_on": "Quand", "open_amount": "Combien",
    }  # fmt: skip
    with in_tenant(house.tenant_id):
        tables.save_mapping(
            tenant_id=house.tenant_id,
            creditor_id=None,
            name="Les miennes",
            definition={"meaning": "open_items", "columns": columns},
            signature="x",
            replace=True,
            today=date(2026, 11, 20),
        )
    assert "Les miennes" in [one["name"] for one in ok(own.get("/mappings", creditor=house.code))]

    def upload(name: str, content: bytes, once: str, **said: str) -> Any:
        headers = {"Authorization": f"Bearer {own.token}", "Idempotency-Key": once}
        file = SimpleUploadedFile(name, content)
        sent = {"creditor": house.code, "file": file, **said}
        return Client(headers=headers).post("/api/v1/imports", sent)

    text = b"A qui;Quoi;Quand;Combien\nC1;F1;05/01/2026;100,00\n"
    problem(upload("t.csv", text, "t-1", kind="table", mapping="Inconnue"), 422)
    problem(upload("t.csv", text, "t-2", kind="fec", mapping="Les miennes"), 422)
    made = ok(upload("t.csv", text, "t-3", kind="table", mapping="Les miennes"))
    jobs.preview(tenant_id=house.tenant_id, import_id=made["id"])
    shown = ok(own.get(f"/imports/{made['id']}"))
    assert (shown["kind"], shown["state"], shown["counts"]["invoices"]) == ("table", "previewed", 1)
    ok(own.post(f"/imports/{made['id']}/accept", {}))

    pdf = ok(upload("f.xml", EINVOICE.read_bytes(), "t-4", kind=""))
    assert pdf["kind"] == "einvoice"


def test_an_invoice_without_a_number_is_given_one(tmp_path: Path) -> None:
    own = program()
    brought(own.place.house, fec(tmp_path))
    waiting = ok(own.get("/invoices", without_number="true", open_only="true"))["items"]
    address = f"/invoices/{waiting[0]['id']}/number"
    read = own.get(address)

    assert read.json() == {"number": "", "is_given": False}
    problem(own.send("PATCH", address, {"number": "F-1"}), 428)
    same = {"if-match": read.headers["ETag"]}
    given = own.send("PATCH", address, {"number": "F-1"}, **same)
    assert ok(given) == {"number": "F-1", "is_given": True}
    problem(own.send("PATCH", address, {"number": "F-2"}, **same), 412)
    other = f"/invoices/{waiting[1]['id']}/number"
    tag = {"if-match": own.get(other).headers["ETag"]}
    problem(own.send("PATCH", other, {"number": "f 1"}, **tag), 409)
    assert len(ok(own.get("/invoices", without_number="true"))["items"]) == len(waiting) - 1


def test_limits_and_mandates_of_a_customer() -> None:
    own = program()
    customer = new_customer(own, debtor_class="business")
    address = f"/customers/{customer['id']}"
    limit = {"amount": "5000.00", "reason": "Comité", "valid_from": "2026-01-01"}

    assert ok(own.get(f"{address}/credit-limits")) == []
    ok(own.post(f"{address}/credit-limits", limit))
    later = {**limit, "amount": "100", "valid_from": "2026-03-01", "valid_to": "2026-03-31"}
    held = ok(own.post(f"{address}/credit-limits", later))
    assert [(one["amount"], one["valid_from"], one["valid_to"]) for one in held] == [
        ("5000.00", "2026-04-01", None),
        ("100.00", "2026-03-01", "2026-03-31"),
        ("5000.00", "2026-01-01", "2026-02-28"),
    ]
    backwards = {**later, "valid_to": "2026-02-01"}
    problem(own.post(f"{address}/credit-limits", backwards), 409)

    signed = {"reference": f"RUM-{customer['id']}", "iban": "FR76 3000 6000 0112 3456 7890 189",
              "signed_on": "2026-01-05"}  # fmt: skip
    mandate = ok(own.post(f"{address}/mandates", signed))
    assert (mandate["account"], mandate["state"]) == ("FR76…0189", "active")
    other = new_customer(own)
    problem(own.post(f"/customers/{other['id']}/mandates", signed), 409)
    ok(own.post(f"/mandates/{mandate['id']}/revoke", None))
    assert [one["state"] for one in ok(own.get(f"{address}/mandates"))] == ["revoked"]
    problem(own.post(f"/mandates/{mandate['id']}/revoke", None), 404)
    problem(program(role="collector").post(f"{address}/credit-limits", limit), 403)


def test_how_a_customer_pays_is_told_once_it_is_computed() -> None:
    own = program()
    customer = new_customer(own)
    problem(own.get(f"/customers/{customer['id']}/payer"), 404)
    new_invoice(own, customer, due=[{"due_on": "2026-02-05", "amount": "1200.00"}])
    house = own.place.house
    with in_tenant(house.tenant_id):
        place = {"tenant_id": house.tenant_id, "creditor_id": house.creditor_id}
        score_creditor(**place, today=date(2026, 4, 6))

    found = ok(own.get(f"/customers/{customer['id']}/payer"))
    assert (found["profile"], found["oldest_overdue_days"]) == ("chronically_late", 60)
    assert (found["overdue"], found["mean_days"], found["settled_lines"]) == ("1200.00", 60.0, 0)
    assert [one["profile"] for one in found["moves"]] == ["chronically_late"]
    assert "1 échéance en retard, depuis 60 jours" in found["sentence"]


def test_calls_are_listed_and_noted_once() -> None:
    own = program()
    customer = new_customer(own)
    of_creditor = {"creditor": own.place.house.code}
    text, today = "Rappeler Mme Martin", timezone.localdate()
    with in_tenant(own.place.house.tenant_id):
        task_id = tasks.plan_task(
            tenant_id=own.place.house.tenant_id,
            customer_id=customer["id"],
            task=NewTask("call", today, text=text),
            now=timezone.now(),
            today=today,
        )
    told = ok(own.get("/calls", **of_creditor))
    (mine,) = [one for one in told["calls"] if one["customer_id"] == customer["id"]]
    assert [(one["id"], one["text"]) for one in mine["tasks"]] == [(task_id, text)]

    body = {"customer_id": customer["id"], "uuid": str(uuid4()), "task_ids": [task_id]}
    body |= {"outcome": "reached", "note": "Tout va bien."}
    made = ok(own.post("/calls", body))
    again = ok(own.post("/calls", body))
    assert (made["is_new"], again["is_new"], again["id"]) == (True, False, made["id"])
    after = ok(own.get("/calls", **of_creditor))["calls"]
    assert customer["id"] not in {one["customer_id"] for one in after}

    other = new_customer(own)
    stranger = ok(own.post(f"/customers/{other['id']}/contacts", {"email": "x@other.example"}))
    wrong = {**body, "uuid": str(uuid4()), "outcome": "wrong_number", "contact_id": stranger["id"]}
    problem(own.post("/calls", wrong), 409)
    problem(own.post("/calls", {**body, "uuid": str(uuid4()), "outcome": "promise"}), 409)
    problem(program(role="reader").post("/calls", body), 403)
