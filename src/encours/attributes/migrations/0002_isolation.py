"""Shut the tables of `attributes` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("attributes", "0001_initial")]
    operations = [IsolateTenants("Field", "Values")]
