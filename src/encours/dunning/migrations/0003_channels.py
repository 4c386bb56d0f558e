"""A message may leave by several channels."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunning", "0002_isolation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="channel",
            field=models.CharField(max_length=40, verbose_name="canal"),
        ),
    ]
