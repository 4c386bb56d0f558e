"""`serve`, `worker`, `demo`: what runs until it is told to stop."""

from __future__ import annotations

from typing import Annotated

import typer

from encours.cli.common import refusals

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 8000,
    workers: Annotated[int, typer.Option(help="Nombre de processus.")] = 2,
) -> None:
    """Sert le site."""
    from encours.config.operations import serving  # noqa: PLC0415 - gunicorn only here

    with refusals():
        serving.serve(host=host, port=port, workers=workers)


@app.command()
def worker(
    concurrency: Annotated[int, typer.Option(help="Tâches menées de front.")] = 2,
    queues: Annotated[str, typer.Option(help="Files traitées, séparées par des virgules.")] = "",
) -> None:
    """Mène les tâches de fond : imports, plan, envois, scellés, cycle du jour."""
    from encours.config.operations import working  # noqa: PLC0415 - the jobs load everything

    working.work(concurrency=concurrency, queues=[name for name in queues.split(",") if name])


@app.command()
def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Préparer sans servir.")] = False,
    host: Annotated[str, typer.Option(help="Adresse d'écoute.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port.")] = 8000,
) -> None:
    """Charge une entreprise d'exemple, relance ses clients vers une boîte locale, sert le site."""
    from encours.config.operations import demonstration  # noqa: PLC0415 - generator and jobs

    with refusals():
        demonstration.run(serve=not no_serve, host=host, port=port)
