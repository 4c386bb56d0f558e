"""What people type about themselves."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

LANGUAGES = [("fr", "Français"), ("en", "English")]
THEMES = [("auto", _("Comme l'appareil")), ("light", _("Clair")), ("dark", _("Sombre"))]


class Profile(forms.Form):
    """One's own name, language and appearance."""

    name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES)
    theme = forms.ChoiceField(label=_("Apparence"), choices=THEMES, widget=forms.RadioSelect)


class Acceptance(forms.Form):
    """What a new person gives when they accept an invitation."""

    name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        min_length=12,
        help_text=_("Douze caractères au moins ; une phrase convient très bien."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Le même mot de passe, encore une fois"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse two different passwords."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("Les deux mots de passe diffèrent."))
        return again
