"""Tables in: described for a person, read with a mapping, applied like any other file.

The life of an upload: `uploads.receive` keeps it, `uploads.preview` (a job) recognises a layout
known by name or proposed surely and shows what it would change, or leaves it in the state
`mapping`; then a page shows `describe`, a person corrects, `choose` takes the mapping and the
preview runs again. `uploads.accept` and `uploads.apply` are those of every file.
"""

from typing import Final

from encours.imports.actions.tables.describing import (
    Description,
    choose,
    describe,
    describe_file,
)
from encours.imports.actions.tables.mappings import (
    NameTaken,
    UnusableMapping,
    delete_mapping,
    save_mapping,
)
from encours.imports.actions.tables.reading import OpenSheet, is_table, open_sheet

KIND: Final = "table"
"""The kind of an import that is a table, whatever its file."""

__all__ = (
    "KIND",
    "Description",
    "NameTaken",
    "OpenSheet",
    "UnusableMapping",
    "choose",
    "delete_mapping",
    "describe",
    "describe_file",
    "is_table",
    "open_sheet",
    "save_mapping",
)
