"""Limits of credit; two live ones of a customer and currency never share a day."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants

# The customer's row is locked first: two transactions that grant a limit at once take turns, and
# the second one sees what the first one wrote.
NO_OVERLAP = """
create function risk_no_overlap() returns trigger language plpgsql as $$
begin
    if new.undone_at is not null then
        return new;
    end if;
    perform from parties_customer
    where tenant_id = new.tenant_id and id = new.customer_id for no key update;
    if exists (
        select from risk_creditlimit other
        where other.tenant_id = new.tenant_id and other.customer_id = new.customer_id
            and other.currency = new.currency and other.undone_at is null and other.id <> new.id
            and daterange(other.valid_from, other.valid_to, '[]')
                && daterange(new.valid_from, new.valid_to, '[]')
    ) then
        raise exclusion_violation using message = 'two limits of credit share a day';
    end if;
    return new;
end $$;
create trigger no_overlap before insert or update on risk_creditlimit
    for each row execute function risk_no_overlap();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0006_shared_terms"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="CreditLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("currency", models.CharField(max_length=3, verbose_name="devise")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                ("valid_from", models.DateField(verbose_name="du")),
                ("valid_to", models.DateField(null=True, verbose_name="au")),
                ("origin", models.CharField(max_length=10, verbose_name="origine")),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=200, verbose_name="motif"),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.tenant",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["tenant", "customer"], name="credit_limit_customer")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_cents__gte", 0)),
                        name="credit_limit_is_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="credit_limit_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("hand", "table", "program"))),
                        name="credit_limit_origin_known",
                    ),
                ],
            },
        ),
        IsolateTenants("CreditLimit"),
        migrations.RunSQL(NO_OVERLAP),
    ]
