"""`init` founds a house, and may be run again."""

from __future__ import annotations

import pytest

from encours.config.operations import founding
from encours.tenancy.models import Creditor, Membership
from encours.tenancy.scope import in_tenant


def asked(**changes: str) -> dict[str, str]:
    given = {
        "tenant": "Groupe Martin",
        "creditor": "MARTIN",
        "name": "Martin SA",
        "siren": "552 100 554",
        "admin": "martin@example.com",
    }
    return given | changes


def test_init_founds_then_finds(transactional_db: None) -> None:
    first = founding.found(**asked())
    second = founding.found(**asked())
    other = founding.found(**asked(creditor="AUTRE", siren=""))

    assert first.password
    assert second.password is None
    assert (second.tenant_id, second.creditor_id) == (first.tenant_id, first.creditor_id)
    assert other.tenant_id == first.tenant_id
    with in_tenant(first.tenant_id):
        assert Creditor.objects.of(first.tenant_id).count() == 2
        assert Membership.objects.of(first.tenant_id).count() == 1


def test_a_wrong_siren_is_refused(transactional_db: None) -> None:
    with pytest.raises(founding.InvalidSiren):
        founding.found(**asked(siren="123456789"))
