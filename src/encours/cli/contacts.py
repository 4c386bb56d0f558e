"""`import contacts`: who to write to, which a ledger export does not say."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from encours.cli import common
from encours.cli.common import Creditor, Json, Tenant
from encours.imports.actions import contacts
from encours.kernel.money import decimal_text
from encours.parties import rules
from encours.parties.actions.contacts import ContactsImport
from encours.receivables.queries.moment import Moment
from encours.receivables.queries.unreachable import unreachable_customers

app = typer.Typer()
app.add_typer(common.imports, name="import")
SHOWN = 20


@common.imports.command("contacts")
def import_contacts(
    file: Annotated[Path | None, typer.Argument(help="Fichier CSV.", show_default=False)] = None,
    creditor: Creditor = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Montrer sans rien changer.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Écrire le modèle à remplir.")] = (
        False
    ),
    tenant: Tenant = "",
    as_json: Json = False,
) -> None:
    """Interlocuteurs et adresses des clients, par code ou par nom."""
    if template:
        typer.echo(rules.template(), nl=False)
        return
    if file is None or not creditor:
        raise typer.BadParameter("indiquez le fichier et --creditor")
    if not file.is_file():
        common.refuse(f"Fichier introuvable : {file}")
    with common.at_creditor(creditor, tenant) as place:
        outcome = contacts.import_contacts(
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


@app.command("unreachable")
def unreachable(creditor: Creditor, tenant: Tenant = "", as_json: Json = False) -> None:
    """Clients injoignables : ils doivent de l'argent et n'ont pas d'adresse e-mail."""
    with common.at_creditor(creditor, tenant) as place:
        moment = Moment(
            tenant_id=place.tenant_id,
            creditor_ids=(place.creditor_id,),
            as_of=place.today,
            currency=place.currency,
        )
        found = unreachable_customers(moment)
    if as_json:
        common.print_json(
            [
                {
                    "customer": row["code"],
                    "name": row["name"],
                    "open": decimal_text(row["open"]),
                    "overdue": decimal_text(row["overdue"]),
                    "has_phone": row["has_phone"],
                    "has_address": row["has_address"],
                }
                for row in found.iter_rows(named=True)
            ]
        )
        return
    common.print_table(
        f"{place.name} : clients injoignables par e-mail",
        ("Code", "Nom", ">Encours", ">Échu", "Adresse postale"),
        [
            (
                row["code"],
                row["name"],
                common.euros(row["open"], place.currency),
                common.euros(row["overdue"], place.currency),
                "oui" if row["has_address"] else "non",
            )
            for row in found.iter_rows(named=True)
        ],
    )


def _show(outcome: ContactsImport, *, dry_run: bool) -> None:
    would = "À ajouter" if dry_run else "Ajoutés"
    typer.echo(
        f"{outcome.file} : {outcome.rows} lignes. {would} : {outcome.contacts_created} ; "
        f"modifiés : {outcome.contacts_updated} ; fiches client : {outcome.customers}."
    )
    for issue in outcome.issues[:SHOWN]:
        typer.echo(f"  ligne {issue.line} : {issue.message} ({issue.found})")
    if len(outcome.issues) > SHOWN:
        typer.echo(f"  … et {len(outcome.issues) - SHOWN} autres.")
