"""How far each listener has read the journal."""

import django.db.models.deletion
from django.db import migrations, models

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0004_api_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="ListenerPosition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="auditeur")),
                ("era", models.SmallIntegerField(verbose_name="ère")),
                ("xid", models.BigIntegerField(verbose_name="transaction")),
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
                    models.UniqueConstraint(fields=("tenant", "code"), name="listener_once")
                ],
            },
        ),
        IsolateTenants("ListenerPosition"),
    ]
