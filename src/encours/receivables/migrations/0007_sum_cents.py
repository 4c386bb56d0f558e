"""A sum of cents that stays a bigint: workers pass it on as it is, where `sum` makes numerics."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("receivables", "0006_references_by_set")]
    operations = [
        migrations.RunSQL(
            "create aggregate sum_cents (bigint)"
            " (sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe)",
            "drop aggregate sum_cents (bigint)",
        )
    ]
