"""The outbox's preparer of reminders: decides again with the facts of now, writes, concludes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import connection

from encours.discounts.actions import offers as discounts
from encours.dunning.actions import effects
from encours.dunning.actions.bounces import mark_bounced
from encours.dunning.actions.parcels import Leaving, parcel
from encours.dunning.models import Reminder
from encours.dunning.queries import ledger as ledgers
from encours.dunning.queries.luggage import NOTHING, Luggage, luggage_of, statements_of
from encours.dunning.queries.moment import Setting, setting
from encours.dunning.queries.outgoing import Outgoing, outgoing
from encours.dunning.rules import planning, recheck, wordings
from encours.dunning.rules.frames import Ledger, Mode
from encours.dunning.rules.proofreading import edited_findings
from encours.dunning.rules.scenario import Step
from encours.dunning.rules.short import ShortMessage, short_text
from encours.dunning.rules.wordings import Draft
from encours.kernel.refusal import Refusal
from encours.messaging import accounts, optouts
from encours.messaging.models import Message
from encours.messaging.ports import LETTER_PRESSES, Outcome, Prepared, Withdrawn
from encours.messaging.rules.notice import Notice
from encours.messaging.rules.segments import cost_cents, length_of
from encours.parties import faces
from encours.receivables.queries.rates import rates_of
from encours.receivables.rules.rates import Rates
from encours.receivables.rules.values import shipped_law_values
from encours.tenancy import cycle, journal
from encours.tenancy.models import Creditor
from encours.tone.rules.values import Finding

KIND: Final = "reminder"
LEAVING: Final = ("send", "rewrite")
AHEAD_BYTES: Final = 32 * 1024 * 1024  # of files joined to messages written ahead
# Addresses go by an array: as a join, a plan made before the tables have statistics (after a large
# import) reads every contact for each of another.
FINGERPRINT: Final = f"""
with merged as {faces.LIVE}
select r.id, md5(concat_ws('|', %(day)s::text, r.id::text, r.edited::text, r.rehearsal::text,
  r.instalment_ids::text, r.open_cents::text, r.step_code,
  (select c.xmin::text from parties_customer c
   where c.tenant_id = r.tenant_id and c.id = r.customer_id),
  (select string_agg(k.id || ':' || k.xmin, ',' order by k.id) from parties_contact k
   where k.tenant_id = r.tenant_id and k.customer_id = any (mine.ids)),
  (select string_agg(l.customer_id || ':' || l.face_id, ',' order by l.customer_id)
   from merged l where l.customer_id = r.customer_id or l.face_id = r.customer_id),
  (select string_agg(f.id || ':' || f.xmin, ',' order by f.id) from standing_standingfact f
   where f.tenant_id = r.tenant_id and f.customer_id = any (mine.ids)),
  (select count(*) || ':' || coalesce(sum(hashtext(i.id || ':' || i.xmin)), 0)
   from receivables_instalment i
   where i.tenant_id = r.tenant_id and i.customer_id = any (mine.ids)),
  (select count(*) || ':' || coalesce(sum(hashtext(d.id || ':' || d.xmin)), 0)
   from receivables_credit d where d.tenant_id = r.tenant_id and d.customer_id = any (mine.ids)),
  (select count(*) || ':' || coalesce(sum(hashtext(a.id || ':' || a.xmin)), 0)
   from receivables_allocation a where a.tenant_id = r.tenant_id and (
     a.instalment_id = any (r.instalment_ids) or a.credit_id in (
       select d.id from receivables_credit d
       where d.tenant_id = r.tenant_id and d.customer_id = any (mine.ids)))),
  (select string_agg(o.id::text, ',' order by o.id) from dunning_reminder o
   where o.tenant_id = r.tenant_id and o.id <> r.id and o.state = 'sent'
     and o.sent_on > %(day)s::date - 7 and o.customer_id in (
       select k.customer_id from parties_contact k
       where k.tenant_id = r.tenant_id and k.email <> '' and k.email = any (theirs.emails))),
  (select c.xmin::text from tenancy_creditor c
   where c.tenant_id = r.tenant_id and c.id = r.creditor_id),
  (select count(*) || ':' || coalesce(max(o.opted_out_at)::text, '')
   from messaging_optout o where o.tenant_id = r.tenant_id and o.opted_in_at is null),
  (select string_agg(concat_ws(':', a.id, a.provider, a.settings, a.secrets, a.own_number,
                     a.is_enabled), ',' order by a.id) from messaging_channelaccount a
   where a.tenant_id = r.tenant_id and a.creditor_id = r.creditor_id),
  (select string_agg(g.id || ':' || g.xmin, ',' order by g.id) from postal_consent g
   where g.tenant_id = r.tenant_id and g.customer_id = r.customer_id),
  (select count(*) from postal_badaddress b
   where b.tenant_id = r.tenant_id and b.customer_id = r.customer_id),
  (select t.xmin::text from tenancy_tenant t where t.id = r.tenant_id),
  (select string_agg(h.id || ':' || h.xmin, ',' order by h.id) from dunning_scenariochoice h
   where h.tenant_id = r.tenant_id and h.customer_id = any (mine.ids)),
  (select string_agg(u.id || ':' || u.xmin, ',' order by u.id) from dunning_scenariorule u
   where u.tenant_id = r.tenant_id),
  (select string_agg(s.id || ':' || s.xmin, ',' order by s.id) from dunning_scenario s
   where s.tenant_id = r.tenant_id),
  (select string_agg(v.id || ':' || v.xmin, ',' order by v.id) from receivables_penaltywaiver v
   where v.tenant_id = r.tenant_id and v.customer_id = any (mine.ids)),
  (select b.xmin::text from einvoicing_billingpolicy b
   where b.tenant_id = r.tenant_id and b.creditor_id = r.creditor_id),
  (select string_agg(e.id || ':' || e.xmin, ',' order by e.id) from discounts_discountrule e
   where e.tenant_id = r.tenant_id and e.creditor_id = r.creditor_id),
  (select string_agg(e.id || ':' || e.state, ',' order by e.id) from discounts_discountoffer e
   where e.tenant_id = r.tenant_id and e.customer_id = any (mine.ids) and e.state <> 'prepared'),
  (select string_agg(w.id::text, ',' order by w.id) from dunning_texttemplate w
   where w.tenant_id = r.tenant_id and w.is_active)))
from dunning_reminder r
cross join lateral (select array(select r.customer_id union all
  select l.customer_id from merged l where l.face_id = r.customer_id) as ids) mine
cross join lateral (select array(select k.email from parties_contact k
  where k.tenant_id = r.tenant_id and k.customer_id = any (mine.ids)) as emails) theirs
where r.tenant_id = %(tenant_id)s and r.id = any (%(reminders)s)
"""
CONCLUDE: Final = """
update dunning_reminder r set
    state = case when %(outcome)s = 'sent' then 'sent'
        when %(has_ended)s and r.state <> 'sent' and not exists (
            select from messaging_message m
            where m.tenant_id = r.tenant_id and m.kind = 'reminder' and m.subject_id = r.id
              and m.state in ('reserved', 'sending', 'uncertain', 'sent'))
            then 'cancelled' else r.state end,
    sent_on = case when %(outcome)s = 'sent' then here.today else r.sent_on end
from tenancy_creditor c
join tenancy_tenant w on w.id = c.tenant_id
cross join lateral (
    select (%(now)s::timestamptz at time zone coalesce(c.time_zone, w.time_zone))::date as today,
        (select was.state from dunning_reminder was
         where was.tenant_id = c.tenant_id and was.id = %(reminder_id)s) as was
) here
where r.tenant_id = %(tenant_id)s and r.id = %(reminder_id)s
    and c.tenant_id = r.tenant_id and c.id = r.creditor_id
returning here.today, r.creditor_id, r.customer_id,
    case when r.state = 'sent' and here.was <> 'sent' and not r.rehearsal then r.effects
        else '{}' end,
    r.step_code, r.amount_cents, r.currency, r.instalment_ids, r.rehearsal
"""
TOLD: Final = ("step", "amount_cents", "currency", "lines", "rehearsal")
MERGED: Final = recheck.Verdict(
    "cancel",
    reason="merged",
    sentence="Ce client a été fusionné avec un autre, qui sera relancé à sa place.",
)


class ReminderPreparer:
    """Everything a reminder rests on is looked at once more before it leaves (design.md, 2.8)."""

    def fingerprint(self, *, tenant_id: int, subject_id: int, now: datetime) -> str:
        """Return a mark of the customer's rows, its creditor's and the day."""
        return _marks(tenant_id, [subject_id], now).get(subject_id, "")

    def prepare(
        self, *, tenant_id: int, channel: str, subject_ids: Sequence[int], now: datetime
    ) -> dict[int, Prepared | Withdrawn]:
        """Decide again for each reminder, and write what may leave by this channel.

        The first is always answered; of the others, those that would weigh too much together are
        left for another time.
        """
        marks = _marks(tenant_id, subject_ids, now)
        by_creditor: dict[int, list[Reminder]] = defaultdict(list)
        rows = Reminder.objects.of(tenant_id).in_bulk(list(subject_ids))
        for reminder in (rows[number] for number in subject_ids if number in rows):
            by_creditor[reminder.creditor_id].append(reminder)
        found: dict[int, Prepared | Withdrawn] = {}
        for creditor_id, reminders in by_creditor.items():
            wanted = _Wanted(tenant_id, creditor_id, channel, marks, now)
            found |= _prepare(wanted, reminders)
        return found

    def conclude(
        self, *, tenant_id: int, channel: str, subject_id: int, outcome: Outcome, now: datetime
    ) -> None:
        """Record what became of a reminder by one channel; a bounce marks the contact's address.

        It is cancelled once no other channel carries it.
        """
        asked = {
            "tenant_id": tenant_id,
            "reminder_id": subject_id,
            "outcome": outcome,
            "has_ended": outcome in ("withdrawn", "bounced", "failed"),
            "now": now,
        }
        with connection.cursor() as cursor:
            cursor.execute(CONCLUDE, asked)
            today, creditor_id, customer_id, set_going, *told = cursor.fetchone()
        if outcome == "bounced":
            mark_bounced(
                tenant_id=tenant_id,
                reminder_id=subject_id,
                channel=channel,
                customer_id=customer_id,
                now=now,
            )
        journal.record(
            f"reminder.{outcome}",
            tenant_id=tenant_id,
            subject=("reminder", subject_id),
            effective_on=today,
            creditor_id=creditor_id,
            customer_id=customer_id,
            data=dict(zip(TOLD, told, strict=True)),
        )
        if outcome in ("sent", "uncertain"):
            discounts.made(tenant_id=tenant_id, reminder_id=subject_id, on=today)
        effects.record(
            set_going,
            tenant_id=tenant_id,
            creditor_id=creditor_id,
            customer_id=customer_id,
            reminder_id=subject_id,
            step=told[0],
            on=today,
        )


def _marks(tenant_id: int, reminder_ids: Sequence[int], now: datetime) -> dict[int, str]:
    """Return the mark of each reminder, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            FINGERPRINT,
            {
                "tenant_id": tenant_id,
                "reminders": list(reminder_ids),
                "day": now.date().isoformat(),
            },
        )
        return dict(cursor.fetchall())


class HeldBack(Refusal):
    """The facts of now let this reminder leave no more; the message says why."""


def notice_of(*, tenant_id: int, reminder_id: int, now: datetime) -> Notice:
    """Return what a reminder says now, without deciding anything."""
    reminder = Reminder.objects.of(tenant_id).get(pk=reminder_id)
    return _written(reminder, *_now(reminder, now))


def luggage_now(*, tenant_id: int, reminder_id: int, now: datetime) -> tuple[Step, Luggage]:
    """Return the step of a reminder, and the files that would go along with it now."""
    reminder = Reminder.objects.of(tenant_id).get(pk=reminder_id)
    one = _drafted(reminder, *_now(reminder, now))
    return one.draft.step, luggage_of(tenant_id, [one]).get(reminder_id, NOTHING)


def preview(*, tenant_id: int, reminder_id: int, now: datetime) -> tuple[Notice, bytes]:
    """Return what a reminder says now, and its letter as a PDF, without deciding anything."""
    reminder = Reminder.objects.of(tenant_id).get(pk=reminder_id)
    one, rates = _drafted(reminder, *_now(reminder, now)), rates_of(tenant_id)
    return _notice(one, rates), _letter(one, rates)


def short_of(*, tenant_id: int, reminder_id: int, channel: str, now: datetime) -> ShortMessage:
    """Return what a reminder says now on a telephone, without deciding anything."""
    reminder = Reminder.objects.of(tenant_id).get(pk=reminder_id)
    asked, listed = _now(reminder, now)
    one = _drafted(reminder, asked, listed)
    stop, price = accounts.short_terms(asked.creditor, channel)
    body = short_text(_notice(one, rates_of(tenant_id)), stop=stop)
    length = length_of(body)
    return ShortMessage(body, length, cost_cents(length.parts, price))


def letter_of(*, tenant_id: int, reminder_id: int, now: datetime) -> bytes:
    """Decide again with the facts of now and typeset the letter, or raise HeldBack."""
    reminder = Reminder.objects.of(tenant_id).get(pk=reminder_id)
    asked = _setting(tenant_id, reminder.creditor_id, now)
    ledger = _ledger(tenant_id, [reminder], asked)
    verdict = _verdicts(tenant_id, [reminder], asked, ledger)[reminder.pk]
    if verdict.outcome not in LEAVING:
        raise HeldBack(verdict.sentence)
    one = _drafted(reminder, asked, verdict)
    _keep_versions(tenant_id, [one])
    return _letter(one, rates_of(tenant_id))


def findings_of(reminder: Reminder, *, now: datetime) -> tuple[Finding, ...]:
    """Return what is wrong in the words that a person gave this reminder, saved or not yet."""
    one = _drafted(reminder, *_now(reminder, now))
    return edited_findings(one.draft, _notice(one, rates_of(reminder.tenant_id)))


def verdicts_now(
    *, tenant_id: int, creditor_id: int, reminder_ids: Sequence[int], now: datetime
) -> dict[int, recheck.Verdict]:
    """Decide again for reminders of one creditor, without writing or sending anything."""
    reminders = list(Reminder.objects.of(tenant_id).filter(pk__in=list(reminder_ids)))
    asked = _setting(tenant_id, creditor_id, now)
    return _verdicts(tenant_id, reminders, asked, _ledger(tenant_id, reminders, asked))


def _now(reminder: Reminder, now: datetime) -> tuple[Setting, recheck.Verdict]:
    """Return what the planner says of a reminder now; one that is held or left stays as listed."""
    asked = _setting(reminder.tenant_id, reminder.creditor_id, now)
    listed = tuple(zip(reminder.instalment_ids, reminder.open_cents, strict=True))
    if reminder.state in ("planned", "approved"):
        ledger = _ledger(reminder.tenant_id, [reminder], asked)
        verdict = _verdicts(reminder.tenant_id, [reminder], asked, ledger)[reminder.pk]
        if verdict.outcome in LEAVING:
            return asked, verdict
    return asked, recheck.Verdict("send", open_cents=listed)


def _written(reminder: Reminder, asked: Setting, verdict: recheck.Verdict) -> Notice:
    return _notice(_drafted(reminder, asked, verdict), rates_of(reminder.tenant_id))


def _drafted(reminder: Reminder, asked: Setting, verdict: recheck.Verdict) -> Outgoing:
    return outgoing(
        [reminder],
        creditor=asked.creditor,
        steps=_steps(asked, [reminder]),
        open_cents={reminder.pk: dict(verdict.open_cents)},
        covered_cents={reminder.pk: dict(verdict.covered)},
        today=asked.moment.today,
    )[0]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the outbox asks of one creditor's reminders."""

    tenant_id: int
    creditor_id: int
    channel: str
    marks: Mapping[int, str]
    now: datetime


def _prepare(wanted: _Wanted, reminders: list[Reminder]) -> dict[int, Prepared | Withdrawn]:
    tenant_id, marks = wanted.tenant_id, wanted.marks
    asked = _setting(tenant_id, wanted.creditor_id, wanted.now)
    ledger = _ledger(tenant_id, reminders, asked)
    verdicts = _verdicts(tenant_id, reminders, asked, ledger)
    leaving = {
        number: dict(verdict.open_cents)
        for number, verdict in verdicts.items()
        if verdict.outcome in LEAVING
    }
    found: dict[int, Prepared | Withdrawn] = {
        number: Withdrawn(verdict.sentence, marks[number])
        for number, verdict in verdicts.items()
        if number not in leaving
    }
    messages = Message.objects.of(tenant_id).filter(
        kind=KIND, channel=wanted.channel, subject_id__in=list(leaving)
    )
    uuids = {message.subject_id: message.uuid for message in messages}
    account = accounts.account_for(asked.creditor, wanted.channel)
    own_number = accounts.own_number(asked.creditor, wanted.channel)
    rates = rates_of(tenant_id)
    drafts = outgoing(
        [one for one in reminders if one.pk in leaving],
        creditor=asked.creditor,
        steps=_steps(asked, reminders),
        open_cents=leaving,
        covered_cents={number: dict(verdicts[number].covered) for number in leaving},
        today=asked.moment.today,
    )
    luggage = luggage_of(tenant_id, drafts)
    statements = statements_of(tenant_id, drafts, ledger)
    weight = 0
    mobiles = (one.recipient.mobile for one in drafts)
    refused = optouts.refused(tenant_id=tenant_id, numbers=mobiles)
    marks = {**marks, **_marks(tenant_id, _keep_versions(tenant_id, drafts), wanted.now)}
    for one in drafts:
        number = one.reminder.pk
        along = luggage.get(number, NOTHING)
        weight += along.size_bytes
        if weight > AHEAD_BYTES and one is not drafts[0]:
            break
        found[number] = parcel(
            Leaving(
                one=one,
                notice=_notice(one, rates),
                luggage=along,
                statement=_statement(statements.get(number), rates),
                paper=_on_paper(one, rates) if _has_letter(one, wanted.channel) else None,
                creditor=asked.creditor,
                account=account,
                channel=wanted.channel,
                uuid=uuids[number],
                now=wanted.now,
                mark=marks[number],
                own_number=own_number,
                refused=refused,
            )
        )
    return found


def _setting(tenant_id: int, creditor_id: int, now: datetime) -> Setting:
    creditor = Creditor.objects.of(tenant_id).select_related("tenant").get(pk=creditor_id)
    today = cycle.local_now(creditor, now).date()
    return setting(tenant_id=tenant_id, creditor_id=creditor_id, on=today, now=now)


def _ledger(tenant_id: int, reminders: list[Reminder], asked: Setting) -> Ledger:
    return ledgers.load(
        tenant_id=tenant_id,
        creditor_id=asked.creditor.pk,
        today=asked.moment.today,
        rehearsal=asked.is_rehearsal,
        shelf=asked.shelf,
        customer_ids=sorted({one.customer_id for one in reminders}),
    )


def _verdicts(
    tenant_id: int, reminders: list[Reminder], asked: Setting, ledger: Ledger
) -> dict[int, recheck.Verdict]:
    """Ask the planner again; a reminder of a mode that has ended does not leave."""
    merged = set(faces.faces(tenant_id)["customer_id"])
    same_mode = [
        one
        for one in reminders
        if one.rehearsal == asked.is_rehearsal and one.customer_id not in merged
    ]
    stopped = asked.moment.mode is Mode.STOPPED
    verdicts = planning.recheck(
        [_as_prepared(one) for one in same_mode], ledger, asked.shelf, asked.moment
    )
    ended = recheck.Verdict(
        "wait",
        reason="not_live",
        sentence="Les envois de cette société sont arrêtés."
        if stopped
        else "Ce message appartenait à la répétition.",
    )
    return {
        one.pk: MERGED if one.customer_id in merged else verdicts.get(one.pk, ended)
        for one in reminders
    }


def _as_prepared(reminder: Reminder) -> recheck.Prepared:
    return recheck.Prepared(
        message_id=reminder.pk,
        customer_id=reminder.customer_id,
        currency=reminder.currency,
        step=reminder.step_code,
        open_cents=tuple(zip(reminder.instalment_ids, reminder.open_cents, strict=True)),
    )


def _steps(asked: Setting, reminders: Iterable[Reminder]) -> dict[int, Step]:
    """Return the step of each reminder, as the version of the scenario that planned it had it."""
    return {
        one.pk: asked.shelf.step(one.scenario_code, one.scenario_version, one.step_code)
        for one in reminders
    }


def _notice(one: Outgoing, rates: Rates) -> Notice:
    notice = wordings.notice(one.draft, rates=rates, law=shipped_law_values())
    if one.reminder.rehearsal:
        notice = replace(notice, subject=f"[Répétition] {notice.subject}")
    return notice


def _statement(draft: Draft | None, rates: Rates) -> Notice | None:
    if draft is None:
        return None
    return replace(wordings.notice(draft, rates=rates, law=shipped_law_values()), kind="releve")


def _on_paper(one: Outgoing, rates: Rates) -> Notice:
    """Return the letter: its own words if the text has some, else those of the e-mail."""
    return _notice(replace(one, draft=replace(one.draft, is_letter=True)), rates)


def _has_letter(one: Outgoing, channel: str) -> bool:
    step = one.draft.step
    return channel != "email" or step.kind == "formal_notice" or "letter" in step.attachments


def _letter(one: Outgoing, rates: Rates) -> bytes:
    return LETTER_PRESSES["typst"].typeset(_on_paper(one, rates))


def _keep_offers(one: Outgoing) -> None:
    """Note what a message offers, until it leaves; a rehearsal offers nothing."""
    row, told = one.reminder, {line.line_id: line.discount for line in one.draft.lines}
    if not row.rehearsal:
        who = {"tenant_id": row.tenant_id, "reminder_id": row.pk}
        discounts.prepare(**who, discounts=told, today=one.draft.today)


def _keep_versions(tenant_id: int, drafts: Iterable[Outgoing]) -> list[int]:
    """Note which version of a text each reminder is written with; return those that changed."""
    changed: dict[int | None, list[int]] = defaultdict(list)
    for one in drafts:
        _keep_offers(one)
        version = one.draft.text.template or None
        if version != one.reminder.text_id:
            changed[version].append(one.reminder.pk)
    for version, numbers in changed.items():
        rows = Reminder.objects.of(tenant_id).filter(pk__in=sorted(numbers))
        rows.update(text_id=version)
    return [number for numbers in changed.values() for number in numbers]
