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
    "discounts.grant": MONEY,
    "discounts.offer": CHASE,
    "ledger.export": frozenset({ADMIN, MANAGER, COLLECTOR, ACCOUNTANT}),
    "customers.read": EVERYBODY,
    "customers.write": frozenset({ADMIN, MANAGER, COLLECTOR, ACCOUNTANT}),
    "customers.bulk": MONEY,
    "limits.write": MANAGE,
    "mandates.write": MONEY,
    "standing.write": frozenset({ADMIN, MANAGER, COLLECTOR, SALES}),
    "imports.read": MONEY | CHASE,
    "imports.write": MONEY,
    "documents.read": EVERYBODY,
    "documents.write": frozenset({ADMIN, MANAGER, COLLECTOR, SALES, ACCOUNTANT}),
    "documents.remove": MONEY,
    "calls.read": EVERYBODY,
    "calls.write": CHASE | {SALES},
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

    A role given at a creditor replaces there the one held for all of them, for less as for more
    (docs/decisions, roles at a creditor). `creditor_ids` are those of the tenant, asked only of
    whoever holds both kinds; without them only the creditors with a role of their own are known.
    `only` are the rights that a key's scopes leave; None limits nothing.
    """

    user_id: int
    tenant_id: int
    grants: tuple[Grant, ...]
    key_id: int | None = None
    only: frozenset[str] | None = None
    creditor_ids: tuple[int, ...] = ()

    def may(self, right: str, creditor_id: int | None = None) -> bool:
        """Say whether the role that applies at this creditor grants the right, or some role."""
        allowed = self._roles(right)
        if creditor_id is None:
            return any(grant.role in allowed for grant in self.grants)
        return self.role_at(creditor_id) in allowed

    def role_at(self, creditor_id: int) -> str | None:
        """Return the role that applies at a creditor: the one given there, else that of all."""
        held = {grant.creditor_id: grant.role for grant in self.grants}
        return held.get(creditor_id, held.get(None))

    def creditors(self, right: str) -> frozenset[int] | None:
        """Return the creditors for which the right is granted; None means all of them."""
        return self.creditors_as(self._roles(right))

    def creditors_as(self, roles: frozenset[str]) -> frozenset[int] | None:
        """Return the creditors where one of these roles applies; None means all of them."""
        held = {grant.creditor_id: grant.role for grant in self.grants}
        wider = held.pop(None, None)
        given = {creditor for creditor, role in held.items() if role in roles}
        if wider in roles and len(given) == len(held):
            return None
        others = set(self.creditor_ids) - held.keys() if wider in roles else set[int | None]()
        return frozenset(one for one in given | others if one is not None)

    def everywhere(self, right: str) -> bool:
        """Say whether the right holds for every creditor: what acts on all of them asks this."""
        return self.creditors(right) is None

    @property
    def has_exceptions(self) -> bool:
        """Say whether some creditors are excepted from a role held for all of them."""
        return len({grant.creditor_id is None for grant in self.grants}) > 1

    def _roles(self, right: str) -> frozenset[str]:
        roles = RIGHTS[right]
        return roles if self.only is None or right in self.only else frozenset()

    @property
    def own_customers_only(self) -> bool:
        """Say whether this person is in sales and nothing else: only their own customers."""
        return bool(self.grants) and all(grant.role == SALES for grant in self.grants)
