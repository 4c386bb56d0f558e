"""Keys of persons: what the journal says of them is readable only as long as they are."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0006_group_currency"),
    ]

    operations = [
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject_type", models.CharField(max_length=10, verbose_name="nature")),
                ("subject_id", models.BigIntegerField(verbose_name="numéro")),
                (
                    "sealed_key",
                    models.TextField(blank=True, default="", verbose_name="clé (chiffrée)"),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                ("destroyed_at", models.DateTimeField(null=True, verbose_name="détruite le")),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "subject_type", "subject_id"), name="person_key_once"
                    )
                ],
            },
        ),
        IsolateTenants("PersonKey"),
    ]
