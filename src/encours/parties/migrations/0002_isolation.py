"""Shut the tables of `parties` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_isolation"), ("parties", "0001_initial")]
    operations = [IsolateTenants("Batch", "PaymentTerms", "Customer", "Contact")]
