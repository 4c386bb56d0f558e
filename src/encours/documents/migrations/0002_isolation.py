"""Shut the tables of `documents` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [IsolateTenants("Document", "Attachment", "Intake")]
