"""Tenants, the creditors they work for, the people who work there and what they may do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from encours.tenancy.models.base import TenantForeignKey, TenantModel


class Tenant(models.Model):
    """An organisation that uses the program: a company group, an accounting firm, an agency."""

    name = models.CharField("nom", max_length=200)
    slug = models.SlugField("code", unique=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    sending_stopped_at = models.DateTimeField("envois arrêtés le", null=True, blank=True)
    currency = models.CharField("devise du groupe", max_length=3, default="EUR", db_default="EUR")
    approval = models.CharField("validation des envois", max_length=10, db_default="review")
    freshness_days = models.PositiveSmallIntegerField("fraîcheur des données", db_default=7)
    calendar = models.CharField("calendrier", max_length=20, db_default="FR")
    minimum_cents = models.BigIntegerField("montant minimum relancé (centimes)", null=True)
    min_spacing_days = models.PositiveSmallIntegerField("jours entre deux messages", null=True)
    contacts_a_week = models.PositiveSmallIntegerField("messages par semaine", db_default=3)
    contacts_across = models.BooleanField("comptés sur toutes les sociétés", db_default=False)
    penalty_rate = models.CharField(
        "taux contractuel (%)", max_length=10, blank=True, db_default=""
    )
    day_count = models.CharField("base de calcul", max_length=7, db_default="ACT_365")
    cycle_hour = models.PositiveSmallIntegerField("heure du cycle", db_default=6)
    send_from_hour = models.PositiveSmallIntegerField("envois à partir de", db_default=9)
    send_until_hour = models.PositiveSmallIntegerField("envois jusqu'à", db_default=18)
    time_zone = models.CharField("fuseau horaire", max_length=40, db_default="Europe/Paris")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(approval__in=("review", "auto")), name="tenant_approval_known"
            ),
            models.CheckConstraint(
                condition=Q(send_until_hour__gt=models.F("send_from_hour")),
                name="tenant_sends_some_hour",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Users(BaseUserManager["User"]):
    """Creates users, who are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user; without a password, one who can only be invited."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a user of the installation; business rows still need a membership."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """A person who logs in; what they may do is said by their memberships."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("adresse e-mail", unique=True)
    language = models.CharField("langue", max_length=5, default="fr")
    theme = models.CharField("apparence", max_length=5, default="auto")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[Users] = Users()  # type: ignore[assignment]

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_once"),)

    def __str__(self) -> str:
        return self.get_full_name() or self.email


class Creditor(TenantModel):
    """A legal entity that issues the invoices: who is owed, and how it signs and is paid.

    A setting of `tenancy.inherited` is null here where the tenant's holds: ask `in_force`.
    """

    code = models.CharField("code", max_length=20)
    name = models.CharField("raison sociale", max_length=200)
    siren = models.CharField("SIREN", max_length=9, blank=True, default="")
    vat_number = models.CharField("n° de TVA", max_length=14, blank=True, default="")
    legal_form = models.CharField("forme juridique", max_length=80, blank=True, default="")
    address_line1 = models.CharField("adresse", max_length=70, blank=True, default="")
    address_line2 = models.CharField("complément", max_length=70, blank=True, default="")
    postcode = models.CharField("code postal", max_length=16, blank=True, default="")
    city = models.CharField("ville", max_length=35, blank=True, default="")
    country = models.CharField("pays", max_length=2, default="FR")
    email = models.EmailField("e-mail", blank=True, default="")
    phone = models.CharField("téléphone", max_length=30, blank=True, default="")
    logo = models.BinaryField("logo", null=True, blank=True)
    logo_type = models.CharField("type du logo", max_length=20, blank=True, default="")
    currency = models.CharField("devise", max_length=3, default="EUR")
    signatory = models.CharField("signataire", max_length=120, blank=True, default="")
    signatory_role = models.CharField("fonction", max_length=120, blank=True, default="")
    sender_name = models.CharField("nom d'expéditeur", max_length=120, blank=True, default="")
    sender_email = models.EmailField("adresse d'expédition", blank=True, default="")
    reply_to = models.EmailField("adresse de réponse", blank=True, default="")
    rehearsal_email = models.EmailField("adresse de répétition", blank=True, default="")
    smtp = models.JSONField("serveur SMTP", default=dict, blank=True)
    smtp_password = models.TextField("mot de passe SMTP (chiffré)", blank=True, default="")
    sender_checked_at = models.DateTimeField("expéditeur vérifié le", null=True, blank=True)
    classes_confirmed_at = models.DateTimeField("types de clients confirmés le", null=True)
    triaged_at = models.DateTimeField("retards antérieurs triés le", null=True, blank=True)
    live_on = models.DateField("en service depuis", null=True, blank=True)
    sending_stopped_at = models.DateTimeField("envois arrêtés le", null=True, blank=True)
    approval = models.CharField(  # noqa: DJ001 - null: the tenant's
        "validation des envois", max_length=10, null=True
    )
    freshness_days = models.PositiveSmallIntegerField("fraîcheur des données", null=True)
    calendar = models.CharField(  # noqa: DJ001 - null: the tenant's
        "calendrier", max_length=20, null=True
    )
    minimum_cents = models.BigIntegerField("montant minimum relancé (centimes)", null=True)
    min_spacing_days = models.PositiveSmallIntegerField("jours entre deux messages", null=True)
    contacts_a_week = models.PositiveSmallIntegerField("messages par semaine", null=True)
    contacts_across = models.BooleanField("comptés sur toutes les sociétés", null=True)
    penalty_rate = models.CharField(  # noqa: DJ001 - null: the tenant's; empty: the legal rate
        "taux contractuel (%)", max_length=10, null=True, blank=True
    )
    day_count = models.CharField(  # noqa: DJ001 - null: the tenant's
        "base de calcul", max_length=7, null=True
    )
    cycle_hour = models.PositiveSmallIntegerField("heure du cycle", null=True)
    send_from_hour = models.PositiveSmallIntegerField("envois à partir de", null=True)
    send_until_hour = models.PositiveSmallIntegerField("envois jusqu'à", null=True)
    time_zone = models.CharField(  # noqa: DJ001 - null: the tenant's
        "fuseau horaire", max_length=40, null=True
    )
    settings = models.JSONField("réglages", default=dict, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "code"), name="creditor_code_once"),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^[0-9]{9}$"), name="creditor_siren_form"
            ),
            models.CheckConstraint(
                condition=Q(approval__in=("review", "auto")), name="creditor_approval_known"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def in_force(self, name: str) -> Any:
        """Return a setting as it holds: this creditor's own, else its tenant's."""
        own = getattr(self, name)
        return getattr(self.tenant, name) if own is None else own


class BankAccount(TenantModel):
    """Where a creditor is paid; a change waits for a second person before it is printed."""

    creditor = TenantForeignKey(Creditor, models.PROTECT, verbose_name="société")
    iban = models.CharField("IBAN", max_length=34)
    bic = models.CharField("BIC", max_length=11, blank=True, default="")
    holder_name = models.CharField("titulaire exact du compte", max_length=70)
    state = models.CharField("état", max_length=10, default="pending")
    is_default = models.BooleanField("compte par défaut", default=False)
    requested_by_id = models.BigIntegerField("demandé par", null=True)
    requested_at = models.DateTimeField("demandé le", db_default=Now())
    confirmed_by_id = models.BigIntegerField("confirmé par", null=True)
    confirmed_at = models.DateTimeField("confirmé le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "iban"),
                condition=~Q(state="retired"),
                name="bank_account_iban_once",
            ),
            models.UniqueConstraint(
                fields=("tenant", "creditor"),
                condition=Q(is_default=True, state="active"),
                name="bank_account_one_default",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("pending", "active", "retired")),
                name="bank_account_state_known",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by_id=None) | ~Q(confirmed_by_id=models.F("requested_by_id")),
                name="bank_account_two_people",
            ),
        )


class Role(models.TextChoices):
    """What a person does in the credit department."""

    ADMIN = "admin", "Administrateur"
    CREDIT_MANAGER = "credit_manager", "Credit manager"
    COLLECTOR = "collector", "Chargé de recouvrement"
    SALES = "sales", "Commercial"
    ACCOUNTANT = "accountant", "Comptable"
    READER = "reader", "Lecteur"


class Membership(TenantModel):
    """A person's role at a tenant, for all its creditors or for one."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="personne")
    creditor = TenantForeignKey(
        Creditor, models.CASCADE, null=True, blank=True, verbose_name="société"
    )
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    created_at = models.DateTimeField("depuis", db_default=Now())

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "user", "creditor"),
                name="membership_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(role__in=[choice.value for choice in Role]), name="role_known"
            ),
        )


class Invitation(TenantModel):
    """An e-mail that lets one person join; the link is signed, single use and expires."""

    email = models.EmailField("adresse e-mail")
    role = models.CharField("rôle", max_length=20, choices=Role.choices)
    creditor = TenantForeignKey(
        Creditor, models.CASCADE, null=True, blank=True, verbose_name="société"
    )
    token_digest = models.CharField(max_length=64)
    invited_by_id = models.BigIntegerField("invité par", null=True)
    created_at = models.DateTimeField("créée le", db_default=Now())
    expires_at = models.DateTimeField("expire le")
    accepted_at = models.DateTimeField("acceptée le", null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("tenant", "token_digest"), name="invitation_once"),
        )


class Absence(TenantModel):
    """Somebody away from a day to a day, and who looks after their customers meanwhile."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="personne")
    stand_in = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="remplaçant")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au (inclus)")
    author_id = models.BigIntegerField("saisie par", null=True)
    created_at = models.DateTimeField("saisie le", db_default=Now())
    withdrawn_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(user=models.F("stand_in")), name="absence_somebody_else"
            ),
        )


class CycleRun(TenantModel):
    """One stage of one day's cycle for a creditor: what ran, when, and how it ended."""

    creditor = TenantForeignKey(Creditor, models.CASCADE, verbose_name="société")
    on = models.DateField("jour")
    stage = models.CharField("étape", max_length=20)
    started_at = models.DateTimeField("début", db_default=Now())
    finished_at = models.DateTimeField("fin", null=True)
    outcome = models.JSONField("résultat", default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("tenant", "creditor", "on", "stage"), name="cycle_stage_once_a_day"
            ),
        )
