"""What providers report afterwards, and who wants no more text messages."""

import django.db.models.deletion
from django.db import migrations, models

from encours.tenancy import schema
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0003_channel_accounts"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="bounced_at",
            field=models.DateTimeField(null=True, verbose_name="adresse refusée le"),
        ),
        migrations.AddField(
            model_name="message",
            name="delivered_at",
            field=models.DateTimeField(null=True, verbose_name="remis le"),
        ),
        migrations.AddField(
            model_name="message",
            name="opened_at",
            field=models.DateTimeField(null=True, verbose_name="ouvert le"),
        ),
        migrations.CreateModel(
            name="OptOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte du numéro")),
                ("source", models.CharField(max_length=30, verbose_name="origine")),
                ("opted_out_at", models.DateTimeField(verbose_name="refus le")),
                ("opted_in_at", models.DateTimeField(null=True, verbose_name="accord le")),
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
                    models.UniqueConstraint(fields=("tenant", "digest"), name="opt_out_once")
                ],
            },
        ),
        IsolateTenants("OptOut"),
        schema.run_file("channel_door"),
    ]
