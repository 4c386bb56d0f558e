"""Shut the tables of `scoring` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0001_initial"),
        ("parties", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]
    operations = [IsolateTenants("Score", "Move", "ChosenProfile", "ProfileThresholds", "Segment")]
