"""A watched folder: whole files only, no link, never out of its root."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.providers.folder import Folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root" / "in").mkdir(parents=True)
    return tmp_path / "root"


def opened(root: Path, path: Path | None = None, settle_s: float = 0, **settings: str) -> Folder:
    given = {"path": str(path or root / "in"), **settings}
    return Folder(Account(given), roots=[root], settle_s=settle_s)


def waiting(folder: Folder, known: Callable[[str], bool] = lambda _: False) -> list[Waiting]:
    return [one for one in folder.waiting(known) if isinstance(one, Waiting)]


def test_whole_files_are_taken_in_the_order_they_came(root: Path) -> None:
    for age, name in enumerate(("b.csv", "a.csv")):
        (root / "in" / name).write_bytes(name.encode())
        os.utime(root / "in" / name, (time.time() + age - 100,) * 2)
    for name in ("c.csv.part", ".d.csv", "~e.csv", "f.tmp"):
        (root / "in" / name).write_bytes(b"half")
    (root / "secret.csv").write_bytes(b"elsewhere")
    (root / "in" / "link.csv").symlink_to(root / "secret.csv")
    os.mkfifo(root / "in" / "pipe.csv")
    folder = opened(root)

    found = waiting(folder)

    assert [one.name for one in found] == ["b.csv", "a.csv"]
    assert [b"".join(folder.read(one)) for one in found] == [b"b.csv", b"a.csv"]
    for one in found:
        folder.done(one)
    assert waiting(folder) == []
    assert sorted(one.read_bytes() for one in (root / "in" / "traites").iterdir()) == [
        b"a.csv",
        b"b.csv",
    ]


def test_a_file_just_written_waits(root: Path) -> None:
    (root / "in" / "a.csv").write_bytes(b"a")

    assert waiting(opened(root, settle_s=60)) == []


def test_a_file_that_changes_is_not_taken(root: Path) -> None:
    (root / "in" / "a.csv").write_bytes(b"a")
    folder = opened(root)
    (one,) = waiting(folder)
    (root / "in" / "a.csv").write_bytes(b"longer")

    with pytest.raises(Unreachable, match="a changé"):
        list(folder.read(one))

    folder.done(one)
    assert (root / "in" / "a.csv").exists(), "what was not read is not put away"


def test_a_file_exchanged_for_a_link_is_not_read(root: Path) -> None:
    file = root / "in" / "a.csv"
    file.write_bytes(b"a")
    folder = opened(root)
    (one,) = waiting(folder)
    file.unlink()
    file.symlink_to("/etc/passwd")

    with pytest.raises(Unreachable, match="ne peut pas être lu"):
        list(folder.read(one))


def test_only_the_names_that_are_wanted(root: Path) -> None:
    for name in ("a.csv", "FEC1.txt", "notes.doc"):
        (root / "in" / name).write_bytes(b"x")

    found = waiting(opened(root, pattern="*.csv; fec*.txt"))

    assert {one.name for one in found} == {"a.csv", "FEC1.txt"}


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        pytest.param("/etc", "pas sous un dossier permis", id="out of the roots"),
        pytest.param("in", "pas sous un dossier permis", id="relative"),
        pytest.param("{root}/in/../../x", "pas sous un dossier permis", id="upwards"),
        pytest.param("{root}/nothing", "n'existe pas", id="not there"),
        pytest.param("{root}/link", "lien symbolique", id="through a link"),
    ],
)
def test_never_out_of_the_roots(root: Path, path: str, sentence: str) -> None:
    (root / "link").symlink_to("/etc")

    with pytest.raises(Unreachable, match=sentence):
        opened(root, Path(path.format(root=root)))


def test_a_test_counts_what_waits(root: Path) -> None:
    (root / "in" / "a.csv").write_bytes(b"x")

    assert opened(root).check() == "Dossier lisible : 1 fichier(s) en attente."
