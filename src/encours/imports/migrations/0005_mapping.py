"""Mappings of tables, the one that a file was read with, and the state that waits for one."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0004_issue_counts"),
        ("parties", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="nom")),
                ("definition", models.JSONField(verbose_name="définition")),
                (
                    "signature",
                    models.CharField(max_length=32, verbose_name="empreinte des en-têtes"),
                ),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                ("used_at", models.DateTimeField(null=True, verbose_name="utilisée le")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="fileimport",
            name="import_state_known",
        ),
        migrations.AddField(
            model_name="fileimport",
            name="mapping",
            field=models.JSONField(default=dict, verbose_name="correspondance"),
        ),
        migrations.AddConstraint(
            model_name="fileimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "mapping",
                            "previewed",
                            "running",
                            "applied",
                            "refused",
                            "undone",
                            "failed",
                        ),
                    )
                ),
                name="import_state_known",
            ),
        ),
        migrations.AddField(
            model_name="mapping",
            name="creditor",
            field=encours.tenancy.models.base.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.creditor",
                verbose_name="société",
            ),
        ),
        migrations.AddField(
            model_name="mapping",
            name="tenant",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.tenant",
                verbose_name="organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="mapping",
            index=models.Index(fields=["tenant", "signature"], name="mapping_signature"),
        ),
        migrations.AddConstraint(
            model_name="mapping",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor", "name"), name="mapping_name_once_per_creditor"
            ),
        ),
        migrations.AddConstraint(
            model_name="mapping",
            constraint=models.UniqueConstraint(
                condition=models.Q(("creditor", None)),
                fields=("tenant", "name"),
                name="mapping_name_once_for_all",
            ),
        ),
        IsolateTenants("Mapping"),
    ]
