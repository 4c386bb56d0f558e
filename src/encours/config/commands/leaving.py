"""`export`: everything a tenant owns, in one archive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from encours.config.operations import tenants
from encours.custody.actions import export
from encours.tenancy.scope import in_tenant

app = typer.Typer()


@app.command("export")
def export_tenant(
    tenant: Annotated[str, typer.Option("--tenant", help="Organisation (son code).")],
    to: Annotated[Path | None, typer.Option("--to", help="Fichier à écrire.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Répondre en JSON.")] = False,
) -> None:
    """Écrit tout ce qu'une organisation possède : tables, pièces, messages, journal vérifiable."""
    tenant_id = tenants.by_slug(tenant)
    if tenant_id is None:
        typer.echo(f"Aucune organisation n'a le code « {tenant} ».", err=True)
        raise typer.Exit(1)
    now = datetime.now(UTC)
    path = to or Path(f"encours-{tenant}-{now:%Y%m%d-%H%M%S}.zip")
    if path.exists():
        typer.echo(f"Le fichier {path} existe déjà : choisissez un autre nom.", err=True)
        raise typer.Exit(1)
    draft = path.with_name(f".{path.name}.part")
    with Progress(console=Console(stderr=True, quiet=as_json), transient=True) as bar:
        task = bar.add_task(path.name, total=100)
        try:
            with draft.open("xb") as handle:
                files = export.write_export(
                    handle,
                    tenant_id=tenant_id,
                    progress=lambda done: bar.update(task, completed=done),
                    today=now.date(),
                )
            draft.chmod(0o600)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    with path.open("rb") as handle:
        digest = file_digest(handle, "sha256").hexdigest()
    with in_tenant(tenant_id):
        export.note_export(tenant_id=tenant_id, files=files, sha256=digest, today=now.date())
    told = {
        "file": str(path), "files": files, "bytes": path.stat().st_size, "sha256": digest,
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{path} : {files} fichiers. Vérifiez-la : python3 verifier.py {path.name}")
