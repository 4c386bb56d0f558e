"""Pairs written by us, one a syntax: a file, and all that is read of it.

To see what changed after a deliberate change: run with `ENCOURS_GOLDEN=write`, then `git diff`.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from encours.imports.readers.einvoices import schemas
from encours.imports.readers.einvoices.reader import EinvoiceFile
from encours.imports.rules.einvoices.document import Read

GOLDEN = Path(__file__).parents[2] / "golden" / "einvoice"
FILES = sorted(GOLDEN.glob("*.xml"))


def summary(found: Read) -> dict[str, Any]:
    return {
        "invoice": asdict(found.invoice) if found.invoice else None,
        "status": asdict(found.status) if found.status else None,
        "issues": [
            [issue.code, issue.severity, issue.message, issue.column] for issue in found.issues
        ],
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_this(path: Path) -> None:
    [found] = EinvoiceFile().read(path)
    told = json.loads(json.dumps(summary(found), default=str))
    pair = path.with_suffix(".json")
    if os.environ.get("ENCOURS_GOLDEN") == "write":
        pair.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")

    assert told == json.loads(pair.read_text("utf-8"))


def test_there_is_a_pair_for_each_syntax() -> None:
    said = {path.stem.partition("-")[0] for path in FILES}

    assert said == {"cii", "ubl", "cdar"}


@pytest.mark.parametrize("name", ["ubl-facture", "ubl-avoir", "cii-facture", "cii-etendu"])
def test_what_we_wrote_is_valid(name: str) -> None:
    root = etree.parse(GOLDEN / f"{name}.xml").getroot()
    kind = etree.QName(root).localname
    schema = schemas.CII_XSD if name.startswith("cii") else schemas.UBL_XSD.format(name=kind)

    assert schemas.breaks(root, schema) == []
