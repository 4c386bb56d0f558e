"""Programs that call the API: one key a role, over the test bed of the site."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from tests.web.places import Place, place

from encours.tenancy.actions import keys
from encours.tenancy.scope import in_tenant

SCOPES = ("read", "write", "bulk")
_COUNT = itertools.count(1)


@dataclass(frozen=True)
class Program:
    """A caller of the API."""

    token: str
    place: Place

    def get(self, path: str, **query: Any) -> Any:
        return self._client().get(f"/api/v1{path}", query)

    def send(
        self, method: str, path: str, body: Any = None, *, once: str = "", **headers: str
    ) -> Any:
        """Write; a creation has its own idempotency key unless `once` gives one."""
        sent = {"Idempotency-Key": once or f"call-{next(_COUNT)}", **headers}
        return self._client().generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers=sent,
        )

    def post(self, path: str, body: Any, *, once: str = "") -> Any:
        return self.send("POST", path, body, once=once)

    def _client(self) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.token}"})


def token(
    of: Place,
    role: str = "admin",
    *,
    creditor_id: int | None = None,
    scopes: tuple[str, ...] = SCOPES,
    expires_at: datetime | None = None,
) -> str:
    """Make a key."""
    with in_tenant(of.house.tenant_id):
        return keys.create_key(
            tenant_id=of.house.tenant_id,
            name=f"Programme {role}",
            role=role,
            creditor_id=creditor_id,
            scopes=scopes,
            expires_at=expires_at,
            actor_id=of.users[role],
            now=timezone.now(),
        ).token


@cache
def program(mark: str = "ALPHA", role: str = "admin") -> Program:
    """Return the caller of one role at one of the two tenants."""
    at = place(mark)
    return Program(token(at, role), at)


def new_customer(of: Program, **values: Any) -> dict[str, Any]:
    """Create a customer with a code of its own."""
    body = {"creditor": of.place.house.code, "code": f"K{next(_COUNT)}", "name": "Martin SARL"}
    return ok(of.post("/customers", {**body, **values}))


def ok(response: HttpResponse) -> Any:
    """Return what an answer says, which must be a yes."""
    assert response.status_code < 300, response.content.decode()
    return json.loads(response.content) if response.content else None


def problem(response: HttpResponse, status: int) -> dict[str, Any]:
    """Return a problem, in its own type."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = json.loads(response.content)
    assert told["status"] == status
    return told
