"""Shut the tables of `standing` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_isolation"),
        ("standing", "0001_initial"),
        ("receivables", "0002_isolation"),
    ]
    operations = [IsolateTenants("StandingFact")]
