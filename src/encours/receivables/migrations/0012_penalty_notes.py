"""Notes of penalties and indemnities, and what each billed of a due line."""

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import encours.tenancy.models.base
from encours.tenancy.isolation import IsolateTenants

NUMBERED = """
create function receivables_penaltynote_follows() returns trigger language plpgsql as $$
begin
    if new.rank < 1 or (new.rank > 1 and not exists (
        select from receivables_penaltynote n
        where n.tenant_id = new.tenant_id and n.creditor_id = new.creditor_id
            and n.year = new.year and n.rank = new.rank - 1)) then
        raise exception 'a penalty note leaves no gap in its numbers' using errcode = '23514';
    end if;
    return new;
end $$;
create trigger follows before insert on receivables_penaltynote
    for each row execute function receivables_penaltynote_follows();
create function receivables_penaltynote_stays() returns trigger language plpgsql as $$
begin
    raise exception 'a penalty note is never changed nor removed' using errcode = '42501';
end $$;
create trigger stays before update or delete on receivables_penaltynote
    for each statement execute function receivables_penaltynote_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0004_duplicates"),
        ("receivables", "0011_inferred"),
        ("tenancy", "0007_person_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PenaltyNote",
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
                ("kind", models.CharField(default="note", max_length=12, verbose_name="nature")),
                ("year", models.SmallIntegerField(verbose_name="année")),
                ("rank", models.IntegerField(verbose_name="rang")),
                ("number", models.CharField(max_length=35, verbose_name="numéro")),
                ("issued_on", models.DateField(verbose_name="date d'émission")),
                ("until_on", models.DateField(verbose_name="pénalités arrêtées au")),
                ("currency", models.CharField(max_length=3, verbose_name="devise")),
                ("interest_cents", models.BigIntegerField(verbose_name="pénalités (centimes)")),
                ("indemnity_cents", models.BigIntegerField(verbose_name="indemnités (centimes)")),
                ("author_id", models.BigIntegerField(null=True, verbose_name="auteur")),
            ],
        ),
        migrations.CreateModel(
            name="PenaltyPart",
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
                ("kind", models.CharField(max_length=10, verbose_name="nature")),
                ("claim_key", models.CharField(max_length=200, verbose_name="clé naturelle")),
                (
                    "lineage_id",
                    models.BigIntegerField(verbose_name="première version de l'échéance"),
                ),
                ("position", models.SmallIntegerField(verbose_name="rang")),
                ("due_on", models.DateField(verbose_name="échéance")),
                ("from_on", models.DateField(verbose_name="du")),
                ("until_on", models.DateField(verbose_name="au")),
                ("cents", models.BigIntegerField(verbose_name="montant (centimes)")),
                ("billed_on", models.DateField(verbose_name="facturé le")),
                ("released_on", models.DateField(null=True, verbose_name="libéré le")),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoice_kind_known",
        ),
        migrations.AddIndex(
            model_name="instalment",
            index=models.Index(
                condition=models.Q(("lineage_id__isnull", False)),
                fields=["tenant", "lineage_id"],
                name="instalment_lineage",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "invoice",
                            "debit_note",
                            "opening",
                            "returned_payment",
                            "refund",
                            "other",
                            "penalty_note",
                        ),
                    )
                ),
                name="invoice_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="penaltynote",
            name="cancels",
            field=encours.tenancy.models.base.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.penaltynote",
                verbose_name="note annulée",
            ),
        ),
        migrations.AddField(
            model_name="penaltynote",
            name="credit",
            field=encours.tenancy.models.base.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.credit",
                verbose_name="avoir",
            ),
        ),
        migrations.AddField(
            model_name="penaltynote",
            name="customer",
            field=encours.tenancy.models.base.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.customer",
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="penaltynote",
            name="invoice",
            field=encours.tenancy.models.base.TenantForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.invoice",
                verbose_name="créance",
            ),
        ),
        migrations.AddField(
            model_name="penaltynote",
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
        migrations.AddField(
            model_name="penaltypart",
            name="invoice",
            field=encours.tenancy.models.base.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.invoice",
                verbose_name="facture en retard",
            ),
        ),
        migrations.AddField(
            model_name="penaltypart",
            name="note",
            field=encours.tenancy.models.base.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="receivables.penaltynote",
                verbose_name="note",
            ),
        ),
        migrations.AddField(
            model_name="penaltypart",
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
        migrations.AddIndex(
            model_name="penaltynote",
            index=models.Index(fields=["tenant", "customer"], name="penalty_note_customer"),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor_id", "year", "rank"), name="penalty_note_rank_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.UniqueConstraint(
                fields=("tenant", "creditor_id", "number"), name="penalty_note_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancels__isnull", False)),
                fields=("tenant", "cancels"),
                name="penalty_note_cancelled_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancels", None),
                        ("credit", None),
                        ("invoice__isnull", False),
                        ("kind", "note"),
                    ),
                    models.Q(
                        ("cancels__isnull", False),
                        ("credit__isnull", False),
                        ("invoice", None),
                        ("kind", "cancellation"),
                    ),
                    _connector="OR",
                ),
                name="penalty_note_has_its_side",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("indemnity_cents__gte", 0),
                    ("interest_cents__gte", 0),
                    models.Q(
                        ("interest_cents__gt", 0), ("indemnity_cents__gt", 0), _connector="OR"
                    ),
                ),
                name="penalty_note_is_positive",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.CheckConstraint(
                condition=models.Q(("until_on__lte", models.F("issued_on"))),
                name="penalty_note_of_the_past",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltynote",
            constraint=models.CheckConstraint(
                condition=models.Q(("issued_on__year", models.F("year"))),
                name="penalty_note_of_its_year",
            ),
        ),
        migrations.AddIndex(
            model_name="penaltypart",
            index=models.Index(fields=["tenant", "creditor_id"], name="penalty_part_creditor"),
        ),
        migrations.AddIndex(
            model_name="penaltypart",
            index=models.Index(fields=["tenant", "note"], name="penalty_part_note"),
        ),
        migrations.AddConstraint(
            model_name="penaltypart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "interest"), ("released_on", None)),
                fields=("tenant", "lineage_id", "from_on"),
                name="interest_billed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltypart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "indemnity"), ("released_on", None)),
                fields=("tenant", "creditor_id", "claim_key"),
                name="indemnity_billed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltypart",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("interest", "indemnity"))),
                name="penalty_part_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltypart",
            constraint=models.CheckConstraint(
                condition=models.Q(("cents__gt", 0)), name="penalty_part_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="penaltypart",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_on__lte", models.F("until_on"))),
                name="penalty_part_days_in_order",
            ),
        ),
        IsolateTenants("PenaltyNote", "PenaltyPart"),
        migrations.RunSQL(NUMBERED),
    ]
