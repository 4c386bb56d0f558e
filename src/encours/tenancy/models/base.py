"""The base of every business table: its tenant, and references that stay inside it."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.contrib.postgres.functions import TransactionNow
from django.db import models

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class TenantQuerySet(models.QuerySet[Row_co]):
    """Questions about the rows of one tenant."""

    def of(self, tenant_id: int) -> Self:
        """Name the tenant: the only way in, for the planner and for a distributed database."""
        return self.filter(tenant_id=tenant_id)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference inside the tenant: joins say both columns, the database checks both.

    The constraint (tenant_id, x_id) is written by `isolation.IsolateTenant`; `checked=False`
    leaves it out, for copies on the path of bulk imports that another reference already proves.
    """

    def __init__(self, to: Any, on_delete: Any, *, checked: bool = True, **kwargs: Any) -> None:
        """Take what ForeignKey takes, never a constraint of Django's own."""
        self.checked = checked
        kwargs.setdefault("related_name", "+")
        kwargs["db_constraint"] = kwargs["db_index"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> Any:
        """Keep what is fixed out of the migrations."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        if not self.checked:
            kwargs["checked"] = False
        return name, path, args, kwargs

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        """Join on the tenant too."""
        if alias is None or related_alias is None:
            return None
        mine, theirs = (_tenant_field(model) for model in (self.model, self.related_model))
        return mine.get_lookup("exact")(mine.get_col(alias), theirs.get_col(related_alias))

    def get_extra_descriptor_filter(self, instance: models.Model) -> dict[str, Any]:
        """Fetch the related row within the tenant of this one."""
        return {"tenant_id": instance.tenant_id}  # type: ignore[attr-defined]


def _tenant_field(model: Any) -> Any:
    return model._meta.get_field("tenant")  # noqa: SLF001 - Django's public surface


class TenantModel(models.Model):
    """A row that belongs to one tenant; PostgreSQL shows it to nobody else."""

    tenant = models.ForeignKey(
        "tenancy.Tenant",
        models.PROTECT,
        related_name="+",
        db_constraint=False,  # the policy proves it: nobody writes outside their own tenant
        db_index=False,
        verbose_name="organisation",
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class BitemporalModel(TenantModel):
    """A row that is never overwritten: when it was recorded, when it was undone, by which act."""

    recorded_at = models.DateTimeField("enregistré le", db_default=TransactionNow())
    undone_at = models.DateTimeField("annulé le", null=True)
    batch_id = models.BigIntegerField("acte d'origine", null=True)
    undone_by_id = models.BigIntegerField("acte d'annulation", null=True)

    class Meta:
        abstract = True
