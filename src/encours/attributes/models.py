"""The fields that a tenant defined, and the values of its customers and invoices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from encours.tenancy.models import BitemporalModel, TenantModel

SUBJECTS = ("customer", "invoice")
KINDS = ("text", "number", "amount", "date", "choice", "yes_no")


class Field(TenantModel):
    """One field of the tenant's own, on customers or on invoices; retired, it keeps its code."""

    subject = models.CharField("objet", max_length=10)
    code = models.CharField("code", max_length=30)
    label = models.CharField("nom", max_length=60)
    kind = models.CharField("nature", max_length=10)
    choices = models.JSONField("choix", default=list)
    in_lists = models.BooleanField("dans les listes", default=True)
    position = models.SmallIntegerField("rang", default=0)
    retired_at = models.DateTimeField("retiré le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "subject", "code"), name="attribute_field_code_once"
            ),
            models.CheckConstraint(
                condition=Q(subject__in=SUBJECTS), name="attribute_field_subject_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="attribute_field_kind_known"),
        )

    def __str__(self) -> str:
        return self.label


class Values(BitemporalModel):
    """The values of one customer (by code) or invoice (by natural key): field code → text.

    Natural keys, because an import may withdraw an invoice and record it again: its values stay.
    """

    creditor_id = models.BigIntegerField("société")
    subject = models.CharField("objet", max_length=10)
    key = models.CharField("clé naturelle", max_length=200)
    said = models.JSONField("valeurs")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "subject", "creditor_id", "key"),
                condition=Q(undone_at=None),
                name="attribute_values_once",
            ),
            models.CheckConstraint(
                condition=Q(subject__in=SUBJECTS), name="attribute_values_subject_known"
            ),
        )
