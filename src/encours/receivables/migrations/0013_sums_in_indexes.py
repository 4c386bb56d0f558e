"""The columns that the aged balance adds up stand in the indexes by customer."""

from django.db import migrations, models

INCLUDED = ["creditor_id", "currency", "undone_at"]


class Migration(migrations.Migration):
    dependencies = [("receivables", "0012_penalty_notes")]

    operations = [
        migrations.RemoveIndex("instalment", "instalment_customer_due"),
        migrations.AddIndex(
            "instalment",
            models.Index(
                fields=["tenant", "customer", "due_on"],
                include=["amount_cents", "issued_on", *INCLUDED],
                name="instalment_customer_due",
            ),
        ),
        migrations.RemoveIndex("credit", "credit_customer"),
        migrations.AddIndex(
            "credit",
            models.Index(
                fields=["tenant", "customer"],
                include=["amount_cents", "received_on", *INCLUDED],
                name="credit_customer",
            ),
        ),
    ]
