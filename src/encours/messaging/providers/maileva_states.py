"""What Maileva says of a letter, in our words (recipients of mail v2, registered v4, LREQ v1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from encours.messaging.ports import LetterKind
from encours.messaging.rules.tracking import Happened, ProofKind, ProofRef, State, Tracked

PARIS: Final = ZoneInfo("Europe/Paris")
RETURNED: Final[Mapping[str, State]] = {
    "N02": "unknown", "N03": "not_claimed", "N05": "refused", "N07": "returned",
}  # fmt: skip
CARRIED: Final[Mapping[str, State]] = {
    "LP03": "deposited", "LP05": "deposited",
    "LP08": "presented", "LP09": "presented",
    "LP15": "delivered", "LP16": "delivered", "LP28": "delivered", "LP29": "delivered",
    "LP17": "returned", "LP19": "not_claimed", "LP20": "returned", "LP21": "unknown",
    "LP22": "refused", "LP25": "not_claimed",
}  # fmt: skip
MAIN: Final[Mapping[str, State]] = {"FIRST_PRESENTATION": "presented", "DELIVERED": "delivered"}
ELECTRONIC: Final[Mapping[str, State]] = {
    "PROCESSED": "deposited", "ACCEPTED": "delivered", "REFUSED": "refused",
    "NOT_CLAIMED": "not_claimed", "REJECTED": "rejected", "ERROR": "rejected",
    "CANCELED": "rejected",
}  # fmt: skip
PROOFS: Final[tuple[tuple[str, ProofKind, str], ...]] = (
    ("deposit_proof", "deposit", "download_deposit_proof"),
    ("content_proof", "content", "download_content_proof"),
    ("acknowledgement_of_receipt", "receipt", "download_acknowledgement_of_receipt"),
    ("undelivered_mail", "returned", "download_undelivered_mail"),
)
DELIVERY_PROOFS: Final[Mapping[str, ProofKind]] = {
    "ACKNOWLEDGMENT_OF_RECEIPT": "receipt", "REFUSAL_PROOF": "refusal",
    "NOT_CLAIMED_PROOF": "not_claimed",
}  # fmt: skip


def tracked(told: Mapping[str, Any], channel: LetterKind) -> Tracked:
    """Return what is said of a recipient."""
    if channel == "eregistered":
        return Tracked(tuple(_electronic(told)), tuple(_electronic_proofs(told)))
    return Tracked(
        tuple(_on_paper(told)), tuple(_proofs(told)), str(told.get("registered_number") or "")
    )


def _on_paper(told: Mapping[str, Any]) -> Iterator[Happened]:
    for one in told.get("statuses") or []:
        if one.get("code") == "PROCESSED" and (on := day(one.get("date"))):
            yield Happened("accepted", on)
        if one.get("code") in ("REJECTED", "SENDING_REJECTED") and (on := day(one.get("date"))):
            yield Happened("rejected", on, str(one.get("details") or told.get("status_detail", "")))
    if on := day(told.get("deposit_proof_date")):
        yield Happened("deposited", on)
    for one in told.get("delivery_statuses") or []:
        state, on = CARRIED.get(str(one.get("code"))), day(one.get("date"))
        if state and on:
            yield Happened(state, on, str(one.get("label") or ""))
    for one in told.get("main_delivery_statuses") or []:
        state, on = MAIN.get(str(one.get("category"))), day(one.get("date"))
        if state and on:
            yield Happened(state, on, str(one.get("label") or ""))
    if on := day(told.get("undelivered_mail_date")):
        yield Happened(RETURNED.get(str(told.get("undelivered_mail_reason")), "returned"), on)


def _proofs(told: Mapping[str, Any]) -> Iterator[ProofRef]:
    for name, kind, where in PROOFS:
        if told.get(f"{name}_url"):
            yield ProofRef(kind, where, day(told.get(f"{name}_date")))


def _electronic(told: Mapping[str, Any]) -> Iterator[Happened]:
    state, on = ELECTRONIC.get(str(told.get("status"))), day(told.get("status_date"))
    if state and on:
        yield Happened(state, on, str(told.get("status_detail") or ""))
    deposited = day((told.get("deposit_proof") or {}).get("creation_date"))
    if deposited:
        yield Happened("deposited", deposited)


def _electronic_proofs(told: Mapping[str, Any]) -> Iterator[ProofRef]:
    if deposit := told.get("deposit_proof"):
        yield ProofRef("deposit", "download_deposit_proof", day(deposit.get("creation_date")))
    delivery = told.get("delivery_proof") or {}
    kind = DELIVERY_PROOFS.get(str(delivery.get("type")))
    if kind:
        yield ProofRef(kind, "download_delivery_proof", day(delivery.get("creation_date")))


def day(text: Any) -> date | None:
    """Return the day in Paris of an instant of theirs."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return (at.astimezone(PARIS) if at.tzinfo else at).date()
