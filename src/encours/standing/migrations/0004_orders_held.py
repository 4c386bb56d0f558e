"""A fact of its own: the orders of a customer are held."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("standing", "0003_replies"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="standingfact",
            name="standing_kind_known",
        ),
        migrations.AlterField(
            model_name="standingfact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("dispute", "Litige"),
                    ("promise", "Promesse de règlement"),
                    ("plan", "Échéancier"),
                    ("pause", "Pause"),
                    ("insolvency", "Procédure collective"),
                    ("over_indebtedness", "Surendettement"),
                    ("protection", "Majeur protégé"),
                    ("death", "Décès"),
                    ("limitation", "Prescription (interruption ou suspension)"),
                    ("assignment", "Cession à un factor"),
                    ("handover", "Mise au contentieux"),
                    ("einvoice", "Statut de facture électronique"),
                    ("direct_debit", "Prélèvement en cours"),
                    ("reply", "Réponse à traiter"),
                    ("orders_held", "Commandes bloquées"),
                ],
                max_length=20,
                verbose_name="nature",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "dispute",
                            "promise",
                            "plan",
                            "pause",
                            "insolvency",
                            "over_indebtedness",
                            "protection",
                            "death",
                            "limitation",
                            "assignment",
                            "handover",
                            "einvoice",
                            "direct_debit",
                            "reply",
                            "orders_held",
                        ],
                    )
                ),
                name="standing_kind_known",
            ),
        ),
    ]
