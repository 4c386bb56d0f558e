"""Settlements that a list of open items implies, until the real payment comes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0003_merges"),
        ("receivables", "0010_exchange_rates"),
        ("tenancy", "0004_api_keys"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="allocation",
            name="allocation_origin_known",
        ),
        migrations.RemoveConstraint(
            model_name="credit",
            name="credit_kind_known",
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("origin__in", ("letter", "reference", "manual", "legal", "inferred"))
                ),
                name="allocation_origin_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="credit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "payment",
                            "credit_note",
                            "deposit",
                            "discount",
                            "write_off",
                            "opening",
                            "other",
                            "inferred",
                        ),
                    )
                ),
                name="credit_kind_known",
            ),
        ),
    ]
