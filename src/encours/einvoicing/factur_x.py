"""Writes Factur-X: the terms of a document as CII, carried by its PDF/A-3 (profile EN 16931).

By the package `factur-x`, whose XSD check is kept and whose Schematron check, which asks a server,
is not: ours runs in the tests (`imports/readers/einvoices/schemas.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

FLAVOUR: Final = "factur-x"
PROFILE: Final = "en16931"


def written(terms: Mapping[str, Any]) -> bytes:
    """Return the CII of these terms; a document that its XSD refuses is a bug of ours."""
    from facturx import generate_xml  # noqa: PLC0415 - slow to load, and only notes need it

    made = generate_xml(
        dict(terms), flavor=FLAVOUR, level=PROFILE, check_xsd=True, check_schematron=False
    )
    assert isinstance(made, bytes), "the bytes of the document"
    return made


def carried(pdf: bytes, xml: bytes, *, language: str = "fr") -> bytes:
    """Return the PDF/A-3 with the document inside: two forms of one content."""
    from facturx import generate_from_binary  # noqa: PLC0415 - as above

    made = generate_from_binary(
        pdf,
        xml,
        flavor=FLAVOUR,
        level=PROFILE,
        check_xsd=False,
        check_schematron=False,
        lang=language,
        afrelationship="alternative",
    )
    assert isinstance(made, bytes), "a new file"
    return made
