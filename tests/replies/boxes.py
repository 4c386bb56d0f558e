"""A real mailbox for tests of replies: dovecot on loopback, mails dropped into it."""

from __future__ import annotations

import imaplib
from dataclasses import dataclass

from tests.replies.house import TODAY, Desk

from encours.replies.actions import boxes, fetching
from encours.replies.actions.fetching import Pass
from encours.tenancy.scope import in_tenant


@dataclass(frozen=True)
class Box:
    """A dovecot mailbox, `secret` its password."""

    port: int

    def client(self) -> imaplib.IMAP4:
        found = imaplib.IMAP4("127.0.0.1", self.port)
        found.login("me", "secret")
        return found

    def empty(self) -> None:
        with self.client() as client:
            if int(client.select("INBOX")[1][0] or b"0"):
                client.store("1:*", "+FLAGS", "\\Deleted")
                client.expunge()

    def drop(self, *mails: bytes) -> None:
        with self.client() as client:
            for one in mails:
                client.append("INBOX", "", "", one)

    def flags(self, folder: str = "INBOX") -> list[bytes]:
        with self.client() as client:
            if client.select(folder, readonly=True)[0] != "OK":
                return []
            _, data = client.fetch("1:*", "(FLAGS)")
            return [one for one in data if isinstance(one, bytes)]

    def connect(self, desk: Desk, **settings: str) -> None:
        """Set this box as the desk's."""
        given = {
            "auth": "password",
            "host": "127.0.0.1",
            "port": str(self.port),
            "security": "none",
            "user": "me",
            **settings,
        }
        told = boxes.Told(
            settings=given, secrets={"password": "secret"}, allows_private=True, hold_days=3
        )
        with in_tenant(desk.house.tenant_id):
            boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=TODAY)


def fetch(desk: Desk) -> Pass:
    found = fetching.fetch(tenant_id=desk.house.tenant_id, inbox_id=desk.inbox_id)
    assert found is not None
    return found
