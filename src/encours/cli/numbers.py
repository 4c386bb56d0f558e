"""`import numbers` and `invoice number`: numbers of invoices that the accounts do not number."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encours.cli import common
from encours.cli.common import Creditor, Json, Tenant
from encours.imports.actions import numbers
from encours.imports.actions.numbers import NumbersImport
from encours.receivables.actions import numbering
from encours.receivables.queries.numbering import candidates

app = typer.Typer()
app.add_typer(common.imports, name="import")
invoice = typer.Typer(help="Une facture.", no_args_is_help=True)
app.add_typer(invoice, name="invoice")
SHOWN = 20


@common.imports.command("numbers")
def import_numbers(
    file: Annotated[Path, typer.Argument(help="Fichier CSV.", show_default=False)],
    creditor: Creditor,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer sans rien changer.")] = False,
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Numéros de factures, par pièce ou par date, montant et client."""
    if not file.is_file():
        common.refuse(f"Fichier introuvable : {file}")
    with common.at_creditor(creditor, tenant) as place:
        outcome = numbers.import_numbers(
            tenant_id=place.tenant_id,
            creditor_id=place.creditor_id,
            content=file.read_bytes(),
            file_name=file.name,
            dry_run=dry_run,
            today=place.today,
        )
    if as_json:
        common.print_json(outcome.as_json())
    else:
        _show(outcome, dry_run=dry_run)
    if outcome.is_refused:
        raise typer.Exit(common.REFUSED)


@invoice.command("number")
def number(
    piece: Annotated[str, typer.Argument(help="Sa pièce, ou le numéro donné avant.")],
    given: Annotated[str, typer.Argument(help="Le numéro ; vide pour le retirer.")],
    creditor: Creditor,
    tenant: Tenant = "",
) -> None:
    """Donner son numéro à une facture que la comptabilité ne numérote pas."""
    with common.at_creditor(creditor, tenant) as place:
        every = candidates(tenant_id=place.tenant_id, creditor_id=place.creditor_id)
        found = [one for one in every if piece in (one.number, one.piece) and piece]
        if len(found) != 1:
            common.refuse(
                f"Aucune facture sans numéro n'a la pièce « {piece} »."
                if not found
                else f"{len(found)} factures ont la pièce « {piece} » : passez par « import "
                "numbers », qui sait dire la date, le montant et le client."
            )
        numbering.give_number(
            tenant_id=place.tenant_id,
            invoice_id=found[0].invoice_id,
            number=given,
            today=place.today,
        )
    typer.echo(f"Numéro donné : {given}." if given else "Numéro retiré.")


def _show(outcome: NumbersImport, *, dry_run: bool) -> None:
    would = "recevraient leur numéro" if dry_run else "ont reçu leur numéro"
    typer.echo(
        f"{outcome.file} : {outcome.rows} lignes. Factures qui {would} : {outcome.numbered} ; "
        f"déjà numérotées ainsi : {outcome.unchanged}."
    )
    for issue in outcome.issues[:SHOWN]:
        typer.echo(f"  ligne {issue.line} : {issue.message} ({issue.found})")
    if len(outcome.issues) > SHOWN:
        typer.echo(f"  … et {len(outcome.issues) - SHOWN} autres.")
