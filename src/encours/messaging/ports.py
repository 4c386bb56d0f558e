"""What sending needs from the outside: channels, a press for letters, a mail sink.

An outcome that is not "sent" is an exception, and its class says what may be done next: try again
(`TemporaryRefusal`), tell a person (`PermanentRefusal`), or never again by itself (`Uncertain`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal, Protocol, TypeVar, runtime_checkable

from encours.kernel.refusal import Refusal
from encours.kernel.registry import Registry
from encours.messaging.rules.notice import Notice
from encours.messaging.rules.tracking import ProofRef, Tracked

Phase = Literal["connection", "sender", "recipient", "size", "policy", "content"]
TextChannelKind = Literal["sms", "whatsapp"]
LetterKind = Literal["letter", "registered", "eregistered"]


@dataclass(frozen=True, slots=True)
class Email:
    """An envelope and the bytes to carry, built once by `rules.mime`; addresses are wire ones."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """A short message to a telephone (E.164), as it will be read there.

    `message_id` is the message's uuid, the idempotency key where the provider has one. WhatsApp
    wants `template`, the id of an approved one, with its `variables`; `body` is then what it says.
    """

    message_id: str
    channel: TextChannelKind
    sender: str
    recipient: str
    body: str
    template: str = ""
    variables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be printed and posted by somebody else, or served electronically.

    `message_id` is the message's uuid, the idempotency key where the provider has one. The lines
    of an address begin with the name. `email` is where an electronic registered letter is served;
    `options` are the account's: colour, both sides, envelope.
    """

    message_id: str
    channel: LetterKind
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    pdf: bytes
    email: str = ""
    options: tuple[tuple[str, str], ...] = ()


Parcel = Email | Text | Letter
CarriedT_contra = TypeVar("CarriedT_contra", bound=Parcel, contravariant=True)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel took it: `reference` is what its own logs call this message, if it said."""

    reference: str = ""


class Undelivered(Refusal):
    """The message is not known to have left; `code` and `reply` are the channel's own words."""

    message = "Le message n'a pas pu partir."

    def __init__(
        self, message: str = "", *, phase: Phase = "content", code: int = 0, reply: str = ""
    ) -> None:
        """Keep where it stopped and what was answered."""
        super().__init__(message)
        self.phase: Phase = phase
        self.code = code
        self.reply = reply


class TemporaryRefusal(Undelivered):
    """Surely not accepted, and worth another try later: greylisting, full mailbox, outage.

    With `phase` "connection" the channel itself is down or refuses us: no other message would
    pass either, and the refusal says nothing of this one.
    """

    message = "Le serveur ne prend pas le message pour l'instant."


class PermanentRefusal(Undelivered):
    """Surely not accepted, and never will be."""

    message = "Le serveur refuse le message."

    @property
    def is_bounce(self) -> bool:
        """Say whether the recipient's address is the reason, not our message or our account."""
        return self.phase == "recipient"


class OptedOut(PermanentRefusal):
    """The person asked that nothing more come by this channel: neither our fault nor a bounce."""

    message = "Le destinataire ne veut plus recevoir de messages par ce canal."

    def __init__(self, message: str = "", *, code: int = 0, reply: str = "") -> None:
        """Keep what was answered; it stopped at the channel's own list."""
        super().__init__(message, phase="policy", code=code, reply=reply)


class Uncertain(Undelivered):
    """All the bytes were given and no answer came: it may have left. Never sent again by itself."""

    message = "Le serveur n'a pas répondu après avoir reçu le message : il est peut-être parti."


class Channel(Protocol[CarriedT_contra]):
    """Takes one parcel at a time; keeps its connection between two."""

    code: str

    def send(self, parcel: CarriedT_contra, /) -> Receipt:
        """Hand over the parcel, or raise TemporaryRefusal, PermanentRefusal or Uncertain.

        All the recipients or none. An account that is refused, out of credit or rate limited is a
        TemporaryRefusal of phase "connection": the channel is set aside, nobody is blamed.
        """
        ...

    def close(self) -> None:
        """Leave politely; a later send connects again."""
        ...


EmailChannel = Channel[Email]
TextChannel = Channel[Text]
LetterChannel = Channel[Letter]


@runtime_checkable
class LetterTracker(Protocol):
    """A channel of letters that also says what became of them, and gives the proofs."""

    code: str

    def send(self, letter: Letter, /) -> Receipt:
        """Hand the letter over, as any channel does."""
        ...

    def close(self) -> None:
        """Leave politely."""
        ...

    def follow(self, reference: str, channel: LetterKind, *, today: date) -> Tracked:
        """Return what is known now of a letter, by the reference of its receipt."""
        ...

    def fetch(self, reference: str, channel: LetterKind, proof: ProofRef) -> bytes:
        """Return a proof's file, PDF or picture; raises TemporaryRefusal when it is not there."""
        ...


ReportKind = Literal[
    "sent", "delivered", "opened", "failed", "bounced", "complained", "opted_out", "opted_in"
]


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider tells afterwards of a message (`message_id` or its own `reference`).

    An opt-out or opt-in speaks of a `number` and may name no message.
    """

    kind: ReportKind
    message_id: str = ""
    reference: str = ""
    number: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Knock:
    """A call at an account's public address; the names of `headers` are in lower case."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Forged(Refusal):
    """The call does not come from the provider, or says nothing that can be read."""

    message = "Cet appel n'est pas signé par le prestataire."


class ReportReader(Protocol):
    """Reads what one provider tells at the public address of an account."""

    code: str

    def read(self, knock: Knock, secrets: Mapping[str, str]) -> Sequence[Report]:
        """Return what is told, or raise Forged; `secrets` are the account's."""
        ...


class LetterPress(Protocol):
    """Turns a notice into a letter on paper."""

    code: str

    def typeset(self, notice: Notice) -> bytes:
        """Return the letter as a PDF/A; the same notice always gives the same bytes."""
        ...


@dataclass(frozen=True, slots=True)
class StoredMail:
    """One mail kept by a sink, for a list."""

    key: str
    stored_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    size: int


@dataclass(frozen=True, slots=True)
class OpenedMail:
    """One mail kept by a sink, read: headers as pairs, both bodies, attachments by name."""

    summary: StoredMail
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[tuple[str, str, bytes], ...]


class MailSink(Protocol):
    """A mailbox that keeps what was sent to anybody: demo, rehearsal and tests."""

    code: str

    def count(self) -> int:
        """Return how many mails are kept."""
        ...

    def stored(self, *, limit: int = 50, offset: int = 0) -> Sequence[StoredMail]:
        """Return the latest mails first."""
        ...

    def opened(self, key: str) -> OpenedMail | None:
        """Read one mail, or nothing if there is no such key."""
        ...


class NameRecords(Protocol):
    """What the DNS says, for the duration of one check."""

    code: str

    def look(self, name: str) -> tuple[str, ...]:
        """Return the TXT records of a name, none when there is none, or raise Unreachable."""
        ...


class SenderConsent(Protocol):
    """Opens a mailbox for sending by its owner's consent (OAuth 2.0), without a password."""

    code: str

    def token(self, *, tenant_id: int, creditor_id: int) -> str:
        """Return a token of now, asking its provider, or raise TemporaryRefusal of "connection"."""
        ...


SENDER_CONSENTS: Final[Registry[SenderConsent]] = Registry("consent of a sender")
NAME_RECORDS: Final[Registry[Callable[[], NameRecords]]] = Registry("records of a domain")
LETTER_PRESSES: Final[Registry[LetterPress]] = Registry("letter press")
MAIL_SINKS: Final[Registry[MailSink]] = Registry("mail sink")


@dataclass(frozen=True, slots=True)
class Account:
    """How a creditor's messages leave: by whom, and the settings as that adapter reads them."""

    channel: str
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """Something kept with a message as evidence: what left, or what was attached."""

    name: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message ready to leave, as the facts stood when `fingerprint` was taken."""

    parcel: Parcel
    account: Account
    subject: str
    fingerprint: str
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A message that must not leave any more, and why (French).

    `by_this_channel`: only this way out is closed, the others of the same subject stay.
    """

    reason: str
    fingerprint: str
    by_this_channel: bool = False


Outcome = Literal["sent", "failed", "bounced", "uncertain", "withdrawn"]


class Preparer(Protocol):
    """The owner of a kind of message: decides, writes it, and is told how it ended.

    All three run inside the tenant's transaction.
    """

    def fingerprint(self, *, tenant_id: int, subject_id: int, now: datetime) -> str:
        """Return a mark of every fact the message rests on: cheap, and different when one is."""
        ...

    def prepare(
        self, *, tenant_id: int, channel: str, subject_ids: Sequence[int], now: datetime
    ) -> dict[int, Prepared | Withdrawn]:
        """Decide again for each subject with the facts of now, and write what may leave."""
        ...

    def conclude(
        self, *, tenant_id: int, channel: str, subject_id: int, outcome: Outcome, now: datetime
    ) -> None:
        """Record what became of the message that left, or not, by one channel."""
        ...


class ChannelFactory(Protocol):
    """Opens a channel for an account; the outbox keeps it while it works."""

    def __call__(self, account: Account) -> Channel[Any]:
        """Return a channel that is not connected yet."""
        ...


CHANNEL_FACTORIES: Final[Registry[ChannelFactory]] = Registry("channel factory")
REPORT_READERS: Final[Registry[ReportReader]] = Registry("reader of delivery reports")
PREPARERS: Final[Registry[Preparer]] = Registry("preparer of messages")
