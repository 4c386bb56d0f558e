"""Hours, penalty rate, day count and time zone set on the tenant; a creditor's shipped ones follow."""

from django.db import migrations, models

FOLLOW = """
update tenancy_creditor set penalty_rate = nullif(penalty_rate, ''),
    day_count = nullif(day_count, 'ACT_365'), cycle_hour = nullif(cycle_hour, 6),
    time_zone = nullif(time_zone, 'Europe/Paris'),
    send_from_hour = case when (send_from_hour, send_until_hour) = (9, 18)
        then null else send_from_hour end,
    send_until_hour = case when (send_from_hour, send_until_hour) = (9, 18)
        then null else send_until_hour end
"""


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0009_roles_at_a_creditor"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="cycle_hour",
            field=models.PositiveSmallIntegerField(db_default=6, verbose_name="heure du cycle"),
        ),
        migrations.AddField(
            model_name="tenant",
            name="day_count",
            field=models.CharField(
                db_default="ACT_365", max_length=7, verbose_name="base de calcul"
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="penalty_rate",
            field=models.CharField(
                blank=True, db_default="", max_length=10, verbose_name="taux contractuel (%)"
            ),
        ),
        migrations.AddField(
            model_name="tenant",
            name="send_from_hour",
            field=models.PositiveSmallIntegerField(db_default=9, verbose_name="envois à partir de"),
        ),
        migrations.AddField(
            model_name="tenant",
            name="send_until_hour",
            field=models.PositiveSmallIntegerField(db_default=18, verbose_name="envois jusqu'à"),
        ),
        migrations.AddField(
            model_name="tenant",
            name="time_zone",
            field=models.CharField(
                db_default="Europe/Paris", max_length=40, verbose_name="fuseau horaire"
            ),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="cycle_hour",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="heure du cycle"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="day_count",
            field=models.CharField(max_length=7, null=True, verbose_name="base de calcul"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="penalty_rate",
            field=models.CharField(
                blank=True, max_length=10, null=True, verbose_name="taux contractuel (%)"
            ),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="send_from_hour",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="envois à partir de"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="send_until_hour",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="envois jusqu'à"),
        ),
        migrations.AlterField(
            model_name="creditor",
            name="time_zone",
            field=models.CharField(max_length=40, null=True, verbose_name="fuseau horaire"),
        ),
        migrations.AddConstraint(
            model_name="tenant",
            constraint=models.CheckConstraint(
                condition=models.Q(("send_until_hour__gt", models.F("send_from_hour"))),
                name="tenant_sends_some_hour",
            ),
        ),
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
    ]
