"""Limits of a creditor's senders, and who leaves first."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0004_reports_and_opt_outs"),
        ("tenancy", "0011_contacts_a_week"),
    ]

    operations = [
        migrations.CreateModel(
            name="SendingLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=12, verbose_name="canal")),
                ("hourly", models.PositiveIntegerField(default=0, verbose_name="par heure")),
                ("daily", models.PositiveIntegerField(verbose_name="par jour")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "set_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="réglé le",
                    ),
                ),
            ],
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="message_waiting",
        ),
        migrations.AddField(
            model_name="message",
            name="clock",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=40,
                verbose_name="fuseau du destinataire",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="precedence",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, verbose_name="priorité"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ("reserved", "sending", "uncertain"))),
                fields=["tenant", "state", "-precedence", "id"],
                name="message_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("claimed_at__isnull", False)),
                fields=["tenant", "creditor_id", "channel", "claimed_at"],
                name="message_claimed",
            ),
        ),
        migrations.AddField(
            model_name="sendinglimit",
            name="creditor",
            field=encours.tenancy.models.base.TenantForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.creditor",
                verbose_name="société",
            ),
        ),
        migrations.AddField(
            model_name="sendinglimit",
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
        migrations.AddConstraint(
            model_name="sendinglimit",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor", "channel"), name="sending_limit_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sendinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "channel__in",
                        ("email", "letter", "registered", "eregistered", "sms", "whatsapp", "call"),
                    )
                ),
                name="sending_limit_channel_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendinglimit",
            constraint=models.CheckConstraint(
                condition=models.Q(("hourly__gt", 0), ("daily__gt", 0), _connector="OR"),
                name="sending_limit_limits",
            ),
        ),
        IsolateTenants("SendingLimit"),
    ]
