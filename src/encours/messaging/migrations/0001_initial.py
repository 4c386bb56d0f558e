"""The tables, as Django writes them."""

import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, verbose_name="identifiant")),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("customer_id", models.BigIntegerField(null=True, verbose_name="client")),
                ("kind", models.CharField(max_length=30, verbose_name="nature")),
                ("subject_id", models.BigIntegerField(verbose_name="objet")),
                ("channel", models.CharField(max_length=10, verbose_name="canal")),
                ("recipient", models.JSONField(default=dict, verbose_name="destinataire")),
                (
                    "subject",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="sujet"),
                ),
                ("state", models.CharField(default="reserved", max_length=10, verbose_name="état")),
                ("rehearsal", models.BooleanField(default=False, verbose_name="répétition")),
                (
                    "send_after",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="pas avant",
                    ),
                ),
                ("claimed_by", models.BigIntegerField(null=True, verbose_name="pris par")),
                ("claimed_at", models.DateTimeField(null=True, verbose_name="pris le")),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, verbose_name="tentatives"),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(null=True, verbose_name="prochaine tentative"),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="parti le")),
                (
                    "provider_reference",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="référence"
                    ),
                ),
                (
                    "last_error",
                    models.CharField(
                        blank=True, default="", max_length=500, verbose_name="dernier refus"
                    ),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="empreinte"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
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
        ),
        migrations.CreateModel(
            name="MessageContent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content_type", models.CharField(max_length=40, verbose_name="type")),
                (
                    "name",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="nom"),
                ),
                ("body", models.BinaryField(verbose_name="contenu (zlib)")),
                (
                    "message",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="messaging.message",
                        verbose_name="message",
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
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state__in", ("reserved", "sending", "uncertain"))),
                fields=["tenant", "state", "id"],
                name="message_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["tenant", "customer_id"], name="message_customer"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                fields=("tenant", "kind", "subject_id", "channel"), name="message_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "reserved",
                            "sending",
                            "sent",
                            "uncertain",
                            "failed",
                            "bounced",
                            "withdrawn",
                        ),
                    )
                ),
                name="message_state_known",
            ),
        ),
        migrations.AddIndex(
            model_name="messagecontent",
            index=models.Index(fields=["tenant", "message"], name="message_content"),
        ),
    ]
