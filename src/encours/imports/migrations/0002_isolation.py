"""Shut the tables of `imports` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_isolation"),
        ("imports", "0001_initial"),
        ("parties", "0002_isolation"),
    ]
    operations = [IsolateTenants("FileImport")]
