"""How customers pay, and how the accountant writes it down and letters it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from encours.config.demo import seasons
from encours.config.demo.books import Books, customer_line
from encours.config.demo.model import BANK, BILLS, CHEQUES, CUSTOMERS, Claim, Customer, Line
from encours.config.demo.sales import RATES, Sale, vat_of

WORDS: Final = {"transfer": "VIR", "cheque": "CHQ", "direct_debit": "PRLV", "bill": "LCR"}
NAMED, NAMED_WHEN_FORGOTTEN, FORGOTTEN = 0.65, 0.85, 0.012
UNNAMED_MAX: Final = 6
UNNAMED_SINCE_DAYS: Final = 150
PIECE_IS_THE_INVOICE: Final = 0.25
UNPAID_IN_ARREARS: Final = 0.85
PARTIAL, SMALL_DIFFERENCE, SHORT, TOO_MUCH, CREDITED = 0.012, 0.027, 0.032, 0.037, 0.07
RETURNED: Final = 0.025
ON_ACCOUNT: Final = 0.25
NEVER_COMPLETED: Final = 0.05
DISCOUNT: Final = 0.05
SHARED_LABEL_MAX: Final = 2


def pay_on(books: Books, claim: Claim) -> date | None:
    """Return when the customer pays, None while it does not.

    A customer without arrears has paid by today whatever is past due; one with arrears has left
    unpaid what fell due within them.
    """
    one, habit, today = claim.customer, claim.customer.habit, books.today
    years = (today - books.first_day).days or 1
    progress = max(0.0, (claim.issued_on - books.first_day).days / years)
    delay = books.rng.gauss(habit.delay + habit.drift * progress, habit.spread)
    natural = max(claim.due_on + timedelta(days=round(delay)), claim.issued_on + timedelta(days=2))
    if claim.due_on >= today:
        return natural
    late_from = today - timedelta(days=one.arrears_days)
    if one.arrears_days and claim.due_on >= late_from:
        first = claim.due_on <= late_from + timedelta(days=5)
        unpaid = first or books.rng.random() < UNPAID_IN_ARREARS
        return None if unpaid else min(natural, today)
    return min(natural, max(claim.due_on, today - timedelta(days=books.rng.randint(0, 6))))


def receive(
    books: Books,
    customer: Customer,
    on: date,
    cents: int,
    text: str,
    *,
    account: str = CUSTOMERS,
    quoted: str = "",
) -> Line:
    """Write money received and return the line on the customer's account.

    `quoted` is the number given as the piece; some are given beside a letter too.
    """
    method = customer.habit.method
    credit = customer_line(account, customer, -cents, f"{WORDS[method]} {text}".strip())
    named = text.startswith("FA") and " " not in text
    piece = quoted or (text if named and books.rng.random() < PIECE_IS_THE_INVOICE else "")
    if method == "cheque":
        number = f"CHQ{books.rng.randint(1_000_000, 9_999_999)}"
        books.record("CH", on, piece or number, Line(CHEQUES, cents, credit.label), credit)
        paid_in = (Line(BANK, cents, f"REMISE {number}"), Line(CHEQUES, -cents, f"REMISE {number}"))
        later = on + timedelta(days=2)
        books.plan(later, lambda: _ignore(books.record("BQ", _day(books, later), number, *paid_in)))
    else:
        books.record(
            "BQ", on, piece or books.number("BQ", on), Line(BANK, cents, credit.label), credit
        )
    return credit


def _ignore(_written: object) -> None:
    """Drop what an event returns."""


def _day(books: Books, on: date) -> date:
    return seasons.at_work(on, books.today)


def rest_of(claim: Claim) -> int:
    """Return what its letter leaves open."""
    group = claim.line.group
    return claim.amount_cents if group is None else max(0, sum(line.cents for line in group.lines))


def pay_plainly(books: Books, claim: Claim, on: date) -> Line:
    """Pay exactly what is left; the accountant letters it soon, or forgets to."""
    if claim.line.group is not None or not claim.alone:
        credit = receive(books, claim.customer, on, rest_of(claim), claim.number)
        books.letter(claim.line, credit, on=on)
        return credit
    rng = books.rng
    forgotten = rng.random() < FORGOTTEN
    lettered_on = None if forgotten else books.soon(on, 0, 2)
    named = rng.random() < (NAMED_WHEN_FORGOTTEN if forgotten else NAMED)
    if not named and (lettered_on is None or lettered_on > books.today):
        recent = on >= books.today - timedelta(days=UNNAMED_SINCE_DAYS)
        books.unnamed += recent
        named = not recent or books.unnamed > UNNAMED_MAX
    waits = lettered_on is None or lettered_on > books.today or lettered_on.year != on.year
    credit = receive(
        books,
        claim.customer,
        on,
        claim.amount_cents,
        claim.number if named else "",
        quoted=claim.number if named and waits else "",
    )
    books.letter(claim.line, credit, on=lettered_on, proven=named and waits)
    return credit


def pay_together(books: Books, claims: Sequence[Claim], on: date) -> None:
    """Pay several invoices by one transfer, as those who pay on fixed days do."""
    claims = [claim for claim in claims if claim.line.group is None]
    if len(claims) == 1:
        pay_plainly(books, claims[0], on)
    elif claims:
        named = len(claims) <= SHARED_LABEL_MAX
        text = " ".join(c.number for c in claims) if named else f"RELEVE {len(claims)} FACTURES"
        total = sum(claim.amount_cents for claim in claims)
        credit = receive(books, claims[0].customer, on, total, text)
        books.letter(*(claim.line for claim in claims), credit, on=on)


def pay_in_two(books: Books, claim: Claim, on: date) -> None:
    """Pay a part now and the rest some weeks later."""
    part = round(rest_of(claim) * books.rng.uniform(0.4, 0.6))
    pay_a_part(books, claim, on, part)
    later = books.soon(on, 8, 25)
    books.plan(later, lambda: _ignore(pay_plainly(books, claim, _day(books, later))))


def pay_a_part(books: Books, claim: Claim, on: date, cents: int) -> None:
    """Pay a part; the letter stays in lower case."""
    credit = receive(books, claim.customer, on, cents, f"ACPTE {claim.number}")
    books.letter(claim.line, credit, on=on)


def pay_nearly(books: Books, claim: Claim, on: date) -> None:
    """Pay a few cents less or more; the difference goes to 658 or 758 the same day."""
    gap = books.rng.choice((-1, 1)) * books.rng.randint(1, 150)
    owed = rest_of(claim)
    credit = receive(books, claim.customer, on, owed + gap, claim.number)
    text = f"ECART REGLT {claim.number}"
    adjusted = customer_line(CUSTOMERS, claim.customer, gap, text)
    other = Line("758000" if gap > 0 else "658000", -gap, text)
    books.record("OD", on, books.number("OD", on), adjusted, other)
    books.letter(claim.line, credit, adjusted, on=on)


def pay_wrongly(books: Books, claim: Claim, on: date, *, short: bool) -> None:
    """Pay another amount: digits swapped, or an invoice paid with something too much."""
    rng = books.rng
    gap = max(900, 9 * (rest_of(claim) // 100))
    paid = rest_of(claim) - gap if short else rest_of(claim) + gap
    credit = receive(books, claim.customer, on, paid, claim.number)
    books.letter(claim.line, credit, on=on)
    later = books.soon(on, 10, 30)
    if short and rng.random() > NEVER_COMPLETED:
        books.plan(later, lambda: _ignore(pay_plainly(books, claim, _day(books, later))))
    elif not short and rng.random() < 0.7:  # noqa: PLR2004 - most ask for their money back
        books.plan(later, lambda: _refund(books, claim, _day(books, later), gap))


def _refund(books: Books, claim: Claim, on: date, cents: int) -> None:
    back = customer_line(CUSTOMERS, claim.customer, cents, f"REMBT TROP PERCU {claim.number}")
    books.record("BQ", on, books.number("BQ", on), back, Line(BANK, -cents, back.label))
    books.letter(claim.line, back, on=on)


def pay_with_discount(books: Books, claim: Claim, on: date, sale: Sale) -> None:
    """Pay early less 2 %: the discount bears back its VAT."""
    account, vat_account = sale.shares[0][0], RATES[sale.shares[0][0]][0]
    net = sale.net_cents * 2 // 100
    vat = vat_of(account, net)
    owed = claim.amount_cents
    text = f"VIR {claim.number} ESCPTE 2 %"
    credit = customer_line(CUSTOMERS, claim.customer, -owed, text)
    books.record(
        "BQ",
        on,
        books.number("BQ", on),
        Line(BANK, owed - net - vat, credit.label),
        Line("665000", net, text),
        Line(vat_account, vat, text),
        credit,
    )
    books.letter(claim.line, credit, on=on)


def credit_note(books: Books, claim: Claim, on: date, sale: Sale, part: float) -> None:
    """Take back a part of an invoice and letter it with it at once."""
    number = books.number("AV", on)
    text = f"{number} s/ {claim.number}"
    shares = [(account, round(cents * part)) for account, cents in sale.shares]
    gross = sum(cents + vat_of(account, cents) for account, cents in shares)
    credit = customer_line(CUSTOMERS, claim.customer, -gross, text)
    back = [Line(account, cents, text) for account, cents in shares]
    vat = [Line(RATES[account][0], vat_of(account, cents), text) for account, cents in shares]
    books.record("VE", on, number, *back, *vat, credit)
    books.letter(claim.line, credit, on=on)


def accept_bill(books: Books, claim: Claim, on: date) -> None:
    """Move the claim to 413 against an accepted bill, collected at its due date."""
    number = books.number("LCR", on)
    text = f"{number} {claim.number}"
    ends = customer_line(CUSTOMERS, claim.customer, -claim.amount_cents, text)
    goes_on = customer_line(
        BILLS, claim.customer, claim.amount_cents, text, extra=f"ECH {claim.due_on:%d/%m/%Y}"
    )
    ends.continued = goes_on
    books.record("EF", on, number, goes_on, ends)
    books.letter(claim.line, ends, on=on)
    books.plan(claim.due_on, lambda: _collect_bill(books, claim, goes_on, number))


def _collect_bill(books: Books, claim: Claim, owed: Line, number: str) -> None:
    on = max(_day(books, claim.due_on), owed.entry.on)
    text = f"ENCT {number}"
    credit = customer_line(BILLS, claim.customer, -owed.cents, text)
    books.record("BQ", on, number, Line(BANK, owed.cents, credit.label), credit)
    books.letter(owed, credit, on=on)


def debit_directly(books: Books, claim: Claim) -> None:
    """Collect by direct debit on the due date; one in forty comes back unpaid."""
    on = max(_day(books, claim.due_on), claim.issued_on)
    credit = receive(books, claim.customer, on, claim.amount_cents, claim.number)
    books.letter(claim.line, credit, on=on)
    if books.rng.random() < RETURNED:
        later = books.soon(on, 4, 8)
        books.plan(later, lambda: _returned(books, claim, credit, _day(books, later)))


def _returned(books: Books, claim: Claim, credit: Line, on: date) -> None:
    """Write a direct debit that came back, in one of the two ways of accountants.

    Either the old letter is undone and the invoice is open again, or the letter stays and the
    returned payment is a debt of its own.
    """
    number = books.number("IMP", on)
    text = f"IMPAYE PRLV {claim.number}"
    back = customer_line(CUSTOMERS, claim.customer, -credit.cents, text)
    books.record("BQ", on, number, back, Line(BANK, credit.cents, text))
    books.record("BQ", on, number, Line("627000", 1_200, "FRAIS REJET"), Line(BANK, -1_200, text))
    again = claim
    if books.rng.random() < 0.5:  # noqa: PLR2004 - as many do it either way
        books.release(claim.line)
        books.letter(credit, back, on=on)
    else:
        again = Claim(number, "returned_payment", claim.customer, on, on, due_read=False, line=back)
        books.claims.append(again)
    later = books.soon(on, 12, 35)
    books.plan(later, lambda: _pay_again(books, again, _day(books, later)))


def _pay_again(books: Books, claim: Claim, on: date) -> None:
    credit = receive(books, claim.customer, on, claim.amount_cents, f"REGUL {claim.number}")
    books.letter(claim.line, credit, on=on)
