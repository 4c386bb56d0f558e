"""Tenants, creditors, people, the journal; and the base of every other package's tables."""

from encours.tenancy.models.base import (
    BitemporalModel,
    TenantForeignKey,
    TenantModel,
    TenantQuerySet,
)
from encours.tenancy.models.journal import Fact, ListenerPosition, PersonKey, Seal
from encours.tenancy.models.keys import ApiKey, ApiKeyUse, IdempotentCall
from encours.tenancy.models.tenants import (
    Absence,
    BankAccount,
    Creditor,
    CycleRun,
    Invitation,
    Membership,
    Role,
    Tenant,
    User,
)

__all__ = (
    "Absence",
    "ApiKey",
    "ApiKeyUse",
    "BankAccount",
    "BitemporalModel",
    "Creditor",
    "CycleRun",
    "Fact",
    "IdempotentCall",
    "Invitation",
    "ListenerPosition",
    "Membership",
    "PersonKey",
    "Role",
    "Seal",
    "Tenant",
    "TenantForeignKey",
    "TenantModel",
    "TenantQuerySet",
    "User",
)
