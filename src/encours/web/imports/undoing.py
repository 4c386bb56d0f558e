"""Undoing an import: what rests on it, row by row, or the button that restores what was before."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods

from encours.imports import actions
from encours.imports.queries import blockers
from encours.web.answers import telling
from encours.web.imports.ledger_files import import_or_404
from encours.web.rights import StaffRequest, needs
from encours.web.tables import Badge, Column, Table, answer, in_memory

KINDS: Final = {
    "import": Badge(lazy("Import plus récent"), "blue"),
    "allocation": Badge(lazy("Lettrage fait depuis"), "orange"),
    "customer": Badge(lazy("Fiche changée ou utilisée depuis"), "orange"),
    "note": Badge(lazy("Pénalités facturées depuis"), "orange"),
}

ADDRESSES: Final = {
    "import": "import_undo",
    "allocation": "invoice",
    "customer": "customer",
    "note": "invoice",
}


def _address(row: Any) -> str:
    return reverse(ADDRESSES[row["kind"]], args=[row["id"]])


def _customer(row: Any) -> str:
    return reverse("customer", args=[row["customer_id"]]) if row["customer_id"] else ""


BLOCKERS: Final = Table(
    name="blockers",
    caption=lazy("À défaire d'abord"),
    columns=(
        Column("kind", lazy("Quoi"), "badge", badges=KINDS),
        Column("name", lazy("Import, facture ou client"), link=_address),
        Column("customer_name", lazy("Client"), link=_customer),
        Column("amount_cents", lazy("Montant lettré"), "money"),
        Column("since", lazy("Depuis le"), "instant"),
    ),
    export_right="imports.read",
)


@require_http_methods(["GET", "POST"])
@needs("imports.write")
def undo(request: StaffRequest, import_id: int) -> HttpResponseBase:
    """Show what rests on an import; restore the ledger as before it when nothing does."""
    row = import_or_404(request, import_id, "imports.write")
    if request.method == "POST":
        with telling(request, _("Import annulé : l'état d'avant est revenu.")):
            actions.undo(
                tenant_id=request.tenant_id,
                import_id=row.id,
                user_id=request.access.user_id,
                today=timezone.localdate(),
            )
            return redirect("import_one", row.id)
        return redirect("import_undo", row.id)
    found = blockers.undoing(tenant_id=request.tenant_id, import_id=row.id)
    if found is None:
        return redirect("import_one", row.id)
    source = in_memory([asdict(one) for one in found.blockers])
    context = {"row": row, "count": len(found.blockers)}
    return answer(request, BLOCKERS, source, page="imports/undo.html", context=context)
