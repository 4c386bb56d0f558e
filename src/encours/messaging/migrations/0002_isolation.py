"""Shut the tables of `messaging` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_isolation"), ("messaging", "0001_initial")]
    operations = [IsolateTenants("Message", "MessageContent")]
