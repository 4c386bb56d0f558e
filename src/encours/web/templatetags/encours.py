"""Filters and tags of the site: amounts, dates, icons, form fields, charts."""

from __future__ import annotations

from typing import Any, Final

from django import forms, template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from encours.web import formats

register = template.Library()
register.filter("money", formats.money)
register.filter("day", formats.day)
register.filter("instant", formats.instant)
register.filter("month", formats.month)
register.filter("count", formats.count)
register.filter("percent", formats.percent)

WIDGET_CSS: Final = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.Select, "form-select"),
)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of our own sprite; silent for screen readers unless it has a label."""
    address = f"{static('site/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>',
            label,
            address,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.inclusion_tag("components/field.html")
def field(bound: forms.BoundField, *, unlabeled: bool = False) -> dict[str, Any]:
    """Draw one form field: label, control, help and errors, tied together for assistive tools."""
    widget = bound.field.widget
    css = next((css for kind, css in WIDGET_CSS if isinstance(widget, kind)), "form-control")
    attrs: dict[str, Any] = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    if bound.errors:
        attrs["class"] += " is-invalid"
    if isinstance(widget, forms.DateInput):
        widget.input_type = "date"
        widget.format = "%Y-%m-%d"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
        "is_group": isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)),
        "unlabeled": unlabeled,
    }


@register.inclusion_tag("components/chart.html")
def chart(name: str, options: Any, label: str, *, kind: str = "money") -> dict[str, Any]:
    """Draw an ECharts figure from its options as data; `label` says what a reader would see.

    `kind` (money, count, percent) tells how the values are written on axes and in tooltips.
    """
    return {"options_id": f"chart-{name}", "options": options, "label": label, "kind": kind}
