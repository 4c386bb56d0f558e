"""The currency in which a group reads its balances."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0005_listeners"),
    ]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="currency",
            field=models.CharField(
                db_default="EUR", default="EUR", max_length=3, verbose_name="devise du groupe"
            ),
        ),
    ]
