"""What the launcher answers when it cannot give a database, in one French sentence."""

from __future__ import annotations

from encours.kernel.refusal import Refusal


class DatabaseUnavailable(Refusal):
    """No embedded database can be had here; the sentence says what to do."""

    message = "La base de données intégrée n'a pas pu démarrer."
