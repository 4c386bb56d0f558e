"""The door of the API: keys, rights, rate, size, versions, problems."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.api.programs import Program, new_customer, ok, problem, program, token
from tests.web.places import place

from encours.tenancy.actions import keys
from encours.tenancy.models import ApiKey, Fact
from encours.tenancy.scope import in_tenant

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_key_says_what_it_may_do() -> None:
    told = ok(program(role="reader").get("/me"))

    assert told["role"] == "reader"
    assert "ledger.read" in told["rights"]
    assert "ledger.write" not in told["rights"]
    assert len(told["creditors"]) == 2


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({}, id="no key"),
        pytest.param({"Authorization": "Bearer enc_nothing"}, id="an unknown key"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
        pytest.param({"Authorization": "Bearer \x00"}, id="a zero"),
    ],
)
def test_without_a_key_nothing_is_said(header: dict[str, str]) -> None:
    response = Client(headers=header).get("/api/v1/customers")

    assert "clé" in problem(response, 401)["detail"]
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_is_over_opens_nothing() -> None:
    at = place("ALPHA")
    brief = Program(token(at, expires_at=timezone.now() + timedelta(seconds=60)), at)
    ended = Program(token(at), at)
    ok(brief.get("/me"))
    with in_tenant(at.house.tenant_id):
        own = ApiKey.objects.of(at.house.tenant_id)
        own.filter(expires_at__isnull=False).update(expires_at=timezone.now())
        last = own.order_by("-pk")[0]
        asked = {"tenant_id": at.house.tenant_id, "key_id": last.pk, "now": timezone.now()}
        keys.revoke_key(**asked, actor_id=at.users["admin"])

    assert "expiré" in problem(brief.get("/me"), 401)["detail"]
    assert "révoquée" in problem(ended.get("/me"), 401)["detail"]


def test_a_key_is_kept_as_a_hash_and_its_use_is_dated() -> None:
    own = program(role="accountant")
    ok(own.get("/me"))

    with in_tenant(own.place.house.tenant_id):
        rows = ApiKey.objects.of(own.place.house.tenant_id).filter(prefix=own.token[:12])
        key = rows.get()

    assert own.token not in (key.digest, key.prefix)
    assert key.last_used_at is not None


@pytest.mark.parametrize(
    ("scopes", "read", "write"),
    [
        pytest.param(("read",), 200, 403, id="to read"),
        pytest.param(("write",), 403, 201, id="to write"),
        pytest.param(("customers.read",), 200, 403, id="one right"),
        pytest.param(("dunning.read",), 403, 403, id="another right"),
    ],
)
def test_scopes_leave_a_part_of_the_role(scopes: tuple[str, ...], read: int, write: int) -> None:
    at = place("ALPHA")
    own = Program(token(at, scopes=scopes), at)
    body = {"creditor": at.house.code, "code": f"S{scopes[0]}", "name": "x"}

    assert own.get("/customers").status_code == read
    assert own.post("/customers", body).status_code == write


def test_a_key_of_one_creditor_sees_no_other() -> None:
    at = place("ALPHA")
    everything = program()
    theirs = new_customer(everything, creditor=f"{at.mark}2")
    own = Program(token(at, creditor_id=at.house.creditor_id), at)

    assert [one["code"] for one in ok(own.get("/me"))["creditors"]] == [at.house.code]
    problem(own.get(f"/customers/{theirs['id']}"), 404)
    issues = problem(own.get("/customers", creditor=f"{at.mark}2"), 422)["issues"]
    assert issues[0]["column"] == "creditor"


def test_a_salesperson_s_key_sees_their_customers_only() -> None:
    theirs = new_customer(program())

    problem(program(role="sales").get(f"/customers/{theirs['id']}"), 404)


def test_too_many_calls_wait_for_the_next_minute(settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    at = place("ALPHA")
    own = Program(token(at), at)
    answers = [own.get("/me") for _ in range(4)]  # two minutes may meet here

    over = [one for one in answers if one.status_code == 429]
    assert over
    assert 1 <= int(over[0]["Retry-After"]) <= 60
    assert answers[0]["RateLimit-Remaining"] == "1"


def test_a_body_that_is_too_large_is_refused() -> None:
    body = {"creditor": "", "code": "x", "name": "y", "note": "z" * 1_100_000}

    assert "Mo" in problem(program().post("/customers", body), 413)["detail"]


def test_fields_that_are_wrong_are_issues() -> None:
    body = {"code": "x", "nom": "Martin", "siren": "12"}
    told = problem(program().post("/customers", body), 422)

    assert {(one["column"], one["code"]) for one in told["issues"]} == {
        ("name", "missing"), ("nom", "extra_forbidden"), ("siren", "string_pattern_mismatch"),
    }  # fmt: skip
    assert told["detail"] == "3 champs sont à corriger."


def test_a_body_that_is_no_json_is_said_so() -> None:
    client = Client(headers={"Authorization": f"Bearer {program().token}"})
    response = client.post(
        "/api/v1/customers", "{", content_type="application/json", headers={"Idempotency-Key": "x"}
    )

    problem(response, 400)
    problem(client.get("/api/v1/nowhere"), 404)


def test_an_update_needs_the_version_that_was_read() -> None:
    own = program()
    customer = new_customer(own)
    path = f"/customers/{customer['id']}"
    read = own.get(path)["ETag"]

    problem(own.send("PATCH", path, {"city": "Lyon"}), 428)
    changed = own.send("PATCH", path, {"city": "Lyon"}, **{"If-Match": read})
    assert ok(changed)["city"] == "Lyon"
    problem(own.send("PATCH", path, {"city": "Nice"}, **{"If-Match": read}), 412)
    ok(own.send("PATCH", path, {"city": "Nice"}, **{"If-Match": changed["ETag"]}))


def test_the_same_call_is_done_once() -> None:
    own = program()
    body = {"creditor": own.place.house.code, "code": "ONCE", "name": "Once"}
    first = own.post("/customers", body, once="the-same")
    again = own.post("/customers", body, once="the-same")

    assert ok(first) == ok(again)
    assert again["Idempotent-Replayed"] == "true"
    assert again["Location"] == first["Location"]
    problem(own.post("/customers", {**body, "name": "Other"}, once="the-same"), 422)
    problem(own.post("/customers", body, once="another"), 409)
    problem(Client(headers={"Authorization": f"Bearer {own.token}"}).post("/api/v1/customers"), 400)


def test_a_call_that_was_refused_is_not_remembered() -> None:
    own = program()
    body = {"creditor": own.place.house.code, "code": "AGAIN", "name": " "}
    problem(own.post("/customers", body, once="mended"), 422)

    ok(own.post("/customers", {**body, "name": "Mended"}, once="mended"))


def test_the_journal_names_the_key() -> None:
    own = program()
    customer = new_customer(own)
    key = ok(own.get("/me"))["key"]

    with in_tenant(own.place.house.tenant_id):
        facts = Fact.objects.of(own.place.house.tenant_id)
        fact = facts.get(verb="customer.created", subject_id=customer["id"])

    assert fact.data["key"] == key
    assert fact.actor_id == own.place.users["admin"]


def test_pages_follow_one_another_without_a_gap() -> None:
    own = program("OMEGA")
    made = [new_customer(own)["id"] for _ in range(5)]
    seen: list[int] = []
    asked = {"limit": "2"}
    while True:
        told = ok(own.get("/customers", **asked))
        seen += [one["id"] for one in told["items"]]
        if told["next"] is None:
            break
        asked["cursor"] = told["next"]
        made.append(new_customer(own)["id"]) if len(made) < 6 else None

    assert seen == sorted(set(seen))
    assert set(made) <= set(seen)
    problem(own.get("/invoices", cursor=asked["cursor"]), 422)
    problem(own.get("/customers", cursor="AAAA"), 422)


def test_the_openapi_and_its_page_are_public_and_shipped() -> None:
    described = json.loads(Client().get("/api/v1/openapi.json").content)
    page = Client().get("/api/v1/docs").content.decode()

    assert described["openapi"].startswith("3.1")
    assert "Problem" in described["components"]["schemas"]
    assert "//cdn" not in page
    assert "https://" not in page
