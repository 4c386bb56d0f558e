"""Mobiles of contacts, and those that were refused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0008_portfolio_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="mobile",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=30, verbose_name="mobile"
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="mobile_refused_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="numéro refusé le"),
        ),
    ]
