"""Seals and verifies the journals of every tenant with this installation's key."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from encours.config.operations.tenants import tenant_ids
from encours.tenancy import sealing


def seal_all() -> int:
    """Seal every tenant's finished facts and return how many."""
    folder = settings.SEALS_ROOT
    return sum(
        sealing.seal(tenant_id, key=settings.SEAL_KEY, folder=folder) for tenant_id in tenant_ids()
    )


def verify_all() -> list[sealing.Verdict]:
    """Verify every tenant's journal."""
    folder = settings.SEALS_ROOT
    return [
        sealing.verify(tenant_id, key=settings.SEAL_KEY, folder=folder)
        for tenant_id in tenant_ids()
    ]


def sentence(verdict: sealing.Verdict) -> str:
    """Say in one French line how a journal stands."""
    state = "intact" if verdict.ok else f"{len(verdict.findings)} anomalie(s)"
    waiting = ""
    if verdict.unsealed:
        waiting = f", {verdict.unsealed} à sceller depuis {verdict.unsealed_since}"
    return (
        f"Journal de l'organisation {verdict.tenant_id} : {state} "
        f"({verdict.facts} faits dans {verdict.seals} scellés{waiting})."
    )


def as_json(verdict: sealing.Verdict) -> dict[str, Any]:
    """Return the JSON shape of `journal verify`."""
    return {
        "tenant": verdict.tenant_id,
        "ok": verdict.ok,
        "seals": verdict.seals,
        "facts": verdict.facts,
        "unsealed": verdict.unsealed,
        "unsealed_since": verdict.unsealed_since,
        "findings": [
            {
                "kind": finding.kind,
                "seal": finding.seal,
                "fact": finding.fact_id,
                "message": finding.message,
            }
            for finding in verdict.findings
        ],
    }
