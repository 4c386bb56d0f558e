"""Schemathesis over the whole OpenAPI: what no person would send, as each role.

Nothing may break (5xx), answer what the OpenAPI does not say, or show a row of another tenant.
"""

from __future__ import annotations

import itertools
import time
from functools import cache
from typing import Any, Final

import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.programs import Program, new_customer, ok, program
from tests.web.places import ROLES

OURS, THEIRS = "ALPHA", "OMEGA"
CHECKS: Final = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
MODES: Final = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
_COUNT = itertools.count(1)


@cache
def schema() -> Any:
    """Return the OpenAPI as it is served, but for the rows of a bulk call: two are as good."""
    served = Client().get("/api/v1/openapi.json").json()
    for name, shape in served["components"]["schemas"].items():
        if name.endswith("Bulk"):
            shape["properties"]["rows"]["maxItems"] = 2
    found = schemathesis.openapi.from_dict(served)
    found.app = get_wsgi_application()
    return found


@cache
def peopled() -> None:
    """Put rows in both tenants: what is created here is found by the calls that follow."""
    for own in (program(OURS), program(THEIRS)):
        code = own.place.house.code
        customer = new_customer(own, name=f"{own.place.mark} client")
        line = {"customer_id": customer["id"], "amount": "100.00"}
        invoice = {**line, "number": f"{own.place.mark}-1", "issued_on": "2026-01-05"}
        made = ok(own.post("/invoices", invoice))
        paid = ok(own.post("/payments", {**line, "received_on": "2026-02-05"}))
        ok(own.post("/allocations", {"credit_id": paid["id"]}))
        ok(own.post("/disputes", {"customer_id": customer["id"], "reason": own.place.mark}))
        ok(own.post("/webhooks", {"url": "https://exemple.fr/", "events": ["*"], "creditor": code}))
        ok(own.post(f"/customers/{customer['id']}/contacts", {"name": own.place.mark}))
        assert made["id"]


def call(case: Any, own: Program) -> None:
    """Send one case with a key, and check the answer."""
    headers = {"Authorization": f"Bearer {own.token}"}
    if case.method.upper() == "POST" and next(_COUNT) % 4:  # some repeat, some have none
        headers["Idempotency-Key"] = f"fuzz-{next(_COUNT)}"
    response = case.call_and_validate(headers=headers, checks=CHECKS)
    assert THEIRS not in response.text, f"{case.method} {case.path}: a row of another tenant"


def fuzz(*, seconds: float, examples: int, derandomize: bool) -> int:
    """Go over every operation once, then on until time is over, each role in turn.

    Returns the calls made.
    """
    peopled()
    callers = itertools.cycle([program(OURS, role) for role in ROLES])
    until, made = time.monotonic() + seconds, itertools.count()
    every = list(itertools.product(operations(), MODES))
    for number, (operation, mode) in enumerate(itertools.cycle(every)):
        if number >= len(every) and time.monotonic() > until:
            break

        @given(case=operation.as_strategy(generation_mode=mode))
        @hypothesis(
            max_examples=examples,
            derandomize=derandomize,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def run(case: Any) -> None:
            next(made)
            call(case, next(callers))

        run()
    return next(made)


def operations() -> list[Any]:
    """Return every operation of the OpenAPI."""
    return [found.ok() for found in schema().get_all_operations()]
