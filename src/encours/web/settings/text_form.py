"""The form of a text, its address, and what was typed in it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from encours.dunning.actions.texts import Which
from encours.dunning.texts.shipped import STEPS as NAMES
from encours.dunning.texts.shipped import phrases
from encours.dunning.texts.words import PARTS
from encours.dunning.texts.words import Text as Words
from encours.messaging.rules.notice import LANGUAGES, Language
from encours.web.rights import StaffRequest
from encours.web.settings.level import KEY, WHOLE, Level


class Template(forms.Form):
    """The four parts of a text."""

    subject = forms.CharField(
        label=lazy("Objet"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    email = forms.CharField(
        label=lazy("Message (e-mail)"),
        max_length=12_000,
        widget=forms.Textarea(attrs={"rows": 22}),
        help_text=lazy(
            "Un paragraphe par ligne vide. {{ table }} place le tableau et le règlement, "
            "{{ signature }} la signature : ce qui suit est en petits caractères."
        ),
    )
    letter = forms.CharField(
        label=lazy("Courrier"),
        max_length=12_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=lazy("Vide : le courrier dit ce que dit l'e-mail."),
    )
    short = forms.CharField(
        label=lazy("Message court (SMS)"),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def text(self, language: Language) -> Words:
        """Return what was typed, right or wrong."""
        typed = {name: str(self.data.get(name, "")) for name in self.fields}
        return worded(typed, language)


def worded(typed: Mapping[str, str], language: Language) -> Words:
    """Return what was typed as a text."""
    parts = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in PARTS}
    return Words.of_parts(parts, phrases(language))


def which_of(request: StaffRequest, mine: Level, name: str, language: str) -> Which:
    """Return the text that the address names, or 404."""
    asked = request.POST if request.method == "POST" else request.GET
    tongue = next((one for one in LANGUAGES if one == language), None)
    if name not in NAMES or tongue is None:
        raise Http404
    return Which(mine.creditor_id, asked.get("jeu", "").strip(), name, tongue)


def address(mine: Level, url_name: str, name: str, language: str, code: str, **more: str) -> str:
    """Return where a text is, at the same level."""
    asked = {**({} if mine.creditor else {KEY: WHOLE}), **({"jeu": code} if code else {}), **more}
    url = reverse(url_name, args=[name, language])
    return f"{url}?{urlencode(asked)}" if asked else url
