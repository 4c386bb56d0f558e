"""The tables, as Django writes them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy import schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    run_before = [("procrastinate", "0001_initial")]

    operations = [
        schema.run_file("roles"),
        schema.run_file("scope"),
        migrations.CreateModel(
            name="Fact",
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
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="date d'effet")),
                ("actor_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                ("verb", models.CharField(max_length=60, verbose_name="fait")),
                ("subject_type", models.CharField(max_length=30, verbose_name="objet")),
                ("subject_id", models.BigIntegerField(verbose_name="identifiant")),
                ("creditor_id", models.BigIntegerField(null=True, verbose_name="société")),
                ("customer_id", models.BigIntegerField(null=True, verbose_name="client")),
                ("data", models.JSONField(default=dict, verbose_name="éléments")),
            ],
            options={
                "db_table": "tenancy_fact",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Creditor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="raison sociale")),
                (
                    "siren",
                    models.CharField(blank=True, default="", max_length=9, verbose_name="SIREN"),
                ),
                (
                    "vat_number",
                    models.CharField(
                        blank=True, default="", max_length=14, verbose_name="n° de TVA"
                    ),
                ),
                (
                    "legal_form",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="forme juridique"
                    ),
                ),
                (
                    "address_line1",
                    models.CharField(blank=True, default="", max_length=70, verbose_name="adresse"),
                ),
                (
                    "address_line2",
                    models.CharField(
                        blank=True, default="", max_length=70, verbose_name="complément"
                    ),
                ),
                (
                    "postcode",
                    models.CharField(
                        blank=True, default="", max_length=16, verbose_name="code postal"
                    ),
                ),
                (
                    "city",
                    models.CharField(blank=True, default="", max_length=35, verbose_name="ville"),
                ),
                ("country", models.CharField(default="FR", max_length=2, verbose_name="pays")),
                (
                    "email",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="e-mail"
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, default="", max_length=30, verbose_name="téléphone"
                    ),
                ),
                ("logo", models.BinaryField(blank=True, null=True, verbose_name="logo")),
                (
                    "logo_type",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="type du logo"
                    ),
                ),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="devise")),
                (
                    "time_zone",
                    models.CharField(
                        default="Europe/Paris", max_length=40, verbose_name="fuseau horaire"
                    ),
                ),
                (
                    "calendar",
                    models.CharField(default="FR", max_length=20, verbose_name="calendrier"),
                ),
                (
                    "signatory",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="signataire"
                    ),
                ),
                (
                    "signatory_role",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="fonction"
                    ),
                ),
                (
                    "penalty_rate",
                    models.CharField(
                        blank=True, default="", max_length=10, verbose_name="taux contractuel (%)"
                    ),
                ),
                (
                    "day_count",
                    models.CharField(
                        default="ACT_365", max_length=7, verbose_name="base de calcul"
                    ),
                ),
                (
                    "sender_name",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="nom d'expéditeur"
                    ),
                ),
                (
                    "sender_email",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="adresse d'expédition"
                    ),
                ),
                (
                    "reply_to",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="adresse de réponse"
                    ),
                ),
                (
                    "rehearsal_email",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="adresse de répétition"
                    ),
                ),
                ("smtp", models.JSONField(blank=True, default=dict, verbose_name="serveur SMTP")),
                (
                    "smtp_password",
                    models.TextField(
                        blank=True, default="", verbose_name="mot de passe SMTP (chiffré)"
                    ),
                ),
                (
                    "sender_checked_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="expéditeur vérifié le"
                    ),
                ),
                (
                    "classes_confirmed_at",
                    models.DateTimeField(null=True, verbose_name="types de clients confirmés le"),
                ),
                (
                    "triaged_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="retards antérieurs triés le"
                    ),
                ),
                (
                    "live_on",
                    models.DateField(blank=True, null=True, verbose_name="en service depuis"),
                ),
                (
                    "sending_stopped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="envois arrêtés le"),
                ),
                (
                    "approval",
                    models.CharField(
                        default="review", max_length=10, verbose_name="validation des envois"
                    ),
                ),
                (
                    "cycle_hour",
                    models.PositiveSmallIntegerField(default=6, verbose_name="heure du cycle"),
                ),
                (
                    "send_from_hour",
                    models.PositiveSmallIntegerField(default=9, verbose_name="envois à partir de"),
                ),
                (
                    "send_until_hour",
                    models.PositiveSmallIntegerField(default=18, verbose_name="envois jusqu'à"),
                ),
                (
                    "freshness_days",
                    models.PositiveSmallIntegerField(
                        default=7, verbose_name="fraîcheur des données (jours)"
                    ),
                ),
                (
                    "minimum_cents",
                    models.BigIntegerField(
                        default=0, verbose_name="montant minimum relancé (centimes)"
                    ),
                ),
                ("settings", models.JSONField(blank=True, default=dict, verbose_name="réglages")),
            ],
        ),
        migrations.CreateModel(
            name="Tenant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("slug", models.SlugField(unique=True, verbose_name="code")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                (
                    "sending_stopped_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="envois arrêtés le"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "email",
                    models.EmailField(max_length=254, unique=True, verbose_name="adresse e-mail"),
                ),
                ("language", models.CharField(default="fr", max_length=5, verbose_name="langue")),
                ("theme", models.CharField(default="auto", max_length=5, verbose_name="apparence")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField(verbose_name="numéro")),
                ("era", models.SmallIntegerField(verbose_name="ère")),
                ("from_xid", models.BigIntegerField(verbose_name="depuis")),
                ("to_xid", models.BigIntegerField(verbose_name="jusqu'à")),
                (
                    "sealed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="scellé le",
                    ),
                ),
                (
                    "fact_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                ("leaves", models.BinaryField()),
                ("previous", models.BinaryField()),
                ("hash", models.BinaryField()),
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
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrateur"),
                            ("credit_manager", "Credit manager"),
                            ("collector", "Chargé de recouvrement"),
                            ("sales", "Commercial"),
                            ("accountant", "Comptable"),
                            ("reader", "Lecteur"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="depuis"
                    ),
                ),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.creditor",
                        verbose_name="société",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="personne",
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
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="adresse e-mail")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("admin", "Administrateur"),
                            ("credit_manager", "Credit manager"),
                            ("collector", "Chargé de recouvrement"),
                            ("sales", "Commercial"),
                            ("accountant", "Comptable"),
                            ("reader", "Lecteur"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("token_digest", models.CharField(max_length=64)),
                ("invited_by_id", models.BigIntegerField(null=True, verbose_name="invité par")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="créée le",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expire le")),
                ("accepted_at", models.DateTimeField(null=True, verbose_name="acceptée le")),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
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
            name="CycleRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField(verbose_name="jour")),
                ("stage", models.CharField(max_length=20, verbose_name="étape")),
                (
                    "started_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="début"
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True, verbose_name="fin")),
                ("outcome", models.JSONField(default=dict, verbose_name="résultat")),
                (
                    "creditor",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
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
        migrations.AddField(
            model_name="creditor",
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
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("iban", models.CharField(max_length=34, verbose_name="IBAN")),
                (
                    "bic",
                    models.CharField(blank=True, default="", max_length=11, verbose_name="BIC"),
                ),
                (
                    "holder_name",
                    models.CharField(max_length=70, verbose_name="titulaire exact du compte"),
                ),
                ("state", models.CharField(default="pending", max_length=10, verbose_name="état")),
                (
                    "is_default",
                    models.BooleanField(default=False, verbose_name="compte par défaut"),
                ),
                ("requested_by_id", models.BigIntegerField(null=True, verbose_name="demandé par")),
                (
                    "requested_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="demandé le",
                    ),
                ),
                ("confirmed_by_id", models.BigIntegerField(null=True, verbose_name="confirmé par")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="confirmé le")),
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
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("email"), name="user_email_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="seal",
            constraint=models.UniqueConstraint(
                fields=("tenant", "number"), name="seal_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("tenant", "user", "creditor"), name="membership_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        ["admin", "credit_manager", "collector", "sales", "accountant", "reader"],
                    )
                ),
                name="role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                fields=("tenant", "token_digest"), name="invitation_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="cyclerun",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor", "on", "stage"), name="cycle_stage_once_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditor",
            constraint=models.UniqueConstraint(
                fields=("tenant", "code"), name="creditor_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditor",
            constraint=models.CheckConstraint(
                condition=models.Q(("siren", ""), ("siren__regex", "^[0-9]{9}$"), _connector="OR"),
                name="creditor_siren_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditor",
            constraint=models.CheckConstraint(
                condition=models.Q(("approval__in", ("review", "auto"))),
                name="creditor_approval_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "retired"), _negated=True),
                fields=("tenant", "creditor", "iban"),
                name="bank_account_iban_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True), ("state", "active")),
                fields=("tenant", "creditor"),
                name="bank_account_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("pending", "active", "retired"))),
                name="bank_account_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_by_id", None),
                    models.Q(("confirmed_by_id", models.F("requested_by_id")), _negated=True),
                    _connector="OR",
                ),
                name="bank_account_two_people",
            ),
        ),
    ]
