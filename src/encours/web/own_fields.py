"""The tenant's own fields on screen: columns, filters and forms made of their definitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from encours.attributes import queries, rules
from encours.attributes.rules import Condition, Field, Kind, Subject
from encours.kernel.money import decimal_text
from encours.web import formats
from encours.web.rights import StaffRequest
from encours.web.tables import Badge, Column, Filter
from encours.web.tables.columns import Kind as ColumnKind
from encours.web.wording import Text

KINDS: Final[Mapping[Kind, Text]] = {
    "text": _("Texte"),
    "number": _("Nombre"),
    "amount": _("Montant"),
    "date": _("Date"),
    "choice": _("Choix dans une liste"),
    "yes_no": _("Oui ou non"),
}
YES_NO: Final[Mapping[Any, Badge]] = {True: Badge(_("Oui"), "green"), False: Badge(_("Non"))}
YES_NO_CHOICES: Final = (("", "–"), ("oui", _("Oui")), ("non", _("Non")))
_COLUMNS: Final[Mapping[Kind, ColumnKind]] = {
    "text": "text",
    "number": "number",
    "amount": "money",
    "date": "date",
    "choice": "text",
    "yes_no": "badge",
}
_EXAMPLES: Final[Mapping[Kind, Text]] = {
    "number": _("> 10, ou 10..20"),
    "amount": _("> 1000, ou 100..500"),
    "date": _(">= 01/01/2026"),
}


def listed(request: StaffRequest, subject: Subject) -> list[Field]:
    """Return the fields that a list shows; a file that leaves has them all."""
    is_file = bool(request.GET.get("export"))
    return queries.fields(tenant_id=request.tenant_id, subject=subject, in_lists=not is_file)


def columns(fields: Sequence[Field]) -> tuple[Column, ...]:
    """Return one column per field."""
    return tuple(
        Column(
            f"own.{one.code}",
            one.label,
            _COLUMNS[one.kind],
            badges=YES_NO if one.kind == "yes_no" else None,
        )
        for one in fields
    )


def filters(fields: Sequence[Field]) -> tuple[Filter, ...]:
    """Return one filter per field, behind « Plus de filtres »."""
    return tuple(_filter(one) for one in fields)


def _filter(field: Field) -> Filter:
    key = _key(field)
    if field.kind == "yes_no":
        return Filter(key, field.label, "select", YES_NO_CHOICES, is_more=True)
    if field.kind == "choice":
        choices = (("", "–"), *((one, one) for one in field.choices))
        return Filter(key, field.label, "select", choices, is_more=True)
    example = _EXAMPLES.get(field.kind, "")
    return Filter(key, field.label, placeholder=example, is_more=True)


def conditions(fields: Sequence[Field], given: Mapping[str, str]) -> list[Condition]:
    """Return what the filters ask; what cannot be read asks nothing."""
    asked = (rules.condition(one, given.get(_key(one), "")) for one in fields)
    return [one for one in asked if one is not None]


def _key(field: Field) -> str:
    return f"own_{field.code}"


class Values(forms.Form):
    """The values of one customer or invoice, as a person types them."""

    prefix = "own"

    def __init__(self, *args: Any, fields: Sequence[Field], **kwargs: Any) -> None:
        """Ask for each field in its own way."""
        super().__init__(*args, **kwargs)
        self._kinds = {one.code: one for one in fields}
        for one in fields:
            self.fields[one.code] = _control(one, self.initial.get(one.code, ""))

    def clean(self) -> dict[str, Any]:
        """Say beside each field what cannot be read."""
        given = super().clean() or self.cleaned_data
        for code, text in list(given.items()):
            if text == self.initial.get(code):
                continue
            try:
                rules.canonical(self._kinds[code], text)
            except ValueError as problem:
                self.add_error(code, str(problem))
        return given


def _control(field: Field, held: str) -> forms.Field:
    """Return the control of a field; a choice that is offered no more stays while it is held."""
    if field.kind == "yes_no":
        return forms.ChoiceField(label=field.label, choices=YES_NO_CHOICES, required=False)
    if field.kind == "choice":
        offered = dict.fromkeys(one for one in (*field.choices, held) if one)
        choices = [("", "–"), *((one, one) for one in offered)]
        return forms.ChoiceField(label=field.label, choices=choices, required=False)
    modes = {"number": "decimal", "amount": "decimal", "date": "numeric"}
    attributes = {"inputmode": modes.get(field.kind, "text"), "autocomplete": "off"}
    return forms.CharField(
        label=field.label,
        required=False,
        max_length=rules.TEXT_MAX,
        widget=forms.TextInput(attrs=attributes),
    )


def initial(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
    """Return values as a person would type them."""
    return {one.code: _typed(one, values.get(one.code)) for one in fields}


def shown(fields: Sequence[Field], values: Mapping[str, Any]) -> list[tuple[Text, Text]]:
    """Return each field and its value, written for the reader."""
    return [(one.label, _written(one, values.get(one.code))) for one in fields]


def _typed(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if field.kind == "amount":
        return decimal_text(value).replace(".", ",")
    if field.kind == "date":
        return f"{value:%d/%m/%Y}"
    if field.kind == "yes_no":
        return "oui" if value else "non"
    return str(value)


def _written(field: Field, value: Any) -> Text:
    if field.kind == "yes_no":
        return YES_NO[value].label if value in YES_NO else formats.NONE
    return formats.text(_COLUMNS[field.kind], value)
