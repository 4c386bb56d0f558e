"""Shut the tables of `recovery` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("recovery", "0001_initial"),
        ("parties", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]
    operations = [IsolateTenants("Call", "Task", "OpenSheet", "CallPolicy")]
