"""Shut the tables of `einvoicing` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [("einvoicing", "0001_initial")]
    operations = [IsolateTenants("Connection", "VatDuty", "Flow", "Receipt", "PaymentReport")]
