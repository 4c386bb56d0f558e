"""The form of a scenario of one's own: a name, and what it begins as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class NewScenario(forms.Form):
    """How it is called, and the scenario whose steps it takes."""

    name = forms.CharField(label=_("Nom"), max_length=80)
    like = forms.ChoiceField(label=_("À partir de"), required=False)

    prefix = "nouveau"

    def __init__(
        self, posted: Mapping[str, Any] | None = None, *, scenarios: list[tuple[str, Any]]
    ) -> None:
        """Offer the scenarios in force, and none."""
        super().__init__(posted)
        field = self.fields["like"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Une seule relance, à J+7")), *scenarios]
