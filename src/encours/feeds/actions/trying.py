"""Tries a source without taking anything: it answers, or what is wrong is said in French."""

from __future__ import annotations

from encours.feeds.actions import sources
from encours.feeds.models import Source
from encours.feeds.ports import CONNECTORS, FILE_SOURCES, Unreachable
from encours.feeds.rules.kinds import KINDS
from encours.tenancy.scope import in_tenant


def try_source(*, tenant_id: int, source_id: int) -> tuple[bool, str]:
    """Open a source outside any transaction; return whether it answers, and its sentence."""
    with in_tenant(tenant_id):
        rows = Source.objects.of(tenant_id).filter(pk=source_id, removed_at=None)
        source = rows.select_related("tenant", "creditor__tenant").first()
    if source is None:
        raise sources.UnknownSource
    if KINDS[source.kind].brings == "pushed":
        return True, "L'adresse de dépôt attend les fichiers de votre programme."
    try:
        return True, _checked(source)
    except Unreachable as problem:
        return False, str(problem)


def _checked(source: Source) -> str:
    if KINDS[source.kind].brings == "rows":
        return CONNECTORS[source.kind](sources.account_of(source)).check()
    opened = FILE_SOURCES[source.kind](sources.account_of(source))
    try:
        return opened.check()
    finally:
        opened.close()
