"""The tables, as Django writes them."""

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
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=30, verbose_name="nature")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
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
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="libellé")),
                ("definition", models.JSONField(verbose_name="définition")),
                ("is_default", models.BooleanField(default=False, verbose_name="par défaut")),
                (
                    "confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="confirmées le"),
                ),
                (
                    "confirmed_by_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="confirmées par"),
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
            name="Customer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                (
                    "siren",
                    models.CharField(blank=True, default="", max_length=9, verbose_name="SIREN"),
                ),
                (
                    "vat_number",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="n° de TVA"
                    ),
                ),
                (
                    "debtor_class",
                    models.CharField(
                        choices=[
                            ("unknown", "À confirmer"),
                            ("business", "Entreprise"),
                            ("consumer", "Particulier"),
                            ("public", "Secteur public"),
                            ("foreign", "Étranger"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="type",
                    ),
                ),
                (
                    "class_confirmed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="type confirmé le"),
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
                ("language", models.CharField(default="fr", max_length=5, verbose_name="langue")),
                (
                    "salesperson_id",
                    models.BigIntegerField(blank=True, null=True, verbose_name="commercial"),
                ),
                (
                    "salesperson_name",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="nom du commercial"
                    ),
                ),
                (
                    "payment_method",
                    models.CharField(
                        blank=True, default="", max_length=20, verbose_name="mode de règlement"
                    ),
                ),
                (
                    "contract_rate",
                    models.CharField(
                        blank=True, default="", max_length=10, verbose_name="taux contractuel (%)"
                    ),
                ),
                ("to_identify", models.BooleanField(default=False, verbose_name="à identifier")),
                (
                    "account",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="compte"),
                ),
                ("note", models.TextField(blank=True, default="", verbose_name="note")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="créé le"
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
                    "parent",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="maison mère",
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
                (
                    "terms",
                    encours.tenancy.models.base.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.paymentterms",
                        verbose_name="conditions de règlement",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="nom"),
                ),
                ("role", models.CharField(default="billing", max_length=20, verbose_name="rôle")),
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
                (
                    "language",
                    models.CharField(blank=True, default="", max_length=5, verbose_name="langue"),
                ),
                (
                    "channel",
                    models.CharField(default="email", max_length=10, verbose_name="canal préféré"),
                ),
                (
                    "bounced_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="adresse refusée le"),
                ),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
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
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tenant", "customer"], name="contact_customer")],
            },
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor", "code"), name="terms_code_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentterms",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("tenant", "creditor"),
                name="terms_one_default",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor", "code"), name="customer_code_once_per_creditor"
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(("siren", ""), ("siren__regex", "^[0-9]{9}$"), _connector="OR"),
                name="customer_siren_form",
            ),
        ),
        migrations.AddConstraint(
            model_name="customer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("debtor_class__in", ["unknown", "business", "consumer", "public", "foreign"])
                ),
                name="customer_class_known",
            ),
        ),
    ]
