"""Where a creditor's answers come in: the mailbox, its consent, the address of a provider."""

from __future__ import annotations

import base64
import hashlib
import secrets as random
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.conf import settings as installation
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from encours.feeds.ports import CONSENTS, Unreachable
from encours.kernel.refusal import Refusal
from encours.replies import jobs
from encours.replies.actions import boxes, consents, fetching
from encours.replies.actions.boxes import Told
from encours.replies.queries import inboxes
from encours.replies.queries.inboxes import ShownInbox
from encours.replies.rules.proposing import HOLD_DAYS, HOLD_MAX
from encours.tenancy.queries.creditors import CreditorSettings
from encours.web.answers import telling
from encours.web.rights import StaffRequest, needs
from encours.web.settings.subject import may_write, shown, subject

SESSION: Final = "mail_consent"
ADMIN_RIGHT: Final = "users.manage"
HAS_SECRET: Final = lazy("Enregistré, chiffré ; laissez vide pour le garder.")
GROUPS: Final = (
    (lazy("La boîte"), ("auth", "user", "host", "port", "security", "folder", "password",
                        "client_id", "directory", "client_secret", "allows_private")),
    (lazy("Ce qui est lu, ce qui est retenu"), ("takes_all", "hold_days", "after", "done_folder",
                                                 "tags_addresses", "is_enabled")),
    (lazy("Prestataire d'envoi et service de lecture (facultatifs)"),
     ("signing_key", "reader_url", "reader_model", "reader_key")),
)  # fmt: skip


def _text(label: Any, *, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=300, required=False, help_text=help_text)


def _secret(label: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, max_length=2000, required=False, widget=widget)


class Inbox(forms.Form):
    """Everything about the answers of one creditor; secrets are never shown again."""

    auth = forms.ChoiceField(
        label=lazy("Connexion"),
        required=False,
        choices=[
            ("", lazy("Pas de boîte")),
            ("password", lazy("IMAP, mot de passe")),
            ("microsoft", lazy("Microsoft 365 (accès donné dans un navigateur)")),
            ("google", lazy("Google (accès donné dans un navigateur)")),
        ],
    )
    user = _text(lazy("Adresse de la boîte"))
    host = _text(lazy("Serveur IMAP"), help_text=lazy("Inutile pour Microsoft 365 et Google."))
    port = _text(lazy("Port"), help_text=lazy("Vide : 993, ou 143 en STARTTLS."))
    security = forms.ChoiceField(
        label=lazy("Sécurité"),
        required=False,
        choices=[
            ("tls", lazy("TLS")),
            ("starttls", lazy("STARTTLS")),
            ("none", lazy("Aucune, sur cette machine seulement")),
        ],
    )
    folder = _text(lazy("Dossier"), help_text=lazy("Vide : la boîte de réception."))
    password = _secret(lazy("Mot de passe"))
    client_id = _text(
        lazy("Identifiant de l'application"),
        help_text=lazy("Celle que votre administrateur a déclarée chez Microsoft ou Google."),
    )
    directory = _text(lazy("Annuaire Microsoft"), help_text=lazy("Vide : celui de l'adresse."))
    client_secret = _secret(lazy("Secret de l'application"))
    allows_private = forms.BooleanField(
        label=lazy("Permettre une adresse de réseau privé"),
        required=False,
        help_text=lazy("Réservé aux administrateurs, noté au journal."),
    )
    takes_all = forms.BooleanField(
        label=lazy("Boîte dédiée aux réponses : tout garder"),
        required=False,
        help_text=lazy("Sinon, seul ce qui vient d'un client ou parle d'une facture est gardé."),
    )
    hold_days = forms.IntegerField(
        label=lazy("Jours ouvrés de retenue"),
        min_value=0,
        max_value=HOLD_MAX,
        help_text=lazy("Combien de temps une réponse que personne n'a lue retient les relances."),
    )
    after = forms.ChoiceField(
        label=lazy("Une fois lue, la réponse"),
        required=False,
        choices=[
            ("leave", lazy("reste telle quelle dans la boîte")),
            ("flag", lazy("est marquée d'un drapeau")),
            ("move", lazy("est rangée dans un dossier")),
        ],
    )
    done_folder = _text(lazy("Dossier de rangement"))
    tags_addresses = forms.BooleanField(
        label=lazy("Numéroter l'adresse de réponse de chaque message"),
        required=False,
        help_text=lazy(
            "compta+r…@maison.fr : la réponse se rattache même si le client change de messagerie. "
            "Votre serveur doit accepter les adresses avec un « + »."
        ),
    )
    is_enabled = forms.BooleanField(label=lazy("Lire les réponses"), required=False)
    signing_key = _secret(lazy("Clé de signature Mailgun"))
    reader_url = forms.URLField(
        label=lazy("Service de lecture (interface OpenAI)"),
        required=False,
        assume_scheme="https",
        help_text=lazy(
            "Éteint tant qu'aucune adresse n'est donnée. Il ne reçoit que les mots des réponses "
            "que le programme ne sait pas lire, jamais un nom ni un montant dû."
        ),
    )
    reader_model = _text(lazy("Modèle"))
    reader_key = _secret(lazy("Clé du service"))

    def __init__(self, *args: Any, known: ShownInbox | None, is_admin: bool, **kwargs: Any) -> None:
        """Say which secrets are set; a private address is for administrators."""
        super().__init__(*args, **kwargs)
        for name in boxes.SECRETS:
            if name in self.fields and known and name in known.secrets_set:
                self.fields[name].help_text = HAS_SECRET
        self.fields["allows_private"].disabled = not is_admin

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the fields, grouped."""
        return [(title, [self[name] for name in names]) for title, names in GROUPS]

    def told(self) -> Told:
        """Return what was typed."""
        typed = self.cleaned_data
        return Told(
            settings={name: str(typed.get(name, "") or "") for name in boxes.SETTINGS},
            secrets={name: typed[name] for name in boxes.SECRETS if typed.get(name)},
            allows_private=typed["allows_private"],
            is_enabled=typed["is_enabled"],
            takes_all=typed["takes_all"],
            hold_days=typed["hold_days"],
            tags_addresses=typed["tags_addresses"],
        )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@needs("settings.read")
def replies(request: StaffRequest) -> HttpResponse:
    """Show and change where answers come in."""
    right = "settings.write" if request.method == "POST" else "settings.read"
    mine = subject(request, right)
    known = inboxes.inbox_of(tenant_id=request.tenant_id, creditor_id=mine.id)
    form = Inbox(
        request.POST or None,
        initial=_initial(request, mine, known),
        known=known,
        is_admin=request.access.may(ADMIN_RIGHT),
    )
    if request.method == "POST" and form.is_valid():
        try:
            boxes.set_inbox(
                tenant_id=request.tenant_id,
                creditor_id=mine.id,
                told=form.told(),
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
        except boxes.InvalidInbox as refusal:
            for name, sentence in refusal.by_field.items():
                form.add_error(name, sentence)
        else:
            messages.success(request, _("Réglages enregistrés : essayez la boîte."))
            return redirect("settings_replies")
    return _page(request, mine, known, form)


@require_POST
@needs("settings.write")
def try_now(request: StaffRequest) -> HttpResponse:
    """Try the mailbox once the transaction is over; the page that follows says how it went."""
    mine = subject(request, "settings.write")

    def tried() -> None:
        try:
            is_good, sentence = fetching.try_inbox(tenant_id=request.tenant_id, creditor_id=mine.id)
        except Refusal as refusal:
            is_good, sentence = False, str(refusal)
        (messages.success if is_good else messages.error)(request, sentence)

    transaction.on_commit(tried)
    return redirect("settings_replies")


@require_POST
@needs("settings.write")
def read_now(request: StaffRequest) -> HttpResponse:
    """Ask for a pass now."""
    mine = subject(request, "settings.write")
    known = inboxes.inbox_of(tenant_id=request.tenant_id, creditor_id=mine.id)
    if known is None:
        raise Http404
    jobs.fetch_soon(tenant_id=request.tenant_id, inbox_id=known.id)
    messages.success(request, _("La boîte est lue dans l'instant."))
    return redirect("settings_replies")


@require_POST
@needs("settings.write")
def token(request: StaffRequest) -> HttpResponse:
    """Make a new address for a provider, shown on this page only."""
    mine = subject(request, "settings.write")
    with telling(request):
        made = boxes.new_token(
            tenant_id=request.tenant_id,
            creditor_id=mine.id,
            actor_id=request.access.user_id,
            today=timezone.localdate(),
        )
        address = f"{installation.PUBLIC_URL}/api/v1/replies/{made}"
        page = render(request, "replies/token.html", {"creditor": mine, "address": address})
        page["Cache-Control"] = "no-store"
        return page
    return redirect("settings_replies")


@require_POST
@needs("settings.write")
def consent(request: StaffRequest) -> HttpResponse:
    """Send the owner of the mailbox to their provider, to let us read it."""
    mine = subject(request, "settings.write")
    with telling(request):
        account = consents.account(tenant_id=request.tenant_id, creditor_id=mine.id)
        state, verifier = random.token_urlsafe(24), random.token_urlsafe(48)
        request.session[SESSION] = {"state": state, "verifier": verifier, "creditor": mine.id}
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        where = CONSENTS[account.settings["auth"]](account)
        return HttpResponseRedirect(where.address(state=state, challenge=challenge, back=_back()))
    return redirect("settings_replies")


@require_GET
@needs("settings.write")
def back(request: StaffRequest) -> HttpResponse:
    """Take what the provider brings back; only what this very session asked for."""
    asked = request.session.pop(SESSION, None)
    is_ours = isinstance(asked, Mapping) and random.compare_digest(
        str(asked["state"]).encode(), request.GET.get("state", "").encode()
    )
    if not is_ours:
        raise Http404
    creditor_id, code = int(asked["creditor"]), request.GET.get("code", "")
    if not request.access.may("settings.write", creditor_id):
        raise PermissionDenied
    if not code:
        messages.error(request, _("L'accès n'a pas été donné."))
        return redirect("settings_replies")

    def exchanged() -> None:
        try:
            consents.take(
                tenant_id=request.tenant_id,
                creditor_id=creditor_id,
                code=code,
                verifier=str(asked["verifier"]),
                back=_back(),
                actor_id=request.access.user_id,
                today=timezone.localdate(),
            )
        except (Unreachable, Refusal) as problem:
            messages.error(request, str(problem))
        else:
            messages.success(request, _("Boîte connectée."))

    transaction.on_commit(exchanged)
    return redirect("settings_replies")


def _back() -> str:
    return f"{installation.PUBLIC_URL}{reverse('settings_replies_back')}"


def _initial(
    request: StaffRequest, mine: CreditorSettings, known: ShownInbox | None
) -> dict[str, Any]:
    tags = inboxes.tags_addresses(tenant_id=request.tenant_id, creditor_id=mine.id)
    if known is None:
        return {"hold_days": HOLD_DAYS, "is_enabled": True, "tags_addresses": tags}
    return {
        **known.settings,
        "allows_private": known.allows_private,
        "takes_all": known.takes_all,
        "hold_days": known.hold_days,
        "is_enabled": known.is_enabled,
        "tags_addresses": tags,
    }


def _page(
    request: StaffRequest, mine: CreditorSettings, known: ShownInbox | None, form: Inbox
) -> HttpResponse:
    auth = str(known.settings.get("auth", "")) if known else ""
    context = {
        "creditor": mine,
        "form": form,
        "inbox": known,
        "unread": inboxes.unread(tenant_id=request.tenant_id, inbox_id=known.id) if known else [],
        "has_mailbox": bool(auth),
        "needs_consent": auth in ("microsoft", "google"),
        "back": _back(),
        "may_write": may_write(request, mine.id),
    }
    return shown(request, "replies/settings.html", context)
