"""The references that imports fill are checked once a statement."""

from django.db import migrations

from encours.tenancy.references import CheckReferencesBySet


class Migration(migrations.Migration):
    dependencies = [("receivables", "0005_semester_rates")]
    operations = [
        CheckReferencesBySet(
            ("Instalment", "invoice"),
            ("Allocation", "instalment"),
            ("Allocation", "credit"),
        )
    ]
