"""Webhooks by the API: made with a secret shown once, changed, tried, told again."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from tests.api.programs import Program, ok, problem, program, token
from tests.web.places import place
from tests.webhooks.receivers import listen_to_the_end

from encours.config import subscriptions as listeners
from encours.webhooks.actions import calling
from encours.webhooks.providers.memory import MemoryCaller

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN = {"url": "https://exemple.fr/encours", "events": ["customer.*"]}


def called(own: Program, webhook: dict[str, Any]) -> MemoryCaller:
    caller = MemoryCaller()
    listen_to_the_end(own.place.house.tenant_id)
    calling.tell(
        caller,
        tenant_id=own.place.house.tenant_id,
        subscription_id=webhook["id"],
        budget_s=10,
    )
    return caller


def test_a_webhook_from_its_birth_to_its_end() -> None:
    own = program("OMEGA")
    listeners.run(own.place.house.tenant_id, now=timezone.now())
    made = ok(own.post("/webhooks", {**GIVEN, "description": "CRM"}))
    path = f"/webhooks/{made['id']}"
    version = own.get(path)["ETag"]

    assert made["secret"].startswith("whsec_")
    assert "secret" not in ok(own.get(path))
    ok(own.post(f"{path}/test", None))
    body = {"creditor": own.place.house.code, "code": "HOOKED", "name": "x"}
    ok(own.post("/customers", body))
    assert [call.headers["Encours-Event"] for call in called(own, made).posted] == [
        "webhook.test", "customer.created",
    ]  # fmt: skip
    told = ok(own.get(f"{path}/deliveries", state="delivered"))["items"]
    detail = ok(own.get(f"/deliveries/{told[1]['id']}"))
    assert detail["payload"]["event"] == "customer.created"
    assert detail["attempts"][0]["status"] == 200
    ok(own.post(f"/deliveries/{told[1]['id']}/replay", None))
    problem(own.post(f"/deliveries/{told[1]['id']}/replay", None), 409)
    assert ok(own.post(f"{path}/replay", {"since": "2020-01-01"}))["deliveries"] >= 1
    changed = own.send("PATCH", path, {"is_active": False}, **{"If-Match": version})
    assert ok(changed)["is_active"] is False
    assert called(own, made).posted == []
    assert ok(own.post(f"{path}/secret", None))["secret"] != made["secret"]
    ok(own.send("DELETE", path))
    problem(own.get(path), 404)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"url": "https://192.168.0.1/"}, id="a private address"),
        pytest.param({"url": "http://exemple.fr/"}, id="not encrypted"),
        pytest.param({"events": ["Invoice!"]}, id="no fact"),
        pytest.param({"events": []}, id="nothing to hear"),
    ],
)
def test_a_webhook_that_is_refused(change: dict[str, Any]) -> None:
    problem(program().post("/webhooks", {**GIVEN, **change}), 422)


def test_a_key_of_one_creditor_has_its_own_webhooks_only() -> None:
    at = place("ALPHA")
    wide = ok(program().post("/webhooks", GIVEN))
    own = Program(token(at, creditor_id=at.house.creditor_id), at)

    problem(own.post("/webhooks", GIVEN), 403)
    narrow = ok(own.post("/webhooks", {**GIVEN, "creditor": at.house.code}))
    problem(own.get(f"/webhooks/{wide['id']}"), 404)
    heard = ok(own.get("/webhooks"))["items"]
    assert narrow["id"] in [one["id"] for one in heard]
    assert {one["creditor"] for one in heard} == {at.house.code}
    problem(program(role="collector").get("/webhooks"), 403)
