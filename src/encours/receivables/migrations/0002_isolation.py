"""Shut the tables of `receivables` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0002_isolation"),
        ("receivables", "0001_initial"),
        ("parties", "0002_isolation"),
    ]
    operations = [
        IsolateTenants(
            "Invoice",
            "Instalment",
            "Credit",
            "Allocation",
            "Reclassification",
            "ProposedAllocation",
            "SalesMonth",
        )
    ]
