"""What a file changed of customers and contacts, so that it is undone."""

import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_duplicates"),
        ("tenancy", "0003_absences"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "is_new",
                    models.BooleanField(default=False, verbose_name="créé par l'acte"),
                ),
                ("before", models.JSONField(default=dict, verbose_name="avant")),
                ("after", models.JSONField(default=dict, verbose_name="après")),
                (
                    "batch",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parties.batch",
                        verbose_name="acte",
                    ),
                ),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "contact",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parties.contact",
                        verbose_name="interlocuteur",
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
                    models.Index(fields=["tenant", "batch"], name="record_change_batch"),
                    models.Index(fields=["tenant", "customer"], name="record_change_customer"),
                    models.Index(fields=["tenant", "contact"], name="record_change_contact"),
                ],
            },
        ),
        IsolateTenants("RecordChange"),
    ]
