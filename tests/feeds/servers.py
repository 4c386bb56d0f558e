"""Real servers on a loopback port for as long as a test runs: OpenSSH and dovecot."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path=os.environ.get("PATH", "") + ":/usr/sbin")
DOVECOT = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin")
USER = pwd.getpwuid(os.getuid()).pw_name


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        _wait(process, port, log)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text("utf-8", "replace")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8", "replace"))


def key_pair(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True, timeout=30
    )
    return path


@contextmanager
def sftp_server(folder: Path, host_key: Path, user_key: Path) -> Iterator[int]:
    """An OpenSSH server that lets this very account in with one key; root or not."""
    if SSHD is None:
        pytest.skip("pas de serveur OpenSSH sur cette machine (apt install openssh-server)")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    port = free_port()
    config = folder / "sshd_config"
    allowed = folder / "authorized_keys"
    allowed.write_text(user_key.with_suffix(".pub").read_text())
    allowed.chmod(0o600)
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host_key}\nPidFile none\n"
        f"AuthorizedKeysFile {allowed}\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
        "PasswordAuthentication no\nSubsystem sftp internal-sftp\n"
    )
    with running([SSHD, "-D", "-e", "-f", str(config)], port, folder / "sshd.log"):
        yield port


DOVECOT_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mail
first_valid_uid = 1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@contextmanager
def mailbox(folder: Path, *, certificate: Path | None = None) -> Iterator[tuple[int, int]]:
    """A dovecot with one mailbox, `secret` its password; yields the plain and the TLS ports."""
    if DOVECOT is None:
        pytest.skip("pas de serveur IMAP sur cette machine (apt install dovecot-imapd)")
    port, tls_port = free_port(), free_port()
    account = pwd.getpwuid(os.getuid())
    if os.getuid() == 0:
        account = pwd.getpwnam("nobody")
    (folder / "mail").mkdir()
    for one in (folder, *folder.parents):
        if one.stat().st_uid == os.getuid() and str(one).count("/") > 1:
            one.chmod(one.stat().st_mode | 0o111)
    os.chown(folder / "mail", account.pw_uid, account.pw_gid)
    config = folder / "dovecot.conf"
    group = subprocess.run(
        ["id", "-gn", account.pw_name], capture_output=True, text=True, check=True
    )
    config.write_text(
        DOVECOT_CONF.format(
            folder=folder,
            user=account.pw_name,
            group=group.stdout.strip(),
            mail_uid=account.pw_uid,
            mail_gid=account.pw_gid,
            port=port,
            tls_port=tls_port if certificate else 0,
            ssl="yes" if certificate else "no",
            certificate=f"ssl_cert = <{certificate}\nssl_key = <{certificate}"
            if certificate
            else "",
        )
    )
    with running([DOVECOT, "-F", "-c", str(config)], port, folder / "out.log"):
        yield port, tls_port
