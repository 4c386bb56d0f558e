"""Shut the tables of `discounts` inside their tenant."""

from django.db import migrations

from encours.tenancy.isolation import IsolateTenants


class Migration(migrations.Migration):
    dependencies = [
        ("discounts", "0001_initial"),
        ("parties", "0002_isolation"),
        ("receivables", "0002_isolation"),
        ("tenancy", "0002_isolation"),
    ]
    operations = [
        IsolateTenants("DiscountRule", "DiscountPolicy", "DiscountOffer", "DiscountGrant", "Reward")
    ]
