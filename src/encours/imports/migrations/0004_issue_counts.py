"""How many issues of each severity a file had, beyond those that are kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0003_door")]

    operations = [
        migrations.AddField(
            model_name="fileimport",
            name="issue_counts",
            field=models.JSONField(default=dict, verbose_name="anomalies par gravité"),
        ),
    ]
