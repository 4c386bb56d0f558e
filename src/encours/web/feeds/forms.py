"""What is typed of a source; each kind has its own fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.feeds.actions.sources import Told
from encours.feeds.queries.sources import ShownSource
from encours.feeds.rules.kinds import KINDS, Field
from encours.web.feeds import words

FIXED: Final = frozenset({"folder", "push", "pennylane", "quickbooks"})
"""Kinds that call no address that somebody typed."""

HAS_SECRET: Final = _("Enregistré, chiffré ; laissez vide pour le garder.")


class Source(forms.Form):
    """A source of one kind; secrets are never shown again."""

    name = forms.CharField(label=_("Nom"), max_length=80)
    creditor = forms.TypedChoiceField(
        label=_("Société"), required=False, coerce=int, empty_value=None
    )
    schedule = forms.CharField(
        label=_("Passages"),
        max_length=200,
        required=False,
        help_text=_(
            "15 : tous les quarts d'heure ; 06:30, 13:00 : à ces heures. Vide : à la main."
        ),
    )
    fresh_hours = forms.IntegerField(
        label=_("Limite de fraîcheur (heures)"),
        min_value=0,
        max_value=24 * 366,
        required=False,
        help_text=_("Au-delà, plus aucune relance automatique. 0 : sans limite."),
    )
    mapping = forms.TypedChoiceField(
        label=_("Correspondance des colonnes"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_("Pour les tableaux dont les en-têtes ne suffisent pas."),
    )
    allows_private = forms.BooleanField(
        label=_("Permettre une adresse de réseau privé"),
        required=False,
        help_text=_("Réservé aux administrateurs, noté au journal."),
    )

    def __init__(
        self,
        *args: Any,
        kind: str,
        creditors: Sequence[tuple[int, str]],
        mappings: Sequence[tuple[int, str]],
        is_admin: bool,
        may_be_anybodys: bool,
        known: ShownSource | None = None,
        **kwargs: Any,
    ) -> None:
        """Add the fields of the kind, after the name and the creditor."""
        given = {**_defaults(kind), **(_initial(known) if known else {})}
        kwargs["initial"] = {**given, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.kind = KINDS[kind]
        anybody = [("", _("Selon le nom de chaque fichier"))] if may_be_anybodys else []
        self._choose("creditor", [*anybody, *creditors])
        self._choose("mapping", [("", _("Reconnue par les en-têtes")), *mappings])
        for one in self.kind.fields:
            self.fields[one.name] = _field(one, has_secret=bool(known and known.secrets_set))
        if self.kind.brings == "pushed":
            del self.fields["schedule"]
        if self.kind.brings == "rows":
            del self.fields["mapping"]
        if not is_admin or kind in FIXED:
            del self.fields["allows_private"]
        own = [one.name for one in self.kind.fields]
        self.order_fields(["name", "creditor", *own])

    def _choose(self, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = choices

    def told(self, known: ShownSource | None) -> Told:
        """Return what was typed; a permission that was not on the form stays as it was."""
        given = self.cleaned_data
        secrets = self.kind.secrets
        named = {one.name: str(given.get(one.name) or "") for one in self.kind.fields}
        private = given.get("allows_private", bool(known and known.allows_private))
        return Told(
            name=given["name"],
            creditor_id=given["creditor"],
            settings={name: text for name, text in named.items() if name not in secrets},
            secrets={name: text for name, text in named.items() if name in secrets},
            schedule=given.get("schedule", ""),
            fresh_hours=given["fresh_hours"] or 0,
            mapping_id=given.get("mapping"),
            allows_private=bool(private),
        )

    def refuse(self, by_field: Mapping[str, str]) -> None:
        """Put each refusal under its field."""
        for name, sentence in by_field.items():
            self.add_error(name if name in self.fields else None, sentence)


def _defaults(kind: str) -> dict[str, Any]:
    known = KINDS[kind]
    own = {one.name: one.default for one in known.fields}
    return {"schedule": known.schedule, "fresh_hours": known.fresh_hours, **own}


def _initial(known: ShownSource) -> dict[str, Any]:
    return {
        **known.settings,
        "name": known.name,
        "creditor": known.creditor_id,
        "schedule": known.schedule,
        "fresh_hours": known.fresh_hours,
        "mapping": known.mapping_id,
        "allows_private": known.allows_private,
    }


def _field(one: Field, *, has_secret: bool) -> forms.Field:
    label, hint = words.FIELDS[one.name]
    if one.choices:
        names = words.CHOICES[one.name]
        return forms.ChoiceField(
            label=label, choices=[(value, names[value]) for value in one.choices], help_text=hint
        )
    widget: forms.Widget = forms.TextInput()
    if one.is_long:
        widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"})
    elif one.is_secret:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    if one.is_secret and has_secret:
        hint = HAS_SECRET
    required = one.is_required and not (one.is_secret and has_secret)
    return forms.CharField(
        label=label, required=required, widget=widget, help_text=hint, strip=not one.is_secret
    )
