"""The files joined to a reply are kept with the evidence; the reply says which they are."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("replies", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="reply",
            name="document_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
    ]
