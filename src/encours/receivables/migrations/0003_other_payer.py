"""Find at once the few allocations of a payment made by another customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("receivables", "0002_isolation")]
    operations = [
        migrations.AddIndex(
            model_name="allocation",
            index=models.Index(
                fields=["tenant", "creditor_id"],
                condition=~models.Q(payer=models.F("customer")),
                name="allocation_other_payer",
            ),
        ),
    ]
