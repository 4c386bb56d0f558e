"""The invoice inside a PDF: an embedded XML found by its name, else by its relationship.

Factur-X and ZUGFeRD embed one file (PDF/A-3, `AFRelationship`). A PDF is believed as far as its
bounds: what it unpacks is limited, encryption and a second file behind its end are refused.
"""

from __future__ import annotations

import io
import logging
import zlib
from collections.abc import Iterator
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from encours.imports.readers.einvoices.markup import XML_MAX, Unreadable

PDF_MAX: Final = 30 * 1024 * 1024
MAGIC: Final = b"%PDF-"
END: Final = b"%%EOF"
TAIL_MAX: Final = 1024
FILES_MAX: Final = 200
DEPTH_MAX: Final = 12
NAMES: Final = (
    "factur-x.xml",
    "zugferd-invoice.xml",
    "xrechnung.xml",
    "ebill.xml",
)
RELATIONS: Final = frozenset({"/Alternative", "/Data", "/Source"})
NO_DATA: Final = (
    "Ce PDF ne contient pas de données de facture (Factur-X) : rien n'est entré. Saisissez la "
    "facture, le PDF pourra lui être joint."
)
logging.getLogger("pypdf").setLevel(logging.ERROR)  # it tells of every oddity of every file


def embedded_invoice(content: bytes) -> bytes:
    """Return the XML embedded in a PDF, or raise Unreadable."""
    if len(content) > PDF_MAX:
        raise Unreadable(f"Ce PDF dépasse {PDF_MAX // 1024 // 1024} Mo.")
    if len(content) - content.rfind(END) > TAIL_MAX + len(END):
        raise Unreadable("Ce PDF est tronqué, ou porte un autre fichier après sa fin.")
    try:
        return _found(content)
    except Unreadable:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise Unreadable("Ce PDF est abîmé : il n'a pas pu être lu.") from broken


def _found(content: bytes) -> bytes:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Unreadable("Ce PDF est protégé par un mot de passe : il n'a pas pu être lu.")
    files = list(_files(reader.root_object))
    for wanted in NAMES:
        for name, _relation, stream in files:
            if name.lower() == wanted:
                return _unpacked(stream)
    for name, relation, stream in files:
        if name.lower().endswith(".xml") and relation in RELATIONS:
            return _unpacked(stream)
    raise Unreadable(NO_DATA)


def _files(root: DictionaryObject) -> Iterator[tuple[str, str, StreamObject]]:
    """Yield the embedded files: those of the name tree, then the associated ones."""
    names = _dictionary(_dictionary(root.get("/Names")).get("/EmbeddedFiles"))
    specs = [*_leaves(names, 0), *_array(root.get("/AF"))]
    for spec in specs[:FILES_MAX]:
        held = _dictionary(spec)
        packed = _dictionary(held.get("/EF"))
        stream = _object(packed.get("/UF") or packed.get("/F"))
        if isinstance(stream, StreamObject):
            name = str(_object(held.get("/UF")) or _object(held.get("/F")) or "")
            yield name, str(_object(held.get("/AFRelationship")) or ""), stream


def _leaves(node: DictionaryObject, depth: int) -> Iterator[Any]:
    if depth > DEPTH_MAX:
        return
    yield from _array(node.get("/Names"))[1::2]
    for kid in _array(node.get("/Kids"))[:FILES_MAX]:
        yield from _leaves(_dictionary(kid), depth + 1)


def _unpacked(stream: StreamObject) -> bytes:
    """Return the bytes of a stream, unpacked within bounds."""
    packed = stream._data  # noqa: SLF001 - get_data() unpacks without asking how much
    kind = _object(stream.get("/Filter"))
    kinds = [str(one) for one in kind] if isinstance(kind, list) else [str(kind)] if kind else []
    if not kinds:
        return bytes(packed[: XML_MAX + 1])
    if kinds != ["/FlateDecode"]:
        raise Unreadable("Le XML joint à ce PDF est comprimé d'une manière inconnue.")
    try:
        return zlib.decompressobj().decompress(packed, XML_MAX + 1)
    except zlib.error as broken:
        raise Unreadable("Le XML joint à ce PDF est abîmé.") from broken


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _dictionary(value: Any) -> DictionaryObject:
    found = _object(value)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(value: Any) -> list[Any]:
    found = _object(value)
    return list(found) if isinstance(found, ArrayObject) else []
