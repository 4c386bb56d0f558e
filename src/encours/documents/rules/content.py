"""What a file is, told by its bytes and never by its name; two things at once are refused.

A file that opens as one thing and hides another (a PDF with an archive behind it) is how hostile
files pass from hand to hand: what follows the end of a format is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from encours.kernel.refusal import Refusal

HEAD_BYTES: Final = 65_536
TAIL_BYTES: Final = 65_536
SLACK: Final = 2048  # what careless writers leave after the end of a PDF
PDF, PNG, JPEG, TIFF = "application/pdf", "image/png", "image/jpeg", "image/tiff"
XML, EML = "application/xml", "message/rfc822"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ZIP = "application/zip"
WORDS: Final = {
    PDF: "un PDF",
    PNG: "une image PNG",
    JPEG: "une image JPEG",
    TIFF: "une image TIFF",
    XML: "un fichier XML",
    EML: "un e-mail",
    DOCX: "un document Word",
    XLSX: "un classeur Excel",
    ODT: "un texte OpenDocument",
    ODS: "un classeur OpenDocument",
}
SUFFIXES: Final = {
    PDF: (".pdf",),
    PNG: (".png",),
    JPEG: (".jpg", ".jpeg"),
    TIFF: (".tif", ".tiff"),
    XML: (".xml",),
    EML: (".eml",),
    DOCX: (".docx",),
    XLSX: (".xlsx",),
    ODT: (".odt",),
    ODS: (".ods",),
}
OFFICE_PARTS: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
OPEN_DOCUMENTS: Final = (ODT, ODS)
_ZIP_END: Final = b"PK\x05\x06"
_MAIL_HEADER: Final = re.compile(rb"[!-9;-~]+:[ \t]?[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*")
_MAIL_NAMES: Final = (b"from", b"received", b"return-path", b"date", b"message-id", b"mime-version")
_MAIL_HEADERS_MIN: Final = 2


class NotTaken(Refusal):
    """A file that is not kept, with what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a file: enough to tell what it is; `size` is the whole."""

    head: bytes
    tail: bytes
    size: int


def content_type(ends: Ends) -> str:
    """Return the type that the bytes say, or raise NotTaken; a ZIP is told apart by its parts."""
    if not ends.size:
        raise NotTaken("Ce fichier est vide.")
    for magic, told in _MAGIC:
        if ends.head.startswith(magic):
            _refuse_second_format(told, ends)
            return told
    text = _text_head(ends.head)
    if text.startswith(b"<?xml") or re.match(rb"<[A-Za-z_][\w.:-]*[\s/>]", text):
        if re.match(rb"(?i)<(?:!doctype html|html|script|svg)\b", text):
            raise NotTaken("Une page web n'est pas une pièce : imprimez-la en PDF.")
        return XML
    if _is_mail(text):
        return EML
    raise NotTaken(_unknown(ends.head))


def office_type(parts: dict[str, bytes]) -> str:
    """Return the type of a ZIP by its parts (`mimetype` with its content), or raise NotTaken."""
    names = {name.lower() for name in parts}
    if any(name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) for name in names):
        raise NotTaken("Ce document contient des macros ou un programme : il n'est pas gardé.")
    declared = parts.get("mimetype", b"").decode("ascii", "replace").strip()
    if declared in OPEN_DOCUMENTS:
        return declared
    for part, told in OFFICE_PARTS.items():
        if part in names and "[content_types].xml" in names:
            return told
    raise NotTaken(
        "Une archive ZIP n'est pas une pièce : importez-la par « Importer un ZIP », "
        "ou déposez ses fichiers un par un."
    )


def refuse_other_suffix(name: str, told: str) -> None:
    """Refuse a name that announces another type than the content, when both are known."""
    suffix = PurePath(name).suffix.lower()
    announced = next((kind for kind, known in SUFFIXES.items() if suffix in known), None)
    if announced is not None and announced != told:
        raise NotTaken(f"« {name} » n'est pas {WORDS[announced]} : son contenu est {WORDS[told]}.")


def clean_name(name: str, told: str) -> str:
    """Return a name safe to show and to write in a header, with the suffix of its content."""
    base = PurePath(name.replace("\\", "/")).name
    base = re.sub(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", base)
    base = base.strip(" .") or "piece"
    suffix = PurePath(base).suffix
    if suffix.lower() not in SUFFIXES[told]:
        suffix = SUFFIXES[told][0]
        return base[: 200 - len(suffix)] + suffix
    return base[: -len(suffix)][: 200 - len(suffix)] + suffix


_MAGIC: Final = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"PK\x03\x04", ZIP),
)
_FOREIGN: Final = (
    (b"MZ", "un programme Windows"),
    (b"\x7fELF", "un programme"),
    (b"#!", "un script"),
    (b"\xd0\xcf\x11\xe0", "un ancien fichier Office (.doc, .xls) : enregistrez-le en PDF"),
    (b"Rar!", "une archive RAR"),
    (b"7z\xbc\xaf", "une archive 7-Zip"),
    (b"\x1f\x8b", "une archive gzip"),
    (b"GIF8", "une image GIF : enregistrez-la en PNG"),
    (b"{\\rtf", "un fichier RTF : enregistrez-le en PDF"),
)


def _refuse_second_format(told: str, ends: Ends) -> None:
    """Refuse what hides a second format behind the first."""
    if told == ZIP:
        if _ZIP_END not in ends.tail:
            raise NotTaken("Cette archive est coupée ou abîmée.")
        return
    if _ZIP_END in ends.tail:
        raise NotTaken(_POLYGLOT.format(what=WORDS[told]))
    if told == PDF:
        end = ends.tail.rfind(b"%%EOF")
        if end < 0:
            raise NotTaken("Ce PDF est coupé : sa fin manque.")
        if len(ends.tail) - end > SLACK:
            raise NotTaken(_POLYGLOT.format(what=WORDS[told]))
    if told == PNG and b"IEND\xaeB`\x82" not in ends.tail[-SLACK:]:
        raise NotTaken("Cette image est coupée, ou suivie d'autre chose.")
    if told == JPEG and b"\xff\xd9" not in ends.tail[-SLACK:]:
        raise NotTaken("Cette image est coupée, ou suivie d'autre chose.")


_POLYGLOT: Final = (
    "Ce fichier est {what} et autre chose à la fois (un second contenu suit sa fin) : "
    "il n'est pas gardé."
)


_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def _text_head(head: bytes) -> bytes:
    for mark, code in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if head.startswith(mark):
            return head.decode(code, "ignore").lstrip("\ufeff \r\n\t").encode()
    return head.lstrip(b" \r\n\t")


def _is_mail(text: bytes) -> bool:
    if b"\x00" in text:
        return False
    position, names = 0, set[bytes]()
    while (found := _MAIL_HEADER.match(text, position)) is not None:
        names.add(text[position : text.index(b":", position)].lower())
        position = found.end()
    return len(names.intersection(_MAIL_NAMES)) >= _MAIL_HEADERS_MIN


def _unknown(head: bytes) -> str:
    for magic, what in _FOREIGN:
        if head.startswith(magic):
            return f"Ce type de fichier n'est pas gardé : c'est {what}."
    return (
        "Ce type de fichier n'est pas reconnu à son contenu. Acceptés : PDF, PNG, JPEG, TIFF, XML, "
        "e-mail (.eml), Word, Excel et OpenDocument sans macros."
    )
