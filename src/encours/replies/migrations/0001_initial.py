"""The tables, shut inside their tenant, and the door of those who bring answers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy import schema
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("messaging", "0003_channel_accounts"),
        ("parties", "0008_portfolio_rules"),
        ("tenancy", "0010_more_inherited_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Inbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("settings", models.JSONField(default=dict, verbose_name="réglages")),
                (
                    "secrets",
                    models.TextField(blank=True, default="", verbose_name="secrets (chiffrés)"),
                ),
                (
                    "allows_private",
                    models.BooleanField(default=False, verbose_name="réseau privé permis"),
                ),
                ("is_enabled", models.BooleanField(default=True, verbose_name="active")),
                ("takes_all", models.BooleanField(default=False, verbose_name="boîte dédiée")),
                (
                    "hold_days",
                    models.PositiveSmallIntegerField(
                        default=3, verbose_name="jours ouvrés de retenue"
                    ),
                ),
                ("since_on", models.DateField(verbose_name="lue depuis le")),
                ("position", models.JSONField(default=dict, verbose_name="position de lecture")),
                ("running_since", models.DateTimeField(null=True, verbose_name="en cours depuis")),
                ("next_run_at", models.DateTimeField(null=True, verbose_name="prochain passage")),
                ("succeeded_at", models.DateTimeField(null=True, verbose_name="dernier succès")),
                ("failed_at", models.DateTimeField(null=True, verbose_name="dernier échec")),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=400,
                        verbose_name="cause du dernier échec",
                    ),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(default=0, verbose_name="échecs à la suite"),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, default="", max_length=64, verbose_name="empreinte du jeton"
                    ),
                ),
                ("minute", models.BigIntegerField(default=0, verbose_name="minute")),
                ("calls", models.IntegerField(default=0, verbose_name="appels dans la minute")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.creditor",
                        verbose_name="société",
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
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                (
                    "message_key",
                    models.CharField(
                        max_length=64, verbose_name="identifiant du message (empreinte)"
                    ),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="empreinte")),
                ("received_at", models.DateTimeField(verbose_name="reçue le")),
                ("kind", models.CharField(max_length=20, verbose_name="nature")),
                (
                    "confidence",
                    models.PositiveSmallIntegerField(default=0, verbose_name="confiance (%)"),
                ),
                (
                    "is_abstained",
                    models.BooleanField(default=False, verbose_name="à lire par une personne"),
                ),
                (
                    "is_automatic",
                    models.BooleanField(default=False, verbose_name="réponse d'une machine"),
                ),
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=5, verbose_name="langue"),
                ),
                ("said_on", models.DateField(null=True, verbose_name="date dite")),
                (
                    "amount_cents",
                    models.BigIntegerField(null=True, verbose_name="montant dit (centimes)"),
                ),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="devise")),
                (
                    "share",
                    models.CharField(
                        blank=True, default="", max_length=12, verbose_name="part dite"
                    ),
                ),
                (
                    "cause",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="cause"),
                ),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "instalment_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "evidence",
                    models.CharField(
                        blank=True, default="", max_length=12, verbose_name="rattachée par"
                    ),
                ),
                (
                    "candidates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "reader",
                    models.CharField(default="rules", max_length=10, verbose_name="lue par"),
                ),
                ("words", models.JSONField(default=dict, verbose_name="mots (chiffrés)")),
                (
                    "sender_digest",
                    models.CharField(
                        blank=True, max_length=64, verbose_name="expéditeur (empreinte)"
                    ),
                ),
                ("state", models.CharField(default="new", max_length=10, verbose_name="état")),
                (
                    "outcome",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="suite"),
                ),
                ("hold_id", models.BigIntegerField(null=True, verbose_name="fait qui retient")),
                (
                    "fact_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("decided_by_id", models.BigIntegerField(null=True, verbose_name="décidée par")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="décidée le")),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="prise le",
                    ),
                ),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "inbox",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="replies.inbox",
                        verbose_name="boîte",
                    ),
                ),
                (
                    "message",
                    encours.tenancy.models.base.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
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
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("language", models.CharField(default="fr", max_length=5, verbose_name="langue")),
                ("words", models.JSONField(default=dict, verbose_name="mots (chiffrés)")),
                (
                    "document_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("rehearsal", models.BooleanField(default=False, verbose_name="répétition")),
                ("state", models.CharField(default="queued", max_length=10, verbose_name="état")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="écrite le",
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="partie le")),
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
                (
                    "reply",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="replies.reply",
                        verbose_name="réponse",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnreadMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.CharField(max_length=64, verbose_name="identité")),
                ("sentence", models.CharField(max_length=400, verbose_name="pourquoi")),
                ("size_bytes", models.BigIntegerField(default=0, verbose_name="taille (octets)")),
                (
                    "seen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="vu le"
                    ),
                ),
                (
                    "inbox",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="replies.inbox",
                        verbose_name="boîte",
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
            model_name="inbox",
            index=models.Index(
                condition=models.Q(("digest", ""), _negated=True),
                fields=["digest"],
                name="inbox_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="inbox",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor"), name="inbox_once_per_creditor"
            ),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["tenant", "customer"], name="reply_customer"),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["tenant", "sender_digest"], name="reply_sender"),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["tenant", "state", "-received_at"], name="reply_state"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor_id", "digest"), name="reply_bytes_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(
                condition=models.Q(("message_key", ""), _negated=True),
                fields=("tenant", "creditor_id", "message_key"),
                name="reply_message_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("new", "proposed", "noted", "done", "discarded"))
                ),
                name="reply_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "promise",
                            "dispute",
                            "payment_proof",
                            "wrong_contact",
                            "invoice_asked",
                            "delay_asked",
                            "out_of_office",
                            "bounce",
                            "other",
                        ),
                    )
                ),
                name="reply_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["tenant", "reply"], name="answer_reply"),
        ),
        migrations.AddConstraint(
            model_name="unreadmail",
            constraint=models.UniqueConstraint(
                fields=("tenant", "inbox", "identity"), name="unread_once"
            ),
        ),
        IsolateTenants("Inbox", "Reply", "UnreadMail", "Answer"),
        schema.run_file("inbox_door"),
    ]
