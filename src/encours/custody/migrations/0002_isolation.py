"""Shut the tables of `custody` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_isolation"), ("custody", "0001_initial")]
    operations = [IsolateTenants("Departure")]
