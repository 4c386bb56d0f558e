"""`aged-balance`, `open-items`, `statement`: who owes what, at any date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any

import typer

from encours.cli import common
from encours.cli.common import AsOf, Creditor, Currency, Json, Place, Tenant, euros
from encours.parties import queries as parties
from encours.receivables.queries import ageing, items
from encours.receivables.queries import statement as statements
from encours.receivables.queries.ageing import AgedBalance, GroupBy
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.statement import Statement
from encours.receivables.rules.ageing import AgeBy
from encours.standing import queries as standing

app = typer.Typer()
KnownAt = Annotated[
    datetime | None, typer.Option("--known-at", help="Tel que connu à cet instant (maintenant).")
]
HEADS = {
    "open": "Encours",
    "not_due": "Non échu",
    "d1_30": "1-30 j",
    "d31_60": "31-60 j",
    "d61_90": "61-90 j",
    "d90_plus": "> 90 j",
    "unallocated": "Non imputé",
    "net": "Net",
}
STATUSES = {
    "open": "ouverte",
    "partial": "réglée en partie",
    "paid": "réglée",
    "disputed": "en litige",
    "promised": "promise",
    "plan": "échéancier",
    "paused": "en pause",
    "answered": "réponse à traiter",
    "insolvent": "procédure collective",
    "protected": "majeur protégé",
    "deceased": "décès",
    "handed_over": "au contentieux",
    "assigned": "cédée",
    "direct_debit": "prélèvement en cours",
    "rejected": "facture rejetée",
    "credit_expected": "avoir attendu",
    "direct_payer": "paiement direct",
}


@app.command("aged-balance")
def aged_balance(
    creditor: Creditor,
    as_of: AsOf = None,
    currency: Currency = "",
    by: Annotated[AgeBy, typer.Option(help="Âge compté de l'échéance ou de l'émission.")] = (
        AgeBy.DUE
    ),
    group_by: Annotated[GroupBy, typer.Option(help="Une ligne par…")] = GroupBy.CUSTOMER,
    known_at: KnownAt = None,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Balance âgée : l'encours de chaque client, par tranche de retard."""
    with common.at_creditor(creditor, tenant) as place:
        moment = _moment(place, as_of, currency, known_at)
        if group_by is GroupBy.CURRENCY:
            moment = replace(moment, currency=currency or None)
        balance = ageing.aged_balance(moment, by=by, group_by=group_by)
        if as_json:
            common.print_json(balance.json_text())
        else:
            _show_balance(place, balance)


@app.command("open-items")
def open_items(
    creditor: Creditor,
    as_of: AsOf = None,
    currency: Currency = "",
    customer: Annotated[str, typer.Option(help="Code d'un client.")] = "",
    with_settled: Annotated[bool, typer.Option("--all", help="Avec les échéances soldées.")] = (
        False
    ),
    known_at: KnownAt = None,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Échéances ouvertes, une à une."""
    with common.at_creditor(creditor, tenant) as place:
        moment = _moment(place, as_of, currency, known_at, customer)
        if not currency:
            moment = replace(moment, currency=None)
        found = standing.open_items(moment, with_settled=with_settled)
        if as_json:
            common.print_json(items.items_json(found))
            return
        common.print_table(
            f"{place.name} : échéances ouvertes au {moment.as_of:%d/%m/%Y}",
            ("Client", "Pièce", "Émise le", "Échéance", ">Montant", ">Reste dû", "État"),
            [_item(row) for row in found.iter_rows(named=True)],
        )


@app.command("statement")
def statement(
    creditor: Creditor,
    customer: Annotated[str, typer.Option(help="Code du client.")],
    from_on: Annotated[
        date | None, typer.Option("--from", parser=common.parse_day, help="Premier jour.")
    ] = None,
    to_on: Annotated[
        date | None, typer.Option("--to", parser=common.parse_day, help="Dernier jour.")
    ] = None,
    currency: Currency = "",
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Relevé de compte d'un client : mouvements entre deux dates et reste dû."""
    with common.at_creditor(creditor, tenant) as place:
        moment = _moment(place, to_on, currency, None, customer)
        first = from_on or date(moment.as_of.year, 1, 1)
        told = statements.statement(moment, from_on=first)
        told = replace(told, items=standing.with_status(told.items, standing.facts_frame(moment)))
        if as_json:
            common.print_json({"customer": customer, **told.as_json()})
        else:
            _show_statement(customer, told)


def _moment(
    place: Place,
    as_of: date | None,
    currency: str,
    known_at: datetime | None,
    customer: str = "",
) -> Moment:
    customer_id = None
    if customer:
        customer_id = parties.customer_by_code(
            tenant_id=place.tenant_id, creditor_id=place.creditor_id, code=customer
        )
        if customer_id is None:
            common.refuse(f"Aucun client n'a le code « {customer} » chez {place.name}.")
    if known_at is not None and known_at.tzinfo is None:
        known_at = known_at.replace(tzinfo=common.PARIS)
    return Moment(
        tenant_id=place.tenant_id,
        creditor_ids=(place.creditor_id,),
        as_of=as_of or place.today,
        currency=currency.upper() or place.currency,
        known_at=known_at,
        customer_id=customer_id,
    )


def _show_balance(place: Place, balance: AgedBalance) -> None:
    amounts = balance.amounts
    money = balance.moment.currency or ""
    rows = [
        (row["code"], row["name"], *(euros(row[name], money or row["code"]) for name in amounts))
        for row in balance.rows.iter_rows(named=True)
    ]
    if money:
        totals = balance.totals
        rows.append(("", "Total", *(euros(totals[name], money) for name in amounts)))
    common.print_table(
        f"{place.name} : balance âgée au {balance.moment.as_of:%d/%m/%Y}",
        ("Code", "Nom", *(f">{HEADS[name]}" for name in amounts)),
        rows,
    )


def _item(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        f"{row['customer']} {row['customer_name']}",
        row["document"],
        f"{row['issued_on']:%d/%m/%Y}",
        f"{row['due_on']:%d/%m/%Y}",
        euros(row["amount_cents"], row["currency"]),
        euros(row["open_cents"], row["currency"]),
        STATUSES[row["status"]],
    )


def _show_statement(customer: str, told: Statement) -> None:
    rows = [("", "", "Solde à l'ouverture", "", "", euros(told.opening_cents, told.currency))]
    rows += [
        (
            f"{move.on:%d/%m/%Y}",
            move.document,
            move.label,
            euros(move.debit_cents, told.currency),
            euros(move.credit_cents, told.currency),
            euros(move.balance_cents, told.currency),
        )
        for move in told.moves
    ]
    common.print_table(
        f"Relevé du client {customer}, du {told.from_on:%d/%m/%Y} au {told.to_on:%d/%m/%Y}",
        ("Date", "Pièce", "Libellé", ">Débit", ">Crédit", ">Solde"),
        rows,
    )
