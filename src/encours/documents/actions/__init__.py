"""What is done to the evidence: keep, attach, detach, open, destroy."""

from encours.documents.actions.keeping import Kept, keep, keep_examined
from encours.documents.actions.linking import Subject, attach, detach, reclassify
from encours.documents.actions.opening import Opened, open_document, page_picture
from encours.documents.actions.removing import remove

__all__ = (
    "Kept",
    "Opened",
    "Subject",
    "attach",
    "detach",
    "keep",
    "keep_examined",
    "open_document",
    "page_picture",
    "reclassify",
    "remove",
)
