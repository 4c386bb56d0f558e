"""Calls that were made, next actions, who has a sheet open, and how often a call is tried."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.parties.models import Customer
from encours.recovery.rules.outcomes import OUTCOMES
from encours.tenancy.models import Creditor, TenantForeignKey, TenantModel

TASK_KINDS = ("call", "email", "letter", "visit", "proof", "other")


class Call(TenantModel):
    """One call to a customer and how it ended; `uuid` makes a second click the same call.

    `reminder_ids` are the planned calls that it answers, `fact_id` the promise, dispute or pause
    that it brought. The note is a person's words about persons: erasure empties it.
    """

    uuid = models.UUIDField("identifiant")
    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    contact_id = models.BigIntegerField("interlocuteur", null=True)
    reminder_ids = ArrayField(models.BigIntegerField(), default=list)
    outcome = models.CharField("issue", max_length=12)
    cause = models.CharField("cause", max_length=20, blank=True, default="")
    promised_on = models.DateField("promis pour le", null=True)
    amount_cents = models.BigIntegerField("montant promis (centimes)", null=True)
    call_back_at = models.DateTimeField("à rappeler le", null=True)
    fact_id = models.BigIntegerField("fait", null=True)
    note = models.TextField("note", blank=True, default="")
    caller_id = models.BigIntegerField("appelant", null=True)
    made_at = models.DateTimeField("fait à", db_default=Now())
    made_on = models.DateField("fait le")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "uuid"), name="call_once"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="call_outcome_known"),
        )
        indexes = (models.Index(fields=("tenant", "customer"), name="call_customer"),)


class Task(TenantModel):
    """A next action about a customer: what, when, whose; due at an hour where `due_at` says so."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    kind = models.CharField("nature", max_length=10)
    due_on = models.DateField("pour le")
    due_at = models.DateTimeField("à", null=True)
    text = models.CharField("texte", max_length=300, blank=True, default="")
    collector_id = models.BigIntegerField("chargé", null=True)
    call_id = models.BigIntegerField("appel", null=True)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    ended_at = models.DateTimeField("terminée le", null=True)
    ended_by_id = models.BigIntegerField("terminée par", null=True)
    is_dropped = models.BooleanField("abandonnée", default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=TASK_KINDS), name="task_kind_known"),
        )
        indexes = (
            models.Index(
                fields=("tenant", "creditor_id", "due_on"),
                name="task_waiting",
                condition=Q(ended_at=None),
            ),
            models.Index(fields=("tenant", "customer"), name="task_customer"),
        )


class OpenSheet(TenantModel):
    """Who has a customer's sheet before their eyes, since when; told, never enforced."""

    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    user_id = models.BigIntegerField("qui")
    opened_at = models.DateTimeField("ouverte le")
    seen_at = models.DateTimeField("vue le")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "customer"), name="sheet_once"),)


class CallPolicy(TenantModel):
    """How often a call is tried and at which hours, for the organisation or for one creditor."""

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    tries = models.PositiveSmallIntegerField("essais", default=3)
    then = models.CharField("ensuite", max_length=12, default="next_channel")
    from_hour = models.PositiveSmallIntegerField("de", default=9)
    until_hour = models.PositiveSmallIntegerField("à", default=19)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor"), name="call_policy_once", nulls_distinct=False
            ),
        )
