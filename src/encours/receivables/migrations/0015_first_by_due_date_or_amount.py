"""The first due lines by date and the first invoices by amount are found without the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("receivables", "0014_given_numbers")]

    operations = [
        migrations.AddIndex(
            "instalment",
            models.Index(
                condition=models.Q(("undone_at", None)),
                fields=["tenant", "due_on", "id"],
                name="instalment_due",
            ),
        ),
        migrations.AddIndex(
            "invoice",
            models.Index(
                condition=models.Q(("undone_at", None)),
                fields=["tenant", "amount_cents", "id"],
                name="invoice_amount",
            ),
        ),
    ]
