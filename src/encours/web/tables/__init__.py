"""The one table of every list: columns, filters, sort, pages, totals, exports; one template.

A view declares a `Table`, gives a `Source` and calls `answer`: the page, its htmx fragment, the
CSV and the XLSX all come from the same columns.
"""

from encours.web.tables.answer import answer
from encours.web.tables.columns import Badge, Column, Filter, Table
from encours.web.tables.source import Source, Window, in_frame, in_memory

__all__ = (
    "Badge",
    "Column",
    "Filter",
    "Source",
    "Table",
    "Window",
    "answer",
    "in_frame",
    "in_memory",
)
