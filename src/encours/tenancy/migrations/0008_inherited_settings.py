"""Settings of the tenant; a creditor whose value is the shipped one follows its tenant."""

from django.db import migrations, models

FOLLOW = """
update tenancy_creditor set approval = nullif(approval, 'review'),
    freshness_days = nullif(freshness_days, 7), calendar = nullif(calendar, 'FR'),
    minimum_cents = nullif(minimum_cents, 0)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0007_person_keys"),
    ]

    operations = [
        migrations.AddField(
            model_name="creditor",
            name="min_spacing_days",
            field=models.PositiveSmallIntegerField(
                null=True, verbose_name="jours entre deux messages"
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="approval",
            field=models.CharField(
                db_default="review", max_length=10, verbose_name="validation des envois"
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="calendar",
            field=models.CharField(db_default="FR", max_length=20, verbose_name="calendrier"),
        ),
        migrations.AddField(
            model_name="tenant",
            name="freshness_days",
            field=models.PositiveSmallIntegerField(
                db_default=7, verbose_name="fraîcheur des données"
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="min_spacing_days",
            field=models.PositiveSmallIntegerField(
                null=True, verbose_name="jours entre deux messages"
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="minimum_cents",
            field=models.BigIntegerField(
                null=True, verbose_name="montant minimum relancé (centimes)"
            ),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="approval",
            field=models.CharField(max_length=10, null=True, verbose_name="validation des envois"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="calendar",
            field=models.CharField(max_length=20, null=True, verbose_name="calendrier"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="freshness_days",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="fraîcheur des données"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="minimum_cents",
            field=models.BigIntegerField(
                null=True, verbose_name="montant minimum relancé (centimes)"
            ),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(("approval__in", ("review", "auto"))),
                name="tenant_approval_known",
            ),
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
