"""The journal's tables; `journal.py` writes them, the sealing job seals them (design.md, 2.13)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from encours.tenancy.models.base import TenantModel


class Fact(TenantModel):
    """Something that happened, once and for ever; never personal data in clear.

    The table also has `xid` and `era`, which only the database writes.
    """

    recorded_at = models.DateTimeField("enregistré le", db_default=Now())
    effective_on = models.DateField("date d'effet")
    actor_id = models.BigIntegerField("auteur", null=True)
    verb = models.CharField("fait", max_length=60)
    subject_type = models.CharField("objet", max_length=30)
    subject_id = models.BigIntegerField("identifiant")
    creditor_id = models.BigIntegerField("société", null=True)
    customer_id = models.BigIntegerField("client", null=True)
    data = models.JSONField("éléments", default=dict)

    class Meta:
        managed = False
        db_table = "tenancy_fact"


class ListenerPosition(TenantModel):
    """How far a listener has read the journal: everything before this transaction of this era."""

    code = models.CharField("auditeur", max_length=40)
    era = models.SmallIntegerField("ère")
    xid = models.BigIntegerField("transaction")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("tenant", "code"), name="listener_once"),)


class Seal(TenantModel):
    """A batch of facts closed for good: the digest of each row, chained by a keyed hash."""

    number = models.BigIntegerField("numéro")
    era = models.SmallIntegerField("ère")
    from_xid = models.BigIntegerField("depuis")
    to_xid = models.BigIntegerField("jusqu'à")
    sealed_at = models.DateTimeField("scellé le", db_default=Now())
    fact_ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "number"), name="seal_number_once"),
        )


class PersonKey(TenantModel):
    """The key of one person's values in the journal; destroyed, they can never be read again."""

    subject_type = models.CharField("nature", max_length=10)
    subject_id = models.BigIntegerField("numéro")
    sealed_key = models.TextField("clé (chiffrée)", blank=True, default="")
    created_at = models.DateTimeField("créée le", db_default=Now())
    destroyed_at = models.DateTimeField("détruite le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "subject_type", "subject_id"), name="person_key_once"
            ),
        )
