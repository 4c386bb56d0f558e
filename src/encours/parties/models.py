"""Customers, contacts, payment terms, and the batch: the act that wrote rows."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from encours.tenancy.models import BitemporalModel, Creditor, TenantForeignKey, TenantModel


class Batch(TenantModel):
    """One act that wrote ledger rows (an import, an entry by hand), so that it can be undone."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    kind = models.CharField("nature", max_length=30)
    author_id = models.BigIntegerField("auteur", null=True)
    created_at = models.DateTimeField("créé le", db_default=Now())
    undone_at = models.DateTimeField("annulé le", null=True)


class PaymentTerms(TenantModel):
    """Payment terms as data: `definition` is read by `receivables.rules.terms`.

    Terms without a creditor are the tenant's: every creditor may use them, and its default is that
    of the creditors that have none.
    """

    creditor = TenantForeignKey(
        Creditor, models.PROTECT, null=True, blank=True, verbose_name="société"
    )
    code = models.CharField("code", max_length=30)
    name = models.CharField("libellé", max_length=120)
    definition = models.JSONField("définition")
    is_default = models.BooleanField("par défaut", default=False)
    confirmed_at = models.DateTimeField("confirmées le", null=True, blank=True)
    confirmed_by_id = models.BigIntegerField("confirmées par", null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code"), name="terms_code_once", nulls_distinct=False
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor"),
                condition=Q(is_default=True),
                name="terms_one_default",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return self.name


class DebtorClass(models.TextChoices):
    """What the law looks at first: who the debtor is (law-fr, design rule c)."""

    UNKNOWN = "unknown", "À confirmer"
    BUSINESS = "business", "Entreprise"
    CONSUMER = "consumer", "Particulier"
    PUBLIC = "public", "Secteur public"
    FOREIGN = "foreign", "Étranger"


class Customer(TenantModel):
    """A debtor of one creditor, known by its auxiliary code."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    code = models.CharField("code", max_length=60)
    name = models.CharField("nom", max_length=200)
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    vat_number = models.CharField("n° de TVA", max_length=20, blank=True, default="")
    iban = models.CharField("IBAN", max_length=34, blank=True, default="", db_default="")
    debtor_class = models.CharField(
        "type", max_length=10, choices=DebtorClass.choices, default=DebtorClass.UNKNOWN
    )
    class_confirmed_at = models.DateTimeField("type confirmé le", null=True, blank=True)
    address_line1 = models.CharField("adresse", max_length=70, blank=True, default="")
    address_line2 = models.CharField("complément", max_length=70, blank=True, default="")
    postcode = models.CharField("code postal", max_length=16, blank=True, default="")
    city = models.CharField("ville", max_length=35, blank=True, default="")
    country = models.CharField("pays", max_length=2, default="FR")
    language = models.CharField("langue", max_length=5, default="fr")
    parent = TenantForeignKey(
        "self", models.PROTECT, null=True, blank=True, verbose_name="maison mère"
    )
    salesperson_id = models.BigIntegerField("commercial", null=True, blank=True)
    salesperson_name = models.CharField("nom du commercial", max_length=80, blank=True, default="")
    collector_id = models.BigIntegerField("chargé de recouvrement", null=True, blank=True)
    salesperson_rule_id = models.BigIntegerField("règle (commercial)", null=True)
    collector_rule_id = models.BigIntegerField("règle (recouvrement)", null=True)
    terms = TenantForeignKey(
        PaymentTerms, models.PROTECT, null=True, blank=True, verbose_name="conditions de règlement"
    )
    payment_method = models.CharField("mode de règlement", max_length=20, blank=True, default="")
    contract_rate = models.CharField("taux contractuel (%)", max_length=10, blank=True, default="")
    to_identify = models.BooleanField("à identifier", default=False)
    account = models.CharField("compte", max_length=20, blank=True, default="")
    note = models.TextField("note", blank=True, default="")
    batch_id = models.BigIntegerField("acte d'origine", null=True)
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        indexes = (
            models.Index(
                fields=("tenant", "parent"), condition=~Q(parent=None), name="customer_parent"
            ),
            models.Index(fields=("tenant", "siren"), condition=~Q(siren=""), name="customer_siren"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "code"), name="customer_code_once_per_creditor"
            ),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"), name="customer_siren_form"
            ),
            models.CheckConstraint(
                condition=Q(debtor_class__in=[choice.value for choice in DebtorClass]),
                name="customer_class_known",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def postal_lines(self) -> tuple[str, ...]:
        """Return the lines of an envelope under the name; France is not said."""
        town = f"{self.postcode} {self.city}".strip()
        country = "" if self.country in ("", "FR") else self.country
        every = (self.address_line1, self.address_line2, town, country)
        return tuple(line for line in every if line)


class Contact(TenantModel):
    """A person or mailbox at a customer; the reminders' one has the role `billing`."""

    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    name = models.CharField("nom", max_length=120, blank=True, default="")
    role = models.CharField("rôle", max_length=20, default="billing")
    email = models.EmailField("e-mail", blank=True, default="")
    phone = models.CharField("téléphone", max_length=30, blank=True, default="")
    mobile = models.CharField("mobile", max_length=30, blank=True, default="", db_default="")
    language = models.CharField("langue", max_length=5, blank=True, default="")
    channel = models.CharField("canal préféré", max_length=10, default="email")
    bounced_at = models.DateTimeField("adresse refusée le", null=True, blank=True)
    mobile_refused_at = models.DateTimeField("numéro refusé le", null=True, blank=True)
    phone_wrong = models.CharField(  # another number typed since is not wrong
        "numéro faux", max_length=30, blank=True, default="", db_default=""
    )
    batch_id = models.BigIntegerField("acte d'origine", null=True)
    created_at = models.DateTimeField("créé le", db_default=Now())

    class Meta:
        indexes = (
            models.Index(fields=("tenant", "customer"), name="contact_customer"),
            models.Index(fields=("tenant", "email"), name="contact_email", condition=~Q(email="")),
        )


class RecordChange(TenantModel):
    """What a file changed of a customer, or of a contact: the values before and after, by field.

    Undoing the file gives the first ones back, unless somebody changed them since. It goes with
    the contact that it speaks of.
    """

    batch = TenantForeignKey(Batch, models.CASCADE, verbose_name="acte")
    customer = TenantForeignKey(Customer, models.CASCADE, verbose_name="client")
    contact = TenantForeignKey(Contact, models.CASCADE, null=True, verbose_name="interlocuteur")
    is_new = models.BooleanField("créé par l'acte", default=False)
    before = models.JSONField("avant", default=dict)
    after = models.JSONField("après", default=dict)

    class Meta:
        indexes = (
            models.Index(fields=("tenant", "batch"), name="record_change_batch"),
            models.Index(fields=("tenant", "customer"), name="record_change_customer"),
            models.Index(fields=("tenant", "contact"), name="record_change_contact"),
        )


class PortfolioRule(TenantModel):
    """Which customers go to whom, tried in the order of `position`; an empty list asks nothing.

    A customer that a rule gave to somebody carries its id (`collector_rule_id`…); one that a person
    gave carries none, and no rule touches it.
    """

    creditor = TenantForeignKey(
        Creditor, models.CASCADE, null=True, blank=True, verbose_name="société"
    )
    part = models.CharField("comme", max_length=12)
    user_id = models.BigIntegerField("à qui")
    position = models.IntegerField("rang")
    postcodes = ArrayField(models.CharField(max_length=16), default=list)
    countries = ArrayField(models.CharField(max_length=2), default=list)
    classes = ArrayField(models.CharField(max_length=10), default=list)
    first_letter = models.CharField("de", max_length=1, blank=True, default="")
    last_letter = models.CharField("à", max_length=1, blank=True, default="")
    salesperson = models.BigIntegerField("commercial", null=True)
    open_from_cents = models.BigIntegerField("encours d'au moins", null=True)
    open_to_cents = models.BigIntegerField("encours de moins de", null=True)
    field_code = models.CharField("champ", max_length=30, blank=True, default="")
    field_value = models.CharField("valeur du champ", max_length=200, blank=True, default="")
    created_at = models.DateTimeField("créée le", db_default=Now())
    ended_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(part__in=("collector", "salesperson")), name="portfolio_rule_part_known"
            ),
        )


class CustomerMerge(BitemporalModel):
    """A duplicate and the customer that survives it; withdrawn, both stand alone again."""

    creditor_id = models.BigIntegerField("société")
    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client fusionné")
    survivor = TenantForeignKey(Customer, models.PROTECT, verbose_name="client conservé")
    reason = models.CharField("motif", max_length=200, blank=True, default="")
    author_id = models.BigIntegerField("auteur", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "customer"),
                condition=Q(undone_at=None),
                name="customer_merged_once",
            ),
            models.CheckConstraint(
                condition=~Q(customer=models.F("survivor")), name="customer_not_its_own_double"
            ),
        )


class NotDuplicates(TenantModel):
    """Two customers that look alike and are not one, as somebody said; `other` has the greater id.

    They are not proposed again.
    """

    customer = TenantForeignKey(Customer, models.PROTECT, verbose_name="client")
    other = TenantForeignKey(Customer, models.PROTECT, verbose_name="autre client")
    author_id = models.BigIntegerField("auteur", null=True)
    said_at = models.DateTimeField("dit le", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "customer", "other"), name="not_duplicates_said_once"
            ),
            models.CheckConstraint(
                condition=Q(customer__lt=models.F("other")), name="not_duplicates_in_order"
            ),
        )
