"""The providers that a channel may leave by: what each is told, and what of it is secret."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from encours.messaging.rules.numbers import is_sender, mobile_number

TEXT_MAX: Final = 2_000
ON_PHONE: Final = ("sms", "whatsapp")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that a provider is told of an account."""

    name: str
    is_required: bool = True
    is_secret: bool = False
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A provider: the channels it serves; `reports` when it calls us back."""

    code: str
    name: str
    channels: tuple[str, ...]
    fields: tuple[Told, ...]
    reports: bool = True

    def fields_of(self, channel: str) -> tuple[Told, ...]:
        """Return what is asked for one channel: templates are of WhatsApp only."""
        return tuple(
            one
            for one in self.fields
            if (one.name != "templates" or channel == "whatsapp")
            and (one.name != "stop" or channel == "sms")
        )


SANDBOX: Final = Told("environment", is_required=False)
PAPER: Final = tuple(
    Told(name, is_required=False) for name in ("color", "duplex", "address_sheet", "postage")
)
SENDER: Final = Told("sender")
WEBHOOK: Final = Told("webhook_secret", is_required=False, is_secret=True)
STOP: Final = Told("stop", is_required=False)
OFFERS: Final[Mapping[str, Offer]] = {
    one.code: one
    for one in (
        Offer(
            "mailgun",
            "Mailgun",
            ("email",),
            (
                Told("domain"),
                Told("api_key", is_secret=True),
                Told("signing_key", is_secret=True),
                Told("region", is_required=False),
            ),
        ),
        Offer("brevo", "Brevo", ("email",), (Told("api_key", is_secret=True), WEBHOOK)),
        Offer(
            "postmark",
            "Postmark",
            ("email",),
            (
                Told("server_token", is_secret=True),
                Told("stream", is_required=False),
                WEBHOOK,
            ),
        ),
        Offer(
            "twilio",
            "Twilio",
            ON_PHONE,
            (
                Told("sid"),
                Told("token", is_secret=True),
                SENDER,
                Told("templates", is_long=True),
                STOP,
            ),
        ),
        Offer(
            "ovh",
            "OVHcloud",
            ("sms",),
            (
                Told("service"),
                Told("application"),
                Told("secret", is_secret=True),
                Told("consumer", is_secret=True),
                SENDER,
                STOP,
            ),
        ),
        Offer(
            "maileva",
            "Maileva",
            ("letter", "registered", "eregistered"),
            (
                Told("client_id"),
                Told("client_secret", is_secret=True),
                Told("username"),
                Told("password", is_secret=True),
                Told("sender_id", is_required=False),
                SANDBOX,
                *PAPER,
            ),
            reports=False,
        ),
        Offer(
            "merci_facteur",
            "Merci Facteur",
            ("letter", "registered", "eregistered"),
            (
                Told("service_id"),
                Told("secret_key", is_secret=True),
                Told("user_id"),
                Told("authorized_ip", is_required=False),
            ),
            reports=False,
        ),
        Offer(
            "ar24",
            "AR24",
            ("eregistered",),
            (
                Told("token", is_secret=True),
                Told("private_key", is_secret=True),
                Told("user_id"),
                SANDBOX,
                Told("qualified", is_required=False),
            ),
            reports=False,
        ),
    )
}
SERVED: Final = tuple(dict.fromkeys(one for offer in OFFERS.values() for one in offer.channels))


def offered(channel: str) -> tuple[Offer, ...]:
    """Return the providers of a channel."""
    return tuple(offer for offer in OFFERS.values() if channel in offer.channels)


def faults(
    offer: Offer, channel: str, given: Mapping[str, str], own_number: str
) -> Iterator[tuple[str, str]]:
    """Yield what is wrong in what was typed: field, sentence."""
    for one in offer.fields_of(channel):
        value = given.get(one.name, "")
        if one.is_required and not value:
            yield one.name, "Ce champ est obligatoire."
        elif len(value) > TEXT_MAX:
            yield one.name, "Ce texte est trop long."
    sender = given.get("sender", "")
    if channel == "sms" and sender and not is_sender(sender):
        yield (
            "sender",
            "Un nom de 3 à 11 lettres et chiffres sans accent, ou un numéro complet (+33…).",
        )
    if channel == "whatsapp" and sender and not sender.startswith("+"):
        yield "sender", "Le numéro WhatsApp de la société, en entier (+33…)."
    if channel in ON_PHONE and own_number and not mobile_number(own_number):
        yield "own_number", "Ce numéro ne reçoit pas de messages courts."
