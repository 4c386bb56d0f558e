"""Vérifie une archive d'encours : ses fichiers et son journal scellé. Python 3.9, rien d'autre.

    python3 verifier.py ARCHIVE.zip          (ou le dossier déplié)
    python3 verifier.py ARCHIVE.zip --cle FICHIER

Sans clé, le programme prouve que l'archive est entière, que chaque fait est celui dont le scellé
garde l'empreinte, que les scellés se suivent et sont ceux du fichier des scellés. Avec la clé des
scellés de l'installation (`keys/seal`, gardée hors de la base), il prouve aussi que les scellés
eux-mêmes n'ont pas été refaits.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import hmac
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

FACTS = "journal/faits.jsonl"
SEALS = "journal/scelles.jsonl"
FILED = "journal/fichier-des-scelles.jsonl"
MANIFEST = "MANIFESTE.csv"
GENESIS = "00" * 32
CHUNK = 1024 * 1024
DIGEST = 64


class Source:
    """An archive, packed or unpacked."""

    def __init__(self, place: str) -> None:
        """Open a ZIP, or take a folder."""
        self.folder = Path(place)
        self.zip = None if self.folder.is_dir() else zipfile.ZipFile(place)

    def open(self, name: str) -> IO[bytes]:
        """Open one of its files."""
        return self.zip.open(name) if self.zip else (self.folder / name).open("rb")

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of one of its files; none when it is absent."""
        try:
            with self.open(name) as handle:
                for line in handle:
                    if line.strip():
                        yield line.rstrip(b"\n")
        except (KeyError, FileNotFoundError):
            return


def check_files(source: Source) -> Iterator[str]:
    """Compare each file with the manifest."""
    with source.open(MANIFEST) as handle:
        rows = list(csv.DictReader(io.TextIOWrapper(handle, "utf-8")))
    for row in rows:
        digest = hashlib.sha256()
        try:
            with source.open(row["fichier"]) as file:
                for chunk in iter(lambda: file.read(CHUNK), b""):
                    digest.update(chunk)
        except (KeyError, FileNotFoundError, zipfile.BadZipFile):
            yield f"Le fichier {row['fichier']} manque ou est abîmé."
            continue
        if digest.hexdigest() != row["sha256"]:
            yield f"Le fichier {row['fichier']} n'est pas celui du manifeste."


Fact = tuple[int, int, int, str]


def facts(source: Source) -> Iterator[Fact]:
    """Yield era, transaction, id and digest of each fact, in the order of the seals."""
    for line in source.lines(FACTS):
        row = json.loads(line)
        yield row[2], int(row[3]), row[1], hashlib.sha256(line).hexdigest()


def check_journal(source: Source, key: bytes | None) -> Iterator[str]:
    """Walk facts and seals side by side; name what is missing, changed or added."""
    filed = {one["number"]: one["hash"] for one in map(json.loads, source.lines(FILED))}
    walk = facts(source)
    waiting = next(walk, None)
    previous, number, seen = GENESIS, 0, set()
    for line in source.lines(SEALS):
        seal = json.loads(line)
        yield from check_seal(seal, previous, number, key)
        if filed and filed.get(seal["number"]) != seal["hash"]:
            yield f"Le scellé n° {seal['number']} n'est pas celui du fichier des scellés."
        previous, number = seal["hash"], seal["number"]
        seen.add(number)
        inside: list[Fact] = []
        while waiting is not None and waiting[:2] < (seal["era"], seal["to_xid"]):
            if waiting[:2] < (seal["era"], seal["from_xid"]):
                yield f"Le fait n° {waiting[2]} n'appartient à aucun scellé."
            else:
                inside.append(waiting)
            waiting = next(walk, None)
        yield from check_rows(seal, inside)
    for absent in sorted(set(filed) - seen):
        yield f"Le scellé n° {absent} du fichier des scellés manque."
    unsealed = 0
    while waiting is not None:
        unsealed, waiting = unsealed + 1, next(walk, None)
    say(f"{number} scellés ; {unsealed} faits récents n'étaient pas encore scellés.")


def check_seal(seal: Any, previous: str, number: int, key: bytes | None) -> Iterator[str]:
    """Check that a seal follows the one before it and, with the key, that it is genuine."""
    if seal["number"] != number + 1 or seal["previous"] != previous:
        yield f"Le scellé n° {seal['number']} ne suit pas le scellé n° {number}."
    if key is None:
        return
    bounds = [seal[name] for name in ("tenant", "number", "era", "from_xid", "to_xid", "fact_ids")]
    body = bytes.fromhex(seal["previous"]) + json.dumps(bounds).encode()
    made = hmac.new(key, body + bytes.fromhex(seal["leaves"]), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(made, seal["hash"]):
        yield f"Le scellé n° {seal['number']} a été modifié."


def check_rows(seal: Any, inside: list[Fact]) -> Iterator[str]:
    """Compare the facts within a seal's bounds with the digests that it keeps."""
    text = seal["leaves"]
    leaves = [text[place : place + DIGEST] for place in range(0, len(text), DIGEST)]
    kept = {identity: leaves[place] for place, identity in enumerate(seal["fact_ids"])}
    for _era, _xid, identity, digest in inside:
        leaf = kept.pop(identity, None)
        if leaf is None:
            yield f"Le fait n° {identity} a été ajouté après coup dans une période scellée."
        elif leaf != digest:
            yield f"Le fait n° {identity} a été modifié."
    for identity in kept:
        yield f"Le fait n° {identity} a été supprimé."


def say(sentence: str) -> None:
    """Write one line."""
    sys.stdout.write(sentence + "\n")


def main(words: list[str] | None = None) -> int:
    """Check an archive; 0 when nothing was found wrong."""
    parser = argparse.ArgumentParser(description="Vérifie une archive d'encours.")
    here = str(Path(__file__).resolve().parent)
    parser.add_argument("archive", nargs="?", default=here, help="ZIP, ou dossier déplié")
    parser.add_argument("--cle", help="fichier de la clé des scellés (keys/seal)")
    given = parser.parse_args(words)
    key = Path(given.cle).read_bytes() if given.cle else None
    source = Source(given.archive)
    found = 0
    for sentence in [*check_files(source), *check_journal(source, key)]:
        found += 1
        say("✗ " + sentence)
    if found:
        say(f"{found} anomalie(s).")
        return 1
    how = "scellés authentiques" if key else "sans la clé, les scellés sont crus sur parole"
    say(f"Archive entière, journal intact ({how}).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
