"""What a file looks like from its first bytes, in words a user understands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

HEAD_BYTES: Final = 65_536
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", "un document PDF"),
    (b"\xd0\xcf\x11\xe0", "un classeur Excel ancien (.xls) ou un document Office"),
    (b"\x1f\x8b", "une archive compressée (gzip)"),
    (b"7z\xbc\xaf", "une archive 7z"),
    (b"Rar!", "une archive RAR"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"EBP.EDI", "un échange EBP (fichier .edi)"),
    (b"UNA:+", "un message EDIFACT"),
    (b"UNB+", "un message EDIFACT"),
    (b"{\\rtf", "un document RTF"),
    (b"SQLite format", "une base de données"),
)
_ROOTS: Final[tuple[tuple[str, str], ...]] = (
    (r"camt\.05[234]", "un relevé bancaire CAMT (ISO 20022)"),
    (r"pain\.00[128]", "un ordre de virement ou de prélèvement SEPA (ISO 20022)"),
    (r"<(\w+:)?CrossIndustryInvoice", "une facture électronique (Factur-X / CII)"),
    (r"<(\w+:)?CrossDomainAcknowledgement", "un statut de facture électronique (CDAR)"),
    (r"<(\w+:)?(Invoice|CreditNote)[\s>]", "une facture électronique (UBL)"),
    (r"<(\w+:)?OFX>", "un relevé bancaire OFX"),
    (r"<(\w+:)?ECX[\s>]", "un échange d'écritures ECX (Agiris, .ecx)"),
    (r"<html|<!doctype html", "une page web"),
)
_TEXTS: Final[tuple[tuple[str, str], ...]] = (
    (r"^\s*OFXHEADER", "un relevé bancaire OFX"),
    (r"(?m)^:(20|25|60F|61):", "un relevé bancaire MT940"),
    (r"^\s*[\[{]\s*[\"{\[]", "un fichier JSON"),
    (r"^##Fichier|^##Section", "un échange Sage ou Ciel"),
    (r"^\s*(SW|F|##)\w*_", "un échange entre logiciels"),
)
_INVOICES: Final = re.compile(r"(?i)factur|invoice|client|customer|tiers|prix|due")
_ENTRIES: Final = re.compile(r"(?i)(?=.*(journal|compte|account))(?=.*(d.bit|credit|sens|montant))")
_PAYMENTS: Final = re.compile(r"(?i)paiement|payment|r.glement|mode")
CFONB_LINES: Final = (120, 240)


def looks_like(head: bytes, name: str) -> str:
    """Return what a file that is no FEC looks like, as the end of a French sentence."""
    for recognise in _RECOGNISERS:
        seen = recognise(head, name)
        if seen:
            return seen
    return "un texte qui n'a pas les colonnes d'un FEC"


def looks_like_table(head: bytes, name: str) -> bool:
    """Say whether a file is text that nothing else claims: only its columns remain to be found."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = _text(head).encode()
    if any(recognise(head, name) for recognise in (_empty, _magic, _xml, _cfonb, _binary)):
        return False
    text = _text(head)
    return not any(re.search(shape, text) for shape, _said in _TEXTS[:-1])


def is_fec_xml(head: bytes) -> bool:
    """Say whether an XML file has the root element of the decree's schema."""
    text = _text(head)
    return bool(re.search(r"<(\w+:)?comptabilite[\s>/]", text, re.IGNORECASE))


def _empty(head: bytes, _name: str) -> str:
    return "un fichier vide" if not head.strip(b"\x00\xef\xbb\xbf \t\r\n") else ""


def _magic(head: bytes, name: str) -> str:
    if head.startswith(b"PK\x03\x04"):
        if b"xl/" in head or name.lower().endswith((".xlsx", ".xlsm", ".ods")):
            return "un classeur Excel (.xlsx)"
        return "une archive ZIP ; décompressez-la d'abord"
    return next((said for magic, said in _MAGIC if head.startswith(magic)), "")


def _xml(head: bytes, _name: str) -> str:
    text = _text(head)
    if not text.lstrip("\ufeff \r\n\t").startswith("<"):
        return ""
    return next(
        (said for root, said in _ROOTS if re.search(root, text, re.IGNORECASE)),
        "un fichier XML d'un autre format",
    )


def _cfonb(head: bytes, _name: str) -> str:
    lines = [line for line in re.split(rb"[\r\n]+", head)[:20] if line]
    fits = lines and all(line[:2] in (b"01", b"04", b"05", b"07") for line in lines[:-1])
    if fits and len(lines[0]) in CFONB_LINES and lines[0].startswith(b"01"):
        return "un relevé bancaire CFONB 120"
    return ""


def _known_text(head: bytes, _name: str) -> str:
    text = _text(head)
    return next((said for shape, said in _TEXTS if re.search(shape, text)), "")


def _binary(head: bytes, _name: str) -> str:
    controls = sum(head[:4096].count(code) for code in (*range(9), *range(14, 32)))
    return "un fichier binaire" if controls > len(head[:4096]) // 20 else ""


def _table(head: bytes, _name: str) -> str:
    first = _text(head).lstrip("\ufeff\r\n").split("\n", 1)[0]
    if not re.search(r"[;,|\t]", first):
        return ""
    if _ENTRIES.search(first):
        return (
            "un export d'écritures d'un autre logiciel, sans les colonnes d'un FEC ; "
            "demandez un FEC à ce logiciel ou importez-le comme tableau"
        )
    if _PAYMENTS.search(first):
        return "un tableau de règlements (CSV) ; importez-le comme tableau"
    if _INVOICES.search(first):
        return "un tableau de factures (CSV) ; importez-le comme tableau"
    return "un tableau (CSV) sans les colonnes d'un FEC"


def _text(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


_RECOGNISERS: Final[tuple[Callable[[bytes, str], str], ...]] = (
    _empty,
    _magic,
    _xml,
    _cfonb,
    _known_text,
    _binary,
    _table,
)
