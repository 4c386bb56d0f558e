"""Shut the tables of `dunning` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_isolation"),
        ("dunning", "0001_initial"),
        ("messaging", "0002_isolation"),
        ("receivables", "0002_isolation"),
    ]
    operations = [IsolateTenants("Scenario", "Reminder", "Triage")]
