"""The parent customer: who a customer belongs to, never itself, however long the way round."""

from __future__ import annotations

from django.db import connection

from encours.kernel.refusal import Refusal
from encours.parties import faces
from encours.parties.models import Customer


class LoopOfParents(Refusal):
    """Following parents would come back to where it started."""


def refuse_loop(customer: Customer, *, parent_id: int) -> None:
    """Refuse a parent that depends on this customer, merged customers being those they became.

    One change of parent at a time in a tenant: two halves of a loop would not see each other.
    """
    tenant_id = customer.tenant_id
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('encours.parents'), %s)", [tenant_id])
    shown = dict(faces.faces(tenant_id).iter_rows())
    mine, above = shown.get(customer.pk, customer.pk), shown.get(parent_id, parent_id)
    if above == mine:
        raise LoopOfParents("Un client n'est pas sa propre maison mère.")
    rows = Customer.objects.of(tenant_id)
    climbed = {above}
    while True:
        found = rows.filter(id=above).values_list("parent_id", flat=True).first()
        if found is None:
            return
        above = shown.get(found, found)
        if above == mine:
            names = dict(rows.filter(id__in=(mine, parent_id)).values_list("id", "name"))
            raise LoopOfParents(
                f"{names[parent_id]} dépend déjà de {names[mine]} : "
                "l'un ne peut pas être la maison mère de l'autre."
            )
        if above in climbed:
            return
        climbed.add(above)
