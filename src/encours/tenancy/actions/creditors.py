"""The legal entities: created, described, signed; SIREN and VAT number are checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from stdnum.eu import vat
from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_number

from encours.kernel.refusal import Refusal
from encours.tenancy import journal
from encours.tenancy.models import Creditor

LOGO_BYTES_MAX: Final = 500_000
LOGO_PIXELS_MAX: Final = 4_000
PNG: Final = b"\x89PNG\r\n\x1a\n"
JPEG: Final = b"\xff\xd8\xff"
FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
DESCRIBED: Final = frozenset(
    {
        "name", "siren", "vat_number", "legal_form", "address_line1", "address_line2",
        "postcode", "city", "country", "email", "phone", "currency",
        "signatory", "signatory_role",
    }
)  # fmt: skip


class InvalidSiren(Refusal):
    """Luhn says no."""

    message = "Ce SIREN est faux : vérifiez ses neuf chiffres."


class InvalidVatNumber(Refusal):
    """Its key does not match."""

    message = "Ce numéro de TVA intracommunautaire est faux."


class CodeTaken(Refusal):
    """One code per creditor and tenant."""

    message = "Une société porte déjà ce code."


class InvalidLogo(Refusal):
    """Only a real PNG or JPEG, small enough for a letter."""

    message = "Le logo doit être une image PNG ou JPEG de 500 ko et 4 000 pixels de côté au plus."


class UnknownCreditor(Refusal):
    """Not of this tenant."""

    message = "Cette société n'existe pas."


@dataclass(frozen=True, slots=True)
class Logo:
    """An image that was looked at: its type is what its bytes say, not its name."""

    content: bytes
    media_type: str
    width: int
    height: int


@transaction.atomic
def create_creditor(
    *, tenant_id: int, code: str, actor_id: int, today: date, **described: Any
) -> int:
    """Add a legal entity in rehearsal: nothing leaves for its customers yet; return its id."""
    values = _checked(described)
    try:
        with transaction.atomic():
            creditor = Creditor.objects.create(tenant_id=tenant_id, code=code.strip(), **values)
    except IntegrityError as problem:
        raise CodeTaken from problem
    _record("creditor.created", creditor, actor_id, today, {"code": creditor.code})
    return int(creditor.pk)


@transaction.atomic
def update_creditor(
    *, tenant_id: int, creditor_id: int, actor_id: int, today: date, **described: Any
) -> list[str]:
    """Change what describes a creditor; return the names of the fields that changed."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    values = _checked(described)
    changed = sorted(name for name, value in values.items() if getattr(creditor, name) != value)
    if changed:
        Creditor.objects.of(tenant_id).filter(id=creditor_id).update(
            **{name: values[name] for name in changed}
        )
        _record("creditor.updated", creditor, actor_id, today, {"fields": changed})
    return changed


@transaction.atomic
def set_logo(
    *, tenant_id: int, creditor_id: int, content: bytes | None, actor_id: int, today: date
) -> None:
    """Keep the image printed on letters, or remove it (`content` None)."""
    creditor = locked_creditor(tenant_id=tenant_id, creditor_id=creditor_id)
    logo = read_logo(content) if content is not None else None
    Creditor.objects.of(tenant_id).filter(id=creditor_id).update(
        logo=logo.content if logo else None, logo_type=logo.media_type if logo else ""
    )
    verb = "creditor.logo_set" if logo else "creditor.logo_removed"
    facts = {"bytes": len(logo.content), "type": logo.media_type} if logo else {}
    _record(verb, creditor, actor_id, today, facts)


def read_logo(content: bytes) -> Logo:
    """Return the image that the bytes really are, or raise InvalidLogo."""
    if len(content) > LOGO_BYTES_MAX:
        raise InvalidLogo
    size = _png_size(content) or _jpeg_size(content)
    if size is None or not all(0 < side <= LOGO_PIXELS_MAX for side in size):
        raise InvalidLogo
    media_type = "image/png" if content.startswith(PNG) else "image/jpeg"
    return Logo(content, media_type, *size)


def locked_creditor(*, tenant_id: int, creditor_id: int) -> Creditor:
    """Return the creditor, locked until the end of the transaction, or raise UnknownCreditor."""
    found = Creditor.objects.of(tenant_id).filter(id=creditor_id)
    creditor = found.select_for_update(of=("self",)).first()
    if creditor is None:
        raise UnknownCreditor
    return creditor


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Read the IHDR chunk (PNG, ISO/IEC 15948)."""
    if not content.startswith(PNG) or content[12:16] != b"IHDR" or b"IEND" not in content[-12:]:
        return None
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk the segments to the frame header (JPEG, ITU T.81, annex B)."""
    if not content.startswith(JPEG):
        return None
    at = 2
    while at + 9 < len(content) and content[at] == JPEG[0]:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if marker in FRAMES:
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            return int.from_bytes(width), int.from_bytes(height)
        at += 2 + max(length, 2)
    return None


def _checked(described: Mapping[str, Any]) -> dict[str, Any]:
    unknown = described.keys() - DESCRIBED
    assert not unknown, unknown
    values = dict(described)
    if "siren" in values:
        values["siren"] = _siren(str(values["siren"]))
    if "vat_number" in values:
        values["vat_number"] = _vat_number(str(values["vat_number"]))
    return values


def _siren(text: str) -> str:
    plain = re.sub(r"\s", "", text)
    if plain and not siren_number.is_valid(plain):
        raise InvalidSiren
    return plain


def _vat_number(text: str) -> str:
    plain = re.sub(r"[\s.-]", "", text).upper()
    try:
        return str(vat.validate(plain)) if plain else ""
    except ValidationError as problem:
        raise InvalidVatNumber from problem


def _record(
    verb: str, creditor: Creditor, actor_id: int, today: date, data: Mapping[str, Any]
) -> None:
    journal.record(
        verb,
        tenant_id=creditor.tenant_id,
        subject=("creditor", creditor.pk),
        effective_on=today,
        actor_id=actor_id,
        creditor_id=creditor.pk,
        data=data,
    )
