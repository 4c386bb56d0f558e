"""The tables, as Django writes them."""

import django.contrib.postgres.functions
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import encours.tenancy.models.base


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="Credit",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("kind", models.CharField(default="payment", max_length=20, verbose_name="nature")),
                (
                    "number",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="numéro"),
                ),
                ("received_on", models.DateField(verbose_name="date")),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="devise")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                (
                    "net_cents",
                    models.BigIntegerField(null=True, verbose_name="montant HT (centimes)"),
                ),
                ("vat_cents", models.BigIntegerField(null=True, verbose_name="TVA (centimes)")),
                ("key", models.CharField(max_length=200, verbose_name="clé naturelle")),
                (
                    "journal",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="journal"),
                ),
                (
                    "entry_number",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="écriture"
                    ),
                ),
                (
                    "piece",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="pièce"),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="libellé"
                    ),
                ),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
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
            name="Instalment",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("issued_on", models.DateField(verbose_name="date d'émission")),
                ("due_on", models.DateField(verbose_name="échéance")),
                (
                    "due_source",
                    models.CharField(max_length=16, verbose_name="origine de l'échéance"),
                ),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="devise")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        checked=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
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
            name="Allocation",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("issued_on", models.DateField(verbose_name="émission de l'échéance")),
                ("due_on", models.DateField(verbose_name="échéance")),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="devise")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                ("effective_on", models.DateField(verbose_name="date d'effet")),
                ("origin", models.CharField(max_length=10, verbose_name="origine")),
                (
                    "letter",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="lettre"),
                ),
                ("lettered_on", models.DateField(null=True, verbose_name="lettré le")),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        checked=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "payer",
                    encours.tenancy.models.base.TenantForeignKey(
                        checked=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="payeur",
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
                    "credit",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.credit",
                        verbose_name="règlement ou avoir",
                    ),
                ),
                (
                    "instalment",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.instalment",
                        verbose_name="échéance",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("kind", models.CharField(default="invoice", max_length=20, verbose_name="nature")),
                (
                    "number",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="numéro"),
                ),
                ("issued_on", models.DateField(verbose_name="date d'émission")),
                ("currency", models.CharField(default="EUR", max_length=3, verbose_name="devise")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant TTC (centimes)")),
                (
                    "net_cents",
                    models.BigIntegerField(null=True, verbose_name="montant HT (centimes)"),
                ),
                ("vat_cents", models.BigIntegerField(null=True, verbose_name="TVA (centimes)")),
                ("key", models.CharField(max_length=200, verbose_name="clé naturelle")),
                (
                    "journal",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="journal"),
                ),
                (
                    "entry_number",
                    models.CharField(
                        blank=True, default="", max_length=60, verbose_name="écriture"
                    ),
                ),
                (
                    "piece",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="pièce"),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="libellé"
                    ),
                ),
                (
                    "customer",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.customer",
                        verbose_name="client",
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
            model_name="instalment",
            name="invoice",
            field=encours.tenancy.models.base.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.invoice",
                verbose_name="facture",
            ),
        ),
        migrations.CreateModel(
            name="ProposedAllocation",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("amount_cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                ("reason", models.CharField(max_length=200, verbose_name="motif")),
                (
                    "proposed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="proposé le",
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True, verbose_name="décidé le")),
                ("decided_by_id", models.BigIntegerField(null=True, verbose_name="décidé par")),
                ("accepted", models.BooleanField(null=True, verbose_name="accepté")),
                (
                    "credit",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.credit",
                        verbose_name="règlement ou avoir",
                    ),
                ),
                (
                    "instalment",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.instalment",
                        verbose_name="échéance",
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
            name="Reclassification",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("state", models.CharField(max_length=10, verbose_name="état")),
                ("from_on", models.DateField(verbose_name="depuis le")),
                (
                    "instalment",
                    encours.tenancy.models.base.TenantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="receivables.instalment",
                        verbose_name="échéance",
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
            name="SalesMonth",
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
                        db_default=django.contrib.postgres.functions.TransactionNow(),
                        verbose_name="enregistré le",
                    ),
                ),
                ("undone_at", models.DateTimeField(null=True, verbose_name="annulé le")),
                ("batch_id", models.BigIntegerField(null=True, verbose_name="acte d'origine")),
                (
                    "undone_by_id",
                    models.BigIntegerField(null=True, verbose_name="acte d'annulation"),
                ),
                ("creditor_id", models.BigIntegerField(verbose_name="société")),
                ("month", models.DateField(verbose_name="mois")),
                ("net_cents", models.BigIntegerField(verbose_name="ventes HT (centimes)")),
                ("vat_cents", models.BigIntegerField(verbose_name="TVA (centimes)")),
                (
                    "cash_cents",
                    models.BigIntegerField(
                        default=0, verbose_name="ventes au comptant TTC (centimes)"
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
            model_name="credit",
            index=models.Index(fields=["tenant", "customer"], name="credit_customer"),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("tenant", "creditor_id", "key"),
                name="credit_key_once_per_creditor",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="credit_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "payment",
                            "credit_note",
                            "deposit",
                            "discount",
                            "write_off",
                            "opening",
                            "other",
                        ),
                    )
                ),
                name="credit_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["tenant", "instalment"], name="allocation_instalment"),
        ),
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(fields=["tenant", "credit"], name="allocation_credit"),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="allocation_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("origin__in", ("letter", "reference", "manual", "legal"))),
                name="allocation_origin_known",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["tenant", "customer"], name="invoice_customer"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("tenant", "creditor_id", "key"),
                name="invoice_key_once_per_creditor",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="invoice_is_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ("invoice", "debit_note", "opening", "returned_payment", "refund", "other"),
                    )
                ),
                name="invoice_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="instalment",
            index=models.Index(
                fields=["tenant", "customer", "due_on"], name="instalment_customer_due"
            ),
        ),
        migrations.AddIndex(
            model_name="instalment",
            index=models.Index(fields=["tenant", "invoice"], name="instalment_invoice"),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="instalment_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_source__in", ("read", "terms_confirmed", "terms_assumed"))
                ),
                name="instalment_due_source_known",
            ),
        ),
        migrations.AddIndex(
            model_name="proposedallocation",
            index=models.Index(fields=["tenant", "credit"], name="proposal_credit"),
        ),
        migrations.AddConstraint(
            model_name="proposedallocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_cents__gt", 0)), name="proposal_positive"
            ),
        ),
        migrations.AddIndex(
            model_name="reclassification",
            index=models.Index(fields=["tenant", "instalment"], name="reclassification_line"),
        ),
        migrations.AddConstraint(
            model_name="reclassification",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("ordinary", "bill", "doubtful"))),
                name="reclassification_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="salesmonth",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("tenant", "creditor_id", "month"),
                name="sales_month_once",
            ),
        ),
    ]
