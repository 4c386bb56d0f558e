"""Tables in: described for a person, read with a mapping, applied like any other file.

The life of an upload: `uploads.receive` keeps it, `uploads.preview` (a job) recognises a layout
known by name or proposed surely and shows what it would change, or leaves it in the state
`mapping`; then a page shows `describe`, a person corrects, `choose` takes the mapping and the
preview runs again. `uploads.accept` and `uploads.apply` are those of every file.
"""

from encours.imports.actions.tables.describing import (
    Description,
    choose,
    describe,
    describe_file,
)
from encours.imports.actions.tables.importing import KIND, Incoming, import_table
from encours.imports.actions.tables.mappings import (
    NameTaken,
    UnusableMapping,
    delete_mapping,
    save_mapping,
)
from encours.imports.actions.tables.opening import Unsure, read
from encours.imports.actions.tables.reading import OpenSheet, is_table, open_sheet

__all__ = (
    "KIND",
    "Description",
    "Incoming",
    "NameTaken",
    "OpenSheet",
    "Unsure",
    "UnusableMapping",
    "choose",
    "delete_mapping",
    "describe",
    "describe_file",
    "import_table",
    "is_table",
    "open_sheet",
    "read",
    "save_mapping",
)
