"""Files on a real OpenSSH server: its key pinned, each file whole and once, put away after."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.feeds import servers

from encours.feeds.ports import Account, Unreachable, Waiting
from encours.feeds.providers.sftp import Sftp


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("keys")
    if servers.SSHD is None:
        pytest.skip("pas de serveur OpenSSH sur cette machine (apt install openssh-server)")
    return servers.key_pair(folder, "host"), servers.key_pair(folder, "user")


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, keys: tuple[Path, Path]) -> Iterator[int]:
    with servers.sftp_server(tmp_path_factory.mktemp("sshd"), *keys) as found:
        yield found


@pytest.fixture
def kept() -> dict[str, str]:
    return {}


@pytest.fixture
def account(tmp_path: Path, port: int, keys: tuple[Path, Path], kept: dict[str, str]) -> Account:
    def keep(found: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        kept.update(found)

    given = {
        "host": "127.0.0.1",
        "port": str(port),
        "user": servers.USER,
        "path": str(tmp_path),
        "after": "move",
    }
    return Account(given, {"key": keys[1].read_text()}, private=True, keep=keep)


def old(path: Path, content: bytes, *, age: float = 3600) -> Path:
    path.write_bytes(content)
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def taken(account: Account, known: set[str] | None = None) -> dict[str, bytes]:
    source = Sftp(account)
    seen = known if known is not None else set()
    try:
        found = {}
        for one in source.waiting(seen.__contains__):
            assert isinstance(one, Waiting)
            found[one.name] = b"".join(source.read(one))
            seen.add(one.identity)
            source.done(one)
        return found
    finally:
        source.close()


def test_files_are_taken_once_and_put_away(account: Account, tmp_path: Path) -> None:
    content = os.urandom(600_000)
    old(tmp_path / "export.csv", content)
    old(tmp_path / "export2.csv.part", b"half")
    old(tmp_path / ".hidden.csv", b"half")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "export.csv")

    assert taken(account) == {"export.csv": content}
    assert taken(account) == {}
    assert [one.read_bytes() for one in (tmp_path / "traites").iterdir()] == [content]


def test_a_file_left_in_place_is_known_until_it_changes(account: Account, tmp_path: Path) -> None:
    account.settings["after"] = "keep"  # type: ignore[index]
    known: set[str] = set()
    file = old(tmp_path / "export.csv", b"one")

    assert taken(account, known) == {"export.csv": b"one"}
    assert taken(account, known) == {}

    old(file, b"two", age=1800)

    assert taken(account, known) == {"export.csv": b"two"}


def test_a_file_that_grows_is_left_until_it_stands_still(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(b"first half")
    monkeypatch.setattr(
        "encours.feeds.providers.sftp.time.sleep",
        lambda _s: file.write_bytes(b"first half and more"),
    )

    assert taken(account) == {}

    monkeypatch.undo()
    monkeypatch.setattr("encours.feeds.providers.sftp.SECOND_LOOK_S", 0.01)

    assert taken(account) == {"export.csv": b"first half and more"}


def test_the_server_s_key_is_kept_and_another_is_refused(
    account: Account, kept: dict[str, str], tmp_path: Path
) -> None:
    source = Sftp(account)
    sentence = source.check()
    source.close()

    assert kept["fingerprint"].startswith("SHA256:")
    assert kept["fingerprint"] in sentence

    account.settings["fingerprint"] = "SHA256:another"  # type: ignore[index]
    with pytest.raises(Unreachable, match="a changé"):
        Sftp(account)


@pytest.mark.parametrize(
    ("settings", "secrets", "sentence"),
    [
        pytest.param({"path": "/nowhere"}, {}, "pas lisible", id="a folder that is not there"),
        pytest.param({"port": "1"}, {}, "refuse la connexion", id="nobody listens"),
        pytest.param({"port": "x"}, {}, "pas un port", id="no port"),
        pytest.param({"host": "nul.invalid"}, {}, "n'existe pas", id="no such name"),
        pytest.param({}, {"key": "", "password": "no"}, "refuse cet utilisateur", id="a password"),
        pytest.param({}, {"key": "nonsense"}, "pas lisible", id="a key that is none"),
    ],
)
def test_what_is_wrong_is_said(
    account: Account, settings: dict[str, str], secrets: dict[str, str], sentence: str
) -> None:
    wrong = Account({**account.settings, **settings}, {**account.secrets, **secrets}, private=True)

    with pytest.raises(Unreachable, match=sentence):
        Sftp(wrong).check()


def test_a_private_address_needs_a_permission(account: Account) -> None:
    with pytest.raises(Unreachable, match="réseau privé"):
        Sftp(Account(account.settings, account.secrets, private=False))
