"""The day of the entry, the place of a due line, and the line that it continues."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("receivables", "0003_other_payer"),
    ]

    operations = [
        migrations.AddField(
            model_name="credit",
            name="entry_on",
            field=models.DateField(blank=True, null=True, verbose_name="date d'écriture"),
        ),
        migrations.AddField(
            model_name="instalment",
            name="lineage_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="première version"),
        ),
        migrations.AddField(
            model_name="instalment",
            name="position",
            field=models.SmallIntegerField(db_default=1, default=1, verbose_name="rang"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="entry_on",
            field=models.DateField(blank=True, null=True, verbose_name="date d'écriture"),
        ),
    ]
