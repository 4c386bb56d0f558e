"""From a reminder's facts to the notice it says: words, table, what the law adds, how to pay.

Pure: what may not be claimed (class not confirmed, due date assumed, missing rate) is decided here
once, for the e-mail, its letter and the preview.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from encours.discounts.rules.offers import Discount
from encours.dunning.rules.scenario import Step
from encours.dunning.texts.mandates import Mandate, framed
from encours.dunning.texts.words import Message, Text, compose
from encours.messaging.rules import notice as notices
from encours.messaging.rules.notice import Addressee, Kind, Language, Notice, Payment, Sender
from encours.messaging.rules.wording import amount_text, day_text, points_text
from encours.receivables.rules.indemnity import recovery_indemnity
from encours.receivables.rules.interest import Claim, InterestStatement, late_interest
from encours.receivables.rules.rates import MissingRate, Rates
from encours.receivables.rules.values import LawValues

ANSWER_DAYS: Final = 8
CLAIMING_TONES: Final = ("firm", "formal")
KINDS: Final[Mapping[str, Kind]] = {
    "pre_due": "prevenance",
    "reminder": "relance",
    "formal_notice": "mise_en_demeure",
    "thank_you": "remerciement",
    "statement": "releve",
}


@dataclass(frozen=True, slots=True)
class DueLine:
    """One listed due line, and what the interest rule needs of it.

    `may_claim`: its due date was read or computed from confirmed terms, its debtor's class is
    confirmed, it is no note of penalties; otherwise neither interest nor indemnity is asked
    (design.md, part 4). What notes billed is in `claim.billed`, and not asked again.
    """

    invoice_id: int
    number: str
    issued_on: date
    open_cents: int
    claim: Claim
    may_claim: bool = False
    label: str = ""
    discount: Discount | None = None
    line_id: int = 0
    lineage_id: int = 0
    has_sure_date: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a message is written from; amounts are those of `today`."""

    step: Step
    text: Text
    language: Language
    today: date
    sender: Sender
    addressee: Addressee
    lines: tuple[DueLine, ...]
    currency: str = "EUR"
    credits_cents: int = 0
    payment: Payment | None = None
    contact: str = ""
    signatory: str = ""
    signatory_role: str = ""
    place: str = ""
    reference: str = ""
    reminders: tuple[date, ...] = ()
    paid_cents: int = 0
    paid_on: date | None = None
    is_attached: bool = False
    is_letter: bool = False
    claims_penalties: bool = True
    edited: Mapping[str, str] = field(default_factory=dict)
    mandate: Mandate | None = None  # for whom a collector writes

    @property
    def creditor(self) -> str:
        """Return to whom the money is owed."""
        return self.mandate.creditor if self.mandate else self.sender.name


@dataclass(frozen=True, slots=True)
class Extras:
    """What the law adds to the lines; interest None: not claimed, or a rate is missing."""

    interest_cents: int | None = None
    indemnity_cents: int | None = None
    statements: tuple[tuple[str, InterestStatement], ...] = ()
    is_rate_missing: bool = False


def notice(draft: Draft, *, rates: Rates, law: LawValues) -> Notice:
    """Write the message of a draft."""
    extras = _extras(draft, rates, law)
    words = _words(draft, extras)
    told = Notice(
        kind=KINDS[draft.step.kind],
        language=draft.language,
        sender=draft.sender,
        addressee=draft.addressee,
        written_on=draft.today,
        subject=draft.edited.get("subject") or words.subject,
        greeting=words.greeting,
        opening=_paragraphs(draft.edited.get("body", "")) or words.opening,
        lines=tuple(_line(line, draft.today) for line in draft.lines),
        currency=draft.currency,
        credits_cents=-draft.credits_cents,
        interest_cents=extras.interest_cents,
        indemnity_cents=extras.indemnity_cents,
        penalties=tuple(_penalties(extras)),
        payment=draft.payment if draft.step.kind != "thank_you" else None,
        closing=() if draft.edited.get("body") else words.closing,
        farewell=words.farewell,
        signatory=draft.signatory,
        signatory_role=draft.signatory_role,
        place=draft.place,
        our_reference=draft.reference,
        mentions=words.mentions,
        pay_before=_pay_before(draft),
        short=words.short,
        reduced=reduced(draft),
    )
    return framed(told, draft.mandate) if draft.mandate else told


def _extras(draft: Draft, rates: Rates, law: LawValues) -> Extras:
    lines = [line for line in draft.lines if line.may_claim]
    if not draft.claims_penalties:
        return Extras()
    claims = _claims(draft.step, draft.step.indemnity)
    indemnity = _indemnity(lines, draft.today, law) if claims else None
    if not _claims(draft.step, draft.step.interest):
        return Extras(indemnity_cents=indemnity)
    try:
        statements = tuple(
            (line.number, late_interest(line.claim, draft.today, rates, law)) for line in lines
        )
    except MissingRate:
        return Extras(indemnity_cents=indemnity, is_rate_missing=True)
    cents = sum(statement.cents for _, statement in statements)
    return Extras(cents or None, indemnity, statements)


def _claims(step: Step, asked: bool | None) -> bool:  # noqa: FBT001 - what the step says, or not
    """Say whether a step shows what the law adds: as it says, else as its tone does."""
    if step.kind == "thank_you":
        return False
    return step.tone in CLAIMING_TONES if asked is None else asked


def _indemnity(lines: Iterable[DueLine], today: date, law: LawValues) -> int | None:
    by_invoice: dict[int, list[Claim]] = {}
    for line in lines:
        by_invoice.setdefault(line.invoice_id, []).append(line.claim)
    owed = sum(recovery_indemnity(claims, today, law).cents for claims in by_invoice.values())
    return owed or None


def values(draft: Draft, *, rates: Rates, law: LawValues) -> dict[str, str]:
    """Return the value of each variable in the message of a draft; "" where there is none."""
    return _values(draft, _extras(draft, rates, law))


def _words(draft: Draft, extras: Extras) -> Message:
    language = draft.language
    return compose(
        draft.text,
        values=_values(draft, extras),
        flags=_flags(draft, extras),
        language=language,
        invoices=[
            {
                "number": line.number or line.label,
                "due_on": day_text(line.claim.due_on, language),
                "open": amount_text(line.open_cents, draft.currency, language),
                **_reduction(line, draft),
            }
            for line in draft.lines
        ],
    )


def _values(draft: Draft, extras: Extras) -> dict[str, str]:
    language = draft.language
    owed = sum(line.open_cents for line in draft.lines)
    asked = owed - draft.credits_cents + (extras.interest_cents or 0)
    asked += extras.indemnity_cents or 0

    def money(cents: int | None) -> str:
        return amount_text(cents, draft.currency, language) if cents else ""

    oldest = min((line.claim.due_on for line in draft.lines), default=draft.today)
    late = (draft.today - oldest).days
    alone = draft.lines[0] if len(draft.lines) == 1 else None
    return {
        "amount": money(asked),
        "open": money(owed),
        "count": str(len(draft.lines)) if draft.lines else "",
        "invoice": alone.number if alone else "",
        "due_on": day_text(alone.claim.due_on, language) if alone else "",
        "oldest_due_on": day_text(oldest, language),
        "days_late": _days(late, language) if late > 0 else "",
        "overdue": money(sum(one.open_cents for one in draft.lines if _is_late(one, draft.today))),
        "due_soon": money(
            sum(one.open_cents for one in draft.lines if not _is_late(one, draft.today))
        ),
        "pay_before": day_text(_pay_before(draft), language) if _pay_before(draft) else "",
        "interest": money(extras.interest_cents),
        "indemnity": money(extras.indemnity_cents),
        "as_of": day_text(draft.today, language),
        "reminders": ", ".join(day_text(day, language) for day in draft.reminders),
        "credits": money(draft.credits_cents),
        "paid": money(draft.paid_cents),
        "paid_on": day_text(draft.paid_on, language) if draft.paid_on else "",
        **_discount_values(draft, money),
        "reference": draft.reference,
        "creditor": draft.creditor,
        "customer": draft.addressee.name,
        "contact": draft.contact,
        "phone": draft.sender.phone,
        "email": draft.sender.email,
    }


def reduced(draft: Draft) -> notices.Reduced | None:
    """Return what there is to pay, by when, for the discount of all the lines to be had."""
    alike = _alike(draft)
    if alike is None or draft.credits_cents:
        return None
    cents = sum(one.cents for one in _discounts(draft))
    pay = sum(line.open_cents for line in draft.lines) - cents
    return notices.Reduced(pay, cents, alike.until_on)


def _discounts(draft: Draft) -> list[Discount]:
    return [line.discount for line in draft.lines if line.discount]


def _alike(draft: Draft) -> Discount | None:
    """Return the discount of every line, when all have the same percent and day."""
    told = _discounts(draft)
    if not told or len(told) != len(draft.lines):
        return None
    kinds = {(one.basis_points, one.until_on) for one in told}
    return told[0] if len(kinds) == 1 else None


def _reduction(line: DueLine, draft: Draft) -> dict[str, str]:
    told = line.discount
    if told is None:
        return {}
    return {
        "discount": amount_text(told.cents, draft.currency, draft.language),
        "discount_before": day_text(told.until_on, draft.language),
        "discount_pay": amount_text(line.open_cents - told.cents, draft.currency, draft.language),
    }


def _discount_values(draft: Draft, money: Callable[[int | None], str]) -> dict[str, str]:
    told, alike = _discounts(draft), _alike(draft)
    cents = sum(one.cents for one in told)
    owed = sum(line.open_cents for line in draft.lines)
    percents = {one.basis_points for one in told}
    days = {one.until_on for one in told}
    alone = points_text(min(percents), draft.language) if len(percents) == 1 else ""
    return {
        "discount": money(cents),
        "discount_percent": alone,
        "discount_before": day_text(min(days), draft.language) if len(days) == 1 else "",
        "discount_pay": money(owed - cents) if alike else "",
    }


def _is_late(line: DueLine, today: date) -> bool:
    return line.claim.due_on < today


def _flags(draft: Draft, extras: Extras) -> set[str]:
    debtor = draft.lines[0].claim.debtor_class.value if draft.lines else "unknown"
    agreed = any(line.claim.contract_rate for line in draft.lines)
    claimable = any(line.may_claim for line in draft.lines)
    flags = {
        "one": len(draft.lines) == 1,
        "many": len(draft.lines) > 1,
        "business": claimable and debtor in ("business", "foreign"),
        "consumer": debtor == "consumer",
        "public": claimable and debtor == "public",
        "interest_missing": extras.is_rate_missing,
        "agreed_rate": agreed,
        "attached": draft.is_attached,
        "letter": draft.is_letter,
        "discount_all": _alike(draft) is not None,
        "rebate": any(one.origin == "negotiation" for one in _discounts(draft)),
    }
    return {name for name, holds in flags.items() if holds}


def _days(count: int, language: Language) -> str:
    unit = "jour" if language == "fr" else "day"
    return f"{count}\u00a0{unit}{'s' if count > 1 else ''}"


def _pay_before(draft: Draft) -> date | None:
    if draft.step.tone not in CLAIMING_TONES:
        return None
    return draft.today + timedelta(days=ANSWER_DAYS)


def _line(line: DueLine, today: date) -> notices.Line:
    return notices.Line(
        number=line.number,
        issued_on=line.issued_on,
        due_on=line.claim.due_on,
        amount_cents=line.claim.amount_cents,
        open_cents=line.open_cents,
        days_late=max((today - line.claim.due_on).days, 0),
        label=line.label,
    )


def _penalties(extras: Extras) -> Iterable[notices.Penalty]:
    for number, statement in extras.statements:
        for segment in statement.segments:
            yield notices.Penalty(
                number=number,
                base_cents=segment.base_cents,
                from_on=segment.from_on,
                to_on=segment.to_on,
                days=segment.days,
                rate_percent=Decimal(segment.points.numerator)
                / Decimal(segment.points.denominator),
                amount_cents=segment.cents,
            )
        yield from _regularised(number, statement)


def _regularised(number: str, statement: InterestStatement) -> Iterable[notices.Penalty]:
    """Yield what makes the table add up where a note billed days that now cost otherwise."""
    shown = sum(segment.cents for segment in statement.segments)
    if statement.segments and statement.cents != shown:
        day = statement.segments[0].from_on
        cents = statement.cents - shown
        name = f"{number} (régularisation)"
        yield notices.Penalty(name, 0, day, day, 0, Decimal(0), cents)


def _paragraphs(body: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in body.split("\n\n") if part.strip())
