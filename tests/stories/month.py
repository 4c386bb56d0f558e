"""A month of the generated company lived day by day, as an accountant and encours live it.

Every working morning the accounting program's export of that day is imported, the plan made, the
messages sent; what is told of a customer is read back from the database. Nothing is invented: the
guide's page is this text.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from tests.conftest import House

from encours.config.demo import DemoLedger, generate
from encours.config.demo.fec import FecRow
from encours.config.demo.ledger import FecFile
from encours.config.operations import demonstration
from encours.config.operations.founding import Founded
from encours.dunning import actions as dunning
from encours.dunning.actions import choices
from encours.dunning.models import Reminder
from encours.dunning.rules.gallery import gallery
from encours.imports import actions as imports
from encours.kernel.dates import is_working_day
from encours.kernel.money import french_text
from encours.messaging.actions import Outbox
from encours.parties.models import Customer
from encours.receivables.models import Credit, Invoice
from encours.receivables.queries.ageing import aged_balance
from encours.receivables.queries.moment import Moment
from encours.recovery.actions import recording
from encours.scoring.actions import deciding, running
from encours.scoring.queries.told import stored_told
from encours.standing.models import StandingFact
from encours.tenancy import calendars
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

FIRST: Final = date(2026, 3, 2)
LAST: Final = date(2026, 3, 31)
LIVE_ON: Final = date(2025, 12, 1)
INVOICES: Final = 4_000
MORNING: Final = timedelta(hours=9)
PROFILES: Final = {
    "early": "En avance",
    "on_time": "À l'heure",
    "slightly_late": "Un peu en retard",
    "chronically_late": "Toujours en retard",
    "deteriorating": "Se dégrade",
    "new": "Nouveau",
    "key_account": "Grand compte",
    "public_body": "Organisme public",
    "consumer": "Particulier",
}
RULES: Final = (
    ({"profile": ["public_body"]}, "public"),
    ({"profile": ["consumer"]}, "particulier"),
    ({"debtor_class": ["foreign"]}, "export"),
    ({"profile": ["key_account"]}, "grand_compte"),
    ({"profile": ["chronically_late"]}, "mauvais_payeur"),
    ({"profile": ["early", "on_time"]}, "doux"),
)
KEY_ACCOUNT: Final = "Groupe Florélia"
STEPS: Final = {
    "prevenance": "prévenance",
    "relance_1": "première relance",
    "appel": "appel",
    "relance_2": "deuxième relance",
    "relance_3": "troisième relance",
    "mise_en_demeure": "mise en demeure",
    "remerciement": "remerciement",
    "releve": "relevé de compte",
}


@dataclass
class Month:
    """What the month was, by day and by customer."""

    house: House
    ledger: DemoLedger
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    opened: int = 0
    ended: int = 0

    @property
    def owner(self) -> dict[str, int]:
        return {"tenant_id": self.house.tenant_id, "creditor_id": self.house.creditor_id}


def live(house: House) -> Month:
    """Live the month; needs an e-mail channel that takes everything."""
    ledger = generate(LAST, invoices=INVOICES)
    month = Month(house, ledger)
    founded = Founded(house.tenant_id, "Maison", house.creditor_id, house.code, "", None)
    before = replace(ledger, today=FIRST)
    with in_tenant(house.tenant_id):
        now = datetime.combine(FIRST, datetime.min.time(), UTC)
        demonstration._describe(before, founded, 1, now)
        terms = demonstration._terms(before, founded, 1, now)
        Creditor.objects.filter(pk=house.creditor_id).update(live_on=LIVE_ON)
    for file in ledger.files[:-1]:
        _take(month, file)
    _take(month, _cut(ledger.files[-1], FIRST - timedelta(days=1)))
    with in_tenant(house.tenant_id):
        demonstration._complete(before, founded, terms, 1)
        _choose(month)
        month.opened = _net(month, FIRST)
    for day in _days():
        _morning(month, founded, day)
    with in_tenant(house.tenant_id):
        month.ended = _net(month, LAST)
    return month


def _choose(month: Month) -> None:
    """Score the customers, declare the key account, and give each profile its scenario."""
    said: dict[str, Any] = {"actor_id": 1, "today": FIRST}
    group = Customer.objects.get(name__iexact=KEY_ACCOUNT)
    deciding.choose_profile(
        tenant_id=month.house.tenant_id, customer_id=group.pk, profile="key_account",
        reason="Tête de groupe, suivie par la direction", ends_on=date(2026, 12, 31), **said,
    )  # fmt: skip
    running.score_creditor(**month.owner, today=FIRST)
    choices.save_rules(**month.owner, rules=RULES, **said)


def _days() -> Iterator[date]:
    holidays = calendars.french_holidays((FIRST.year,))
    day = FIRST
    while day <= LAST:
        if is_working_day(day, holidays):
            yield day
        day += timedelta(days=1)


def _morning(month: Month, founded: Founded, day: date) -> None:
    _take(month, _cut(month.ledger.files[-1], day - timedelta(days=1)))
    at = datetime.combine(day, datetime.min.time(), UTC) + MORNING
    with in_tenant(month.house.tenant_id):
        known = [fact for fact in month.ledger.standing if _told_on(fact.starts_on) == day]
        demonstration._record_standing(
            replace(month.ledger, today=day, standing=tuple(known)), founded, 1
        )
        dunning.plan_day(**month.owner, on=day, now=at, allow_stale=True)
        dunning.approve(**month.owner, user_id=None, on=day, now=at, at_once=True)
        for one in Reminder.objects.filter(planned_on=day, state="planned", approval="each"):
            dunning.approve(
                **month.owner, user_id=1, reminder_ids=[one.pk], on=day, now=at, at_once=True
            )
        _call(month, day, at)
    Outbox(month.house.tenant_id, day.toordinal(), clock=lambda: at).run()


def _call(month: Month, day: date, at: datetime) -> None:
    """Make the calls of the day: everybody promises to pay within ten days."""
    rows = Reminder.objects.filter(planned_on=day, channel__contains="call").exclude(
        state__in=("cancelled", "sent")
    )
    for one in rows.order_by("pk"):
        recording.record_call(
            tenant_id=month.house.tenant_id, customer_id=one.customer_id,
            uuid=uuid5(NAMESPACE_OID, f"{day} {one.pk}"),
            told=recording.Told(
                outcome="promise", promised_on=day + timedelta(days=10), reminder_ids=[one.pk]
            ),
            actor_id=1, now=at, today=day,
        )  # fmt: skip


def _told_on(started: date) -> date:
    """Return the working day on which a fact that began then is recorded."""
    return next(day for day in [*_days(), LAST] if day >= started or day == LAST)


def _cut(file: FecFile, until: date) -> FecFile:
    """Return the file as it was exported on an evening: what came later is not in it."""
    rows = tuple(_as_known(row, until) for row in file.rows if row.entry_on <= until)
    return FecFile(file.name, rows)


def _as_known(row: FecRow, until: date) -> FecRow:
    if row.lettered_on is None or row.lettered_on <= until:
        return row
    return replace(row, letter="", lettered_on=None)


def _take(month: Month, file: FecFile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file.name
        path.write_bytes(file.content())
        export = imports.read_file(path)
        with in_tenant(month.house.tenant_id):
            outcome = imports.import_file(export, **month.owner, author_id=1)
    assert outcome.control.get("ok", True), outcome.control


def _net(month: Month, on: date) -> int:
    moment = Moment(
        tenant_id=month.house.tenant_id,
        as_of=on,
        creditor_ids=(month.house.creditor_id,),
        currency="EUR",
    )
    return aged_balance(moment).totals["net"]


def told(month: Month) -> str:
    """Return the page of the guide."""
    with in_tenant(month.house.tenant_id):
        scores = stored_told(**month.owner)
        chosen = [(profile, _example(month, scores, profile)) for profile in PROFILES]
        parts = [_whole(month)]
        parts += [_story(month, profile, one) for profile, one in chosen if one is not None]
    return "\n\n".join(parts) + "\n"


def _example(month: Month, scores: Sequence[dict[str, Any]], profile: str) -> dict[str, Any] | None:
    """Return the customer of a profile with whom most happened; the first by code of equals."""
    mine = [
        one
        for one in scores
        if one["profile"] == profile and _totals(month, one["customer"])["net"] >= 0
    ]
    return max(mine, key=lambda one: len(_events(month, one["customer"])), default=None)


def _customer(month: Month, code: str) -> Customer:
    return Customer.objects.of(month.house.tenant_id).get(
        creditor_id=month.house.creditor_id, code=code
    )


def _events(month: Month, code: str) -> list[tuple[date, str]]:
    """Return what happened with a customer in the month, by day."""
    customer = _customer(month, code)
    mine = {"customer_id": customer.pk}
    days = (FIRST, LAST)
    found = list[tuple[date, int, str]]()
    for one in Invoice.objects.filter(**mine, undone_at=None, issued_on__range=days):
        found.append((one.issued_on, 1, f"facture {one.number} de {_money(one.amount_cents)}"))
    for one in Credit.objects.filter(**mine, undone_at=None, received_on__range=days):
        found.append((one.received_on, 2, f"règlement de {_money(one.amount_cents)}"))
    for one in Reminder.objects.filter(**mine, sent_on__range=days):
        count = len(one.instalment_ids)
        lines = "une échéance" if count == 1 else f"{count} échéances"
        said = f"**{STEPS[one.step_code]}** par {_ways(one.channel)} : {lines}"
        amount = f", {_money(one.amount_cents)}" if one.amount_cents else ""
        found.append((one.sent_on or LAST, 0, said + amount))
    facts = StandingFact.objects.filter(**mine, kind="promise", undone_at=None)
    for fact in facts.filter(starts_on__range=days).exclude(ends_on=None):
        found.append((fact.starts_on, 3, f"promesse de régler le {fact.ends_on:%-d/%m}"))
    return [(day, said) for day, _, said in sorted(found)]


def _ways(channel: str) -> str:
    names = {"email": "e-mail", "letter": "courrier", "call": "téléphone"}
    return " et ".join(names.get(one, one) for one in channel.split("+"))


def _whole(month: Month) -> str:
    rows = Reminder.objects.of(month.house.tenant_id).filter(sent_on__range=(FIRST, LAST))
    sent = list(rows.values_list("step_code", "customer_id"))
    counts = Counter(code for code, _ in sent)
    steps = [f"{counts[step]} × {name}" for step, name in STEPS.items() if counts[step]]
    received = sum(
        Credit.objects.of(month.house.tenant_id)
        .filter(undone_at=None, kind="payment", received_on__range=(FIRST, LAST))
        .values_list("amount_cents", flat=True)
    )
    return (
        f"En mars 2026, {len(sent)} messages sont partis à {len({one for _, one in sent})} clients : "
        f"{', '.join(steps)}. L'encours net était de {_money(month.opened)} le 2 mars au matin, de "
        f"{_money(month.ended)} le 31 au soir ; {_money(received)} ont été encaissés."
    )


def _story(month: Month, profile: str, one: dict[str, Any]) -> str:
    events = "\n".join(
        f"| {day.day} mars | {said} |" for day, said in _events(month, one["customer"])
    )
    left, followed = _left(month, one["customer"]), _scenario(month, one["customer"])
    return (
        f"## {PROFILES[profile]} : {one['name']}\n\n{one['sentence']}{followed}\n\n"
        f"| jour | ce qui s'est passé |\n|---|---|\n{events}\n\n{left}"
    )


def _scenario(month: Month, code: str) -> str:
    """Say which scenario the messages followed."""
    rows = Reminder.objects.filter(
        customer=_customer(month, code), sent_on__range=(FIRST, LAST)
    ).order_by("sent_on", "pk")
    names = {one.scenario.code: one.scenario.name for one in gallery()}
    used = dict.fromkeys(names[row.scenario_code] for row in rows)
    return f" Scénario : « {' », puis « '.join(used)} »." if used else ""


def _totals(month: Month, code: str) -> dict[str, int]:
    moment = Moment(
        tenant_id=month.house.tenant_id, as_of=LAST, creditor_ids=(month.house.creditor_id,),
        customer_id=_customer(month, code).pk, currency="EUR",
    )  # fmt: skip
    return aged_balance(moment).totals


def _left(month: Month, code: str) -> str:
    totals = _totals(month, code)
    late = totals["open"] - totals["not_due"]
    if not totals["net"]:
        return "Le 31 mars au soir, tout est réglé."
    overdue = f"{_money(late)} sont échus" if late else "rien n'est échu"
    free = -totals["unallocated"]
    received = f" ; {_money(free)} reçus ne sont pas encore lettrés" if free else ""
    return f"Le 31 mars au soir : {_money(totals['net'])} restent dus, {overdue}{received}."


def _money(cents: int) -> str:
    return french_text(cents, "EUR").replace("\u202f", " ").replace("\u00a0", " ")
