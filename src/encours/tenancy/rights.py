"""Rights: which role may do what, as one table and small functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

ADMIN: Final = "admin"
MANAGER: Final = "credit_manager"
COLLECTOR: Final = "collector"
SALES: Final = "sales"
ACCOUNTANT: Final = "accountant"
READER: Final = "reader"

EVERYBODY: Final = frozenset({ADMIN, MANAGER, COLLECTOR, SALES, ACCOUNTANT, READER})
MONEY: Final = frozenset({ADMIN, MANAGER, ACCOUNTANT})
CHASE: Final = frozenset({ADMIN, MANAGER, COLLECTOR})
MANAGE: Final = frozenset({ADMIN, MANAGER})

RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    "ledger.read": EVERYBODY,
    "ledger.write": MONEY,
    "ledger.bulk": MONEY,
    "penalties.bill": MONEY,
    "ledger.export": frozenset({ADMIN, MANAGER, COLLECTOR, ACCOUNTANT}),
    "customers.read": EVERYBODY,
    "customers.write": frozenset({ADMIN, MANAGER, COLLECTOR, ACCOUNTANT}),
    "customers.bulk": MONEY,
    "standing.write": frozenset({ADMIN, MANAGER, COLLECTOR, SALES}),
    "imports.read": MONEY | CHASE,
    "imports.write": MONEY,
    "documents.read": EVERYBODY,
    "documents.write": frozenset({ADMIN, MANAGER, COLLECTOR, SALES, ACCOUNTANT}),
    "documents.remove": MONEY,
    "dunning.read": EVERYBODY,
    "dunning.decide": CHASE,
    "dunning.send": CHASE,
    "dunning.stop": CHASE,
    "dunning.configure": MANAGE,
    "settings.read": MANAGE | {ACCOUNTANT},
    "settings.write": MANAGE,
    "users.manage": frozenset({ADMIN}),
    "bank.write": frozenset({ADMIN, MANAGER, ACCOUNTANT}),
    "custody.export": frozenset({ADMIN}),
    "custody.persons": frozenset({ADMIN}),
    "audit.read": frozenset({ADMIN, MANAGER, ACCOUNTANT}),
    "self": EVERYBODY,
}

SCOPES: Final[Mapping[str, frozenset[str]]] = {
    "read": frozenset(right for right in RIGHTS if right.endswith(".read")) | {"self"},
    "bulk": frozenset(right for right in RIGHTS if right.endswith(".bulk")),
    "write": frozenset(
        right
        for right in RIGHTS
        if not right.endswith((".read", ".bulk")) and right not in {"self", "users.manage"}
    ),
}
"""What a key of the API may be limited to; any right's own name is a scope too."""


def rights_within(scopes: Iterable[str]) -> frozenset[str]:
    """Return the rights that these scopes leave; to know oneself is always one of them."""
    found = (SCOPES.get(scope, frozenset({scope})) for scope in scopes)
    return frozenset({"self"}).union(*found) & RIGHTS.keys()


@dataclass(frozen=True, slots=True)
class Grant:
    """One membership as the rights see it; `creditor_id` None means every creditor."""

    role: str
    creditor_id: int | None


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do at one tenant, or one key of the API in that person's name.

    `only` are the rights that a key's scopes leave; None limits nothing.
    """

    user_id: int
    tenant_id: int
    grants: tuple[Grant, ...]
    key_id: int | None = None
    only: frozenset[str] | None = None

    def may(self, right: str, creditor_id: int | None = None) -> bool:
        """Say whether some role grants the right, for this creditor or at all."""
        allowed = self._roles(right)
        return any(
            grant.role in allowed
            and (creditor_id is None or grant.creditor_id in (None, creditor_id))
            for grant in self.grants
        )

    def creditors(self, right: str) -> frozenset[int] | None:
        """Return the creditors for which the right is granted; None means all of them."""
        allowed = self._roles(right)
        granting = [grant.creditor_id for grant in self.grants if grant.role in allowed]
        if None in granting:
            return None
        return frozenset(creditor for creditor in granting if creditor is not None)

    def _roles(self, right: str) -> frozenset[str]:
        roles = RIGHTS[right]
        return roles if self.only is None or right in self.only else frozenset()

    @property
    def own_customers_only(self) -> bool:
        """Say whether this person is in sales and nothing else: only their own customers."""
        return bool(self.grants) and all(grant.role == SALES for grant in self.grants)
