"""The collector that a creditor names, and who wrote each reminder."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0007_texts"),
        ("tenancy", "0011_contacts_a_week"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="sender",
            field=models.CharField(db_default="creditor", max_length=12, verbose_name="signataire"),
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="nom")),
                (
                    "street",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="adresse"
                    ),
                ),
                (
                    "postcode",
                    models.CharField(
                        blank=True, default="", max_length=10, verbose_name="code postal"
                    ),
                ),
                (
                    "city",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="ville"),
                ),
                (
                    "siren",
                    models.CharField(blank=True, default="", max_length=9, verbose_name="SIREN"),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, default="", max_length=254, verbose_name="adresse de réponse"
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True, default="", max_length=30, verbose_name="téléphone"
                    ),
                ),
                (
                    "signatory",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="signataire"
                    ),
                ),
                (
                    "insurer",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="assureur et police"
                    ),
                ),
                (
                    "insured_until",
                    models.DateField(blank=True, null=True, verbose_name="assuré jusqu'au"),
                ),
                (
                    "declared_at",
                    models.CharField(
                        blank=True, default="", max_length=80, verbose_name="tribunal judiciaire"
                    ),
                ),
                (
                    "declared_on",
                    models.DateField(blank=True, null=True, verbose_name="déclaration du"),
                ),
                (
                    "mandate_on",
                    models.DateField(blank=True, null=True, verbose_name="convention du"),
                ),
                (
                    "mandate_reference",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="référence"
                    ),
                ),
                (
                    "receives_funds",
                    models.BooleanField(default=False, verbose_name="reçoit les fonds"),
                ),
                (
                    "holder",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="titulaire"
                    ),
                ),
                (
                    "iban",
                    models.CharField(blank=True, default="", max_length=34, verbose_name="IBAN"),
                ),
                (
                    "account_author_id",
                    models.BigIntegerField(null=True, verbose_name="compte donné par"),
                ),
                (
                    "account_confirmed_by_id",
                    models.BigIntegerField(null=True, verbose_name="compte confirmé par"),
                ),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="modifié le",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "creditor"), name="agency_once_per_creditor"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("account_confirmed_by_id", None),
                            models.Q(
                                ("account_confirmed_by_id", models.F("account_author_id")),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="agency_account_seen_by_two",
                    ),
                ],
            },
        ),
        IsolateTenants("Agency"),
    ]
