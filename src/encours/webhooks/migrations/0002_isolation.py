"""Shut the tables of `webhooks` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_isolation"), ("webhooks", "0001_initial")]
    operations = [IsolateTenants("Subscription", "Delivery", "Attempt")]
