"""What tenancy needs from the outside: a mailer for invitations and warnings to the admins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from encours.kernel.refusal import Refusal
from encours.kernel.registry import Registry


class NotSent(Refusal):
    """The mail server did not take the message."""

    message = "Le serveur de messagerie de l'installation n'a pas pris le message."


@dataclass(frozen=True, slots=True)
class Letter:
    """A plain e-mail of the program itself to people of the house, never to a customer."""

    to: tuple[str, ...]
    subject: str
    text: str


class Mailer(Protocol):
    """Sends the program's own e-mails."""

    code: str

    def send(self, letter: Letter) -> None:
        """Hand the message over, or raise NotSent with what the server said."""
        ...


MAILERS: Final[Registry[Mailer]] = Registry("mailer")
