"""Writes all that is held of one person into one archive that a person can read (GDPR art. 15)."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Any, Final

from encours.custody.actions.erasing import NoSuchPerson, decisions
from encours.custody.actions.export import INDEX, add_document, add_message, index_row
from encours.custody.archive import Archive
from encours.custody.queries import catalogue, persons
from encours.custody.queries.persons import PersonCard
from encours.custody.rules.erasure import Decision
from encours.messaging.models import MessageContent
from encours.replies.queries import senders
from encours.tenancy.journal import record
from encours.tenancy.models import Fact
from encours.tenancy.persons import Person, opened_values

NAMES: Final = {
    "contact": "la fiche de l'interlocuteur",
    "contacts": "les interlocuteurs",
    "note": "la note libre",
    "identity": "nom, adresse et identifiants",
    "ledger": "factures, règlements et lettrages",
    "messages": "les messages envoyés et les réponses reçues",
    "document": "une pièce gardée",
    "mandates": "les mandats de prélèvement",
    "standing": "les motifs notés (litiges, promesses, profils…)",
    "journal": "les valeurs personnelles du journal",
}
PAGE: Final = """<!doctype html>
<html lang="fr"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}}
td,th{{text-align:left;padding:.3rem .8rem .3rem 0;vertical-align:top;border-bottom:1px solid #ddd}}
</style><h1>{title}</h1>
<p>Fait le {day}. Voici tout ce qui est gardé à votre sujet. Les fichiers CSV s'ouvrent dans un
tableur, <code>journal.json</code> dans un éditeur de texte.</p>
<h2>Ce que contient cette archive</h2><ul>{files}</ul>
<h2>Combien de temps, et pourquoi</h2>
<table><tr><th>Quoi</th><th>Pourquoi</th><th>Jusqu'au</th></tr>
{kept}</table></html>
"""


def write_access(
    into: IO[bytes], *, tenant_id: int, person: Person, actor_id: int | None = None, today: date
) -> int:
    """Write the archive within the caller's door; return how many files it holds."""
    card = persons.person_card(tenant_id=tenant_id, person=person)
    if card is None:
        raise NoSuchPerson
    archive = Archive(into)
    files = [*_tables(archive, card), *_files(archive, card, tenant_id)]
    told = list(_journal(card, tenant_id))
    archive.add_text("journal.json", json.dumps(told, ensure_ascii=False, indent=1))
    made = decisions(tenant_id=tenant_id, person=person, today=today)
    archive.add_text("LISEZMOI.html", _page(card, [*files, "journal.json"], made, today))
    record(
        "person.access_given",
        tenant_id=tenant_id,
        subject=person,
        effective_on=today,
        actor_id=actor_id,
        creditor_id=card.creditor_id,
    )
    return archive.close()


def _tables(archive: Archive, card: PersonCard) -> Iterator[str]:
    """Write the person's rows, and for a customer every table that names one of them."""
    kind = card.person[0]
    for table in catalogue.tables():
        if table.name == f"parties_{kind}":
            rows = catalogue.rows_as_csv(table, where="id", ids=card.ids)
        elif kind == "customer" and table.has("customer_id"):
            rows = catalogue.rows_as_csv(table, where="customer_id", ids=card.ids)
        else:
            continue
        archive.add(f"{table.name}.csv", rows)
        yield f"{table.name}.csv"


def _files(archive: Archive, card: PersonCard, tenant_id: int) -> Iterator[str]:
    """Write what was sent to the person, and the files of a customer."""
    sent = [number for number, _ in persons.messages_of(tenant_id=tenant_id, card=card)]
    contents = MessageContent.objects.of(tenant_id).filter(message_id__in=sent).order_by("pk")
    for content in contents.iterator(chunk_size=20):
        add_message(archive, content, "messages")
    yield "messages/"
    answered = [number for number, _ in persons.replies_of(tenant_id=tenant_id, card=card)]
    for one in senders.wrote(tenant_id=tenant_id, reply_ids=answered):
        words = f"{one.on:%d/%m/%Y}\n{one.subject}\n\n{one.text}\n"
        archive.add_text(f"reponses/{one.reply_id}.txt", words)
    if answered:
        yield "reponses/"
    if card.person[0] != "customer":
        return
    found = persons.documents_of(tenant_id=tenant_id, card=card)
    index = [index_row(add_document(archive, row, "documents"), row) for row in found]
    archive.add_rows("documents/index.csv", [INDEX, *index])
    yield "documents/"


def _journal(card: PersonCard, tenant_id: int) -> Iterator[dict[str, Any]]:
    """Yield the facts about a person, their own values opened."""
    found = Fact.objects.of(tenant_id).filter(subject_type=card.person[0], subject_id__in=card.ids)
    for fact in found.order_by("pk"):
        yield {
            "quand": fact.recorded_at.isoformat(),
            "fait": fact.verb,
            "elements": {
                name: value for name, value in fact.data.items() if name not in {"sealed", "person"}
            },
            "valeurs": opened_values(tenant_id=tenant_id, data=fact.data),
        }


def _page(card: PersonCard, files: Sequence[str], made: Sequence[Decision], today: date) -> str:
    rows = "".join(
        f"<tr><td>{NAMES[one.what]}</td><td>{html.escape(one.basis)}</td>"
        f"<td>{f'{one.until:%d/%m/%Y}' if one.until else ''}</td></tr>"
        for one in made
        if one.outcome == "kept"
    )
    return PAGE.format(
        title=html.escape(f"Données de {card.name}"),
        day=f"{today:%d/%m/%Y}",
        files="".join(f"<li>{html.escape(name)}</li>" for name in files),
        kept=rows or "<tr><td colspan=3>Rien n'est gardé au-delà de votre demande.</td></tr>",
    )
