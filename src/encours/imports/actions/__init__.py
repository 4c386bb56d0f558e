"""Writes of imports: read a file, show what it would change, apply it, undo it."""

from encours.imports.actions import einvoices, uploads
from encours.imports.actions.files import (
    Export,
    already_imported,
    import_file,
    read_file,
)
from encours.imports.actions.keeping import Outcome, without_creditor
from encours.imports.actions.undo import CannotUndo, undo

__all__ = (
    "CannotUndo",
    "Export",
    "Outcome",
    "already_imported",
    "einvoices",
    "import_file",
    "read_file",
    "undo",
    "uploads",
    "without_creditor",
)
