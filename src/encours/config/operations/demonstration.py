"""`encours demo`: a plausible wholesaler, loaded and reminded through the doors of any user.

Nothing leaves the machine: the creditor is live towards a mailbox on loopback. A second run
finds everything done. On a day off the demonstration lives on the last working day, since nobody
is reminded on a Sunday.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from rich.console import Console
from rich.progress import Progress

from encours.config import home
from encours.config.demo import DemoLedger, generate
from encours.config.demo.answers import ANSWERS, Reminded, answer_mails
from encours.config.demo.names import COMPANY
from encours.config.operations import founding, journals, schema, serving, working
from encours.config.operations.founding import Founded
from encours.dunning import actions as dunning
from encours.dunning.models import Reminder
from encours.imports import actions as imports
from encours.imports.models import FileImport
from encours.kernel.dates import is_working_day
from encours.messaging.actions import Outbox
from encours.messaging.models import Message
from encours.messaging.providers.sink import SmtpSink
from encours.messaging.rules.mime import message_id
from encours.parties.actions import contacts, customers
from encours.parties.models import Contact, Customer, PaymentTerms
from encours.receivables.actions import due_dates
from encours.receivables.models import Instalment
from encours.replies.actions import boxes, intake
from encours.replies.models import Reply
from encours.scoring.actions import running
from encours.standing import actions as standing
from encours.tenancy import calendars
from encours.tenancy.actions import banking, sending
from encours.tenancy.models import Creditor, User
from encours.tenancy.scope import in_tenant

TENANT: Final = "Démonstration"
ADMIN: Final = "demo@encours.example"
LIVE_DAYS: Final = 45
SCORED_DAYS: Final = 25
LATEST: Final = 120
NOON: Final = timedelta(hours=11)


def run(*, serve: bool, host: str, port: int) -> None:
    """Load what is missing, remind up to today, then serve until told to stop."""
    console = Console()
    if serve:
        serving.assert_port_free(host, port)
    schema.migrate(quiet=True)
    today = demo_day(datetime.now().astimezone().date())
    with SmtpSink(home.files("sink")) as sink:
        _send_to(sink)
        founded, password = _found(today, console)
        sent = _remind(founded, today, console)
        answered = _answer(founded, today)
        journals.seal_all()
        _tell(console, sink, sent, today)
        if answered:
            console.print(f"{answered} réponse(s) de clients à lire, page « Réponses ».")
        if serve:
            console.print(f"\nSite : http://localhost:{port}/   {ADMIN} / {password}")
            _serve(host, port)


def demo_day(today: date) -> date:
    """Return today, or the last day before it that people worked."""
    holidays = calendars.french_holidays((today.year - 1, today.year))
    while not is_working_day(today, holidays):
        today -= timedelta(days=1)
    return today


def _send_to(sink: SmtpSink) -> None:
    """Point this process and its workers to the mailbox on loopback."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    os.environ["ENCOURS_SMTP_HOST"] = "127.0.0.1"
    os.environ["ENCOURS_SMTP_PORT"] = str(sink.port)
    os.environ["ENCOURS_SMTP_SECURITY"] = ""


def _found(today: date, console: Console) -> tuple[Founded, str]:
    """Find the demonstration, or generate and load it."""
    founded = founding.found(
        tenant=TENANT,
        creditor=COMPANY.code,
        name=COMPANY.name,
        siren=COMPANY.siren,
        admin=ADMIN,
    )
    password = _password(founded)
    with in_tenant(founded.tenant_id):
        loaded = FileImport.objects.of(founded.tenant_id).filter(state="applied").exists()
    if not loaded:
        _load(generate(today), founded, console)
    return founded, password


def _password(founded: Founded) -> str:
    """Keep the demonstration's password beside its data, so that each run can say it."""
    path = home.home() / "demo-password"
    if founded.password is not None or not path.exists():
        password = founded.password or secrets.token_urlsafe(12)
        user = User.objects.get(email=ADMIN)
        user.set_password(password)
        user.save(update_fields=["password"])
        path.touch(mode=0o600)
        path.write_text(password)
    return path.read_text()


def _load(ledger: DemoLedger, founded: Founded, console: Console) -> None:
    owner: dict[str, Any] = {
        "tenant_id": founded.tenant_id,
        "creditor_id": founded.creditor_id,
    }
    now = datetime.now(UTC)
    user_id = User.objects.get(email=ADMIN).pk
    with in_tenant(founded.tenant_id):
        _describe(ledger, founded, user_id, now)
        terms = _terms(ledger, founded, user_id, now)
    with tempfile.TemporaryDirectory() as folder:
        for file in ledger.files:
            path = Path(folder) / file.name
            path.write_bytes(file.content())
            export = imports.read_file(path)
            with in_tenant(founded.tenant_id):
                outcome = imports.import_file(export, **owner, author_id=user_id)
            control = outcome.control
            verdict = "contrôle juste au centime" if control["ok"] else "CONTRÔLE FAUX"
            console.print(
                f"{file.name} : {outcome.counts['invoices']} factures, "
                f"{outcome.counts['payments']} règlements, {verdict} ({control['file_net']} EUR)."
            )
    with in_tenant(founded.tenant_id):
        _complete(ledger, founded, terms, user_id)
    with in_tenant(founded.tenant_id):
        _record_standing(ledger, founded, user_id)
    with in_tenant(founded.tenant_id):
        _score(ledger, founded)


def _score(ledger: DemoLedger, founded: Founded) -> None:
    """Score the customers a few weeks ago and today, so that some have moved."""
    for day in (ledger.today - timedelta(days=SCORED_DAYS), ledger.today):
        running.score_creditor(
            tenant_id=founded.tenant_id, creditor_id=founded.creditor_id, today=day
        )


def _describe(ledger: DemoLedger, founded: Founded, user_id: int, now: datetime) -> None:
    company = ledger.company
    owner: dict[str, Any] = {
        "tenant_id": founded.tenant_id,
        "creditor_id": founded.creditor_id,
    }
    Creditor.objects.of(founded.tenant_id).filter(pk=founded.creditor_id).update(
        vat_number=company.vat_number,
        address_line1=company.street,
        postcode=company.postcode,
        city=company.city,
        email=company.email,
        phone=company.phone,
        signatory="Claire Vasseur",
        signatory_role="Responsable du crédit client",
        live_on=ledger.today - timedelta(days=LIVE_DAYS),
        classes_confirmed_at=now,
        triaged_at=now,
    )
    sending.set_sender(
        **owner,
        sender_name=company.name,
        sender_email=company.email,
        reply_to=company.email,
        rehearsal_email=ADMIN,
        actor_id=user_id,
        now=now,
    )
    Creditor.objects.of(founded.tenant_id).filter(pk=founded.creditor_id).update(
        sender_checked_at=now
    )
    banking.request_bank_account(
        **owner, iban=company.iban, holder_name=company.name, actor_id=user_id, now=now
    )


def _terms(
    ledger: DemoLedger, founded: Founded, user_id: int, now: datetime
) -> dict[str, PaymentTerms]:
    mine = PaymentTerms.objects.of(founded.tenant_id).filter(creditor_id=founded.creditor_id)
    mine.update(confirmed_at=now, confirmed_by_id=user_id)
    found = {}
    for one in ledger.terms:
        found[one.code], _ = PaymentTerms.objects.get_or_create(
            tenant_id=founded.tenant_id,
            creditor_id=founded.creditor_id,
            code=one.code,
            defaults={
                "name": one.name,
                "definition": one.as_json(),
                "confirmed_at": now,
                "confirmed_by_id": user_id,
            },
        )
    return found


def _complete(
    ledger: DemoLedger, founded: Founded, terms: dict[str, PaymentTerms], user_id: int
) -> None:
    """Say of the customers what no ledger export says: addresses, classes, terms, groups."""
    owner: dict[str, Any] = {
        "tenant_id": founded.tenant_id,
        "creditor_id": founded.creditor_id,
    }
    common: dict[str, Any] = {"actor_id": user_id, "today": ledger.today}
    contacts.import_contacts(
        **owner, content=ledger.contacts_csv.encode(), file_name="contacts.csv", **common
    )
    known = dict(
        Customer.objects.of(founded.tenant_id)
        .filter(creditor_id=founded.creditor_id)
        .values_list("code", "pk")
    )
    for debtor_class in sorted({one.debtor_class for one in ledger.customers}):
        chosen = [
            known[one.code]
            for one in ledger.customers
            if one.debtor_class == debtor_class and one.code in known
        ]
        customers.confirm_class(
            tenant_id=founded.tenant_id,
            customer_ids=chosen,
            debtor_class=debtor_class,
            **common,
        )
    for code, row in terms.items():
        chosen = [
            known[one.code]
            for one in ledger.customers
            if one.terms.code == code and one.code in known
        ]
        customers.set_terms(
            tenant_id=founded.tenant_id, customer_ids=chosen, terms_id=row.pk, **common
        )
    for one in ledger.customers:
        if one.code in known and (one.salesperson or one.parent):
            Customer.objects.of(founded.tenant_id).filter(pk=known[one.code]).update(
                salesperson_name=one.salesperson, parent_id=known.get(one.parent)
            )
    due_dates.recompute_due_dates(**owner, **common)


def _record_standing(ledger: DemoLedger, founded: Founded, user_id: int) -> None:
    for fact in ledger.standing:
        customer = (
            Customer.objects.of(founded.tenant_id)
            .filter(creditor_id=founded.creditor_id, code=fact.customer)
            .first()
        )
        if customer is None:
            continue
        line = None
        if fact.document:
            line = (
                Instalment.objects.of(founded.tenant_id)
                .filter(customer=customer, invoice__number=fact.document, undone_at=None)
                .order_by("due_on")
                .first()
            )
        standing.record_fact(
            tenant_id=founded.tenant_id,
            customer_id=customer.pk,
            kind=fact.kind,
            starts_on=fact.starts_on,
            ends_on=fact.ends_on,
            line_id=line.pk if line else None,
            amount_cents=fact.amount_cents if line else None,
            reason=fact.reason,
            actor_id=user_id,
            today=ledger.today,
        )


def _remind(founded: Founded, today: date, console: Console) -> int:
    """Live through the days since the creditor is in service; return what left today."""
    sent = 0
    days = list(_days_to_live(founded, today))
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Relances", total=len(days))
        for day in days:
            sent = _live(founded, day)
            bar.advance(task)
    return sent


def _days_to_live(founded: Founded, today: date) -> Iterator[date]:
    with in_tenant(founded.tenant_id):
        creditor = Creditor.objects.of(founded.tenant_id).get(pk=founded.creditor_id)
        lived = creditor.settings.get("demo_lived_on")
    day = date.fromisoformat(lived) if lived else (creditor.live_on or today)
    while day <= today:
        yield day
        day += timedelta(days=1)


def _live(founded: Founded, day: date) -> int:
    owner: dict[str, Any] = {
        "tenant_id": founded.tenant_id,
        "creditor_id": founded.creditor_id,
    }
    at = datetime.combine(day, datetime.min.time(), UTC) + NOON
    with in_tenant(founded.tenant_id):
        plan = dunning.plan_day(**owner, on=day, now=at)
        waiting = dunning.approve(**owner, user_id=None, on=day, now=at, at_once=True)
        creditor = Creditor.objects.of(founded.tenant_id).get(pk=founded.creditor_id)
        creditor.settings["demo_lived_on"] = day.isoformat()
        creditor.save(update_fields=["settings"])
    if not waiting and plan.planned.is_empty():
        return 0
    return Outbox(founded.tenant_id, -int(time.time()), clock=lambda: at).run().sent


def _answer(founded: Founded, today: date) -> int:
    """Let a few customers answer their latest reminders, once; return how many did."""
    owner = {"tenant_id": founded.tenant_id, "creditor_id": founded.creditor_id}
    now = datetime.now(UTC)
    with in_tenant(founded.tenant_id):
        if Reply.objects.of(founded.tenant_id).exists():
            return 0
        creditor = Creditor.objects.of(founded.tenant_id).get(pk=founded.creditor_id)
        user_id = User.objects.get(email=ADMIN).pk
        inbox_id = boxes.set_inbox(**owner, told=boxes.Told(), actor_id=user_id, today=today)
        reminded = list(islice(_reminded(founded, creditor), len(ANSWERS)))
    mails = answer_mails(reminded, to=creditor.reply_to, company=creditor.name, now=now)
    for mail in mails:
        intake.take_mail(
            tenant_id=founded.tenant_id, inbox_id=inbox_id, raw=mail, received_at=now, now=now
        )
    return len(reminded)


def _reminded(founded: Founded, creditor: Creditor) -> Iterator[Reminded]:
    """Yield the latest reminders that left by e-mail, one of a customer."""
    sent = Message.objects.of(founded.tenant_id).filter(
        creditor_id=founded.creditor_id, kind="reminder", channel="email", state="sent"
    )
    seen = set[int]()
    for message in sent.order_by("-sent_at", "-pk")[:LATEST]:
        number = message.customer_id
        if number is None or number in seen:
            continue
        contact = Contact.objects.of(founded.tenant_id).filter(customer_id=number, role="billing")
        reminder = Reminder.objects.of(founded.tenant_id).get(pk=message.subject_id)
        line = Instalment.objects.of(founded.tenant_id).filter(
            pk__in=reminder.instalment_ids, undone_at=None, due_on__lt=reminder.planned_on
        )
        first, found = line.select_related("invoice").order_by("due_on").first(), contact.first()
        if first is None or first.invoice is None or found is None:
            continue
        seen.add(number)
        yield Reminded(
            message_id(message.uuid, creditor.sender_email),
            message.subject,
            found.email,
            found.name,
            first.invoice.number,
            first.amount_cents,
        )


def _tell(console: Console, sink: SmtpSink, sent: int, today: date) -> None:
    console.print(
        f"Relances du {today:%d/%m/%Y} : {sent} message(s) partis maintenant, "
        f"{sink.mails.count()} dans la boîte de démonstration."
    )
    for mail in list(sink.mails.stored(limit=5)):
        console.print(f"  {mail.recipients[0]} : {mail.subject}", highlight=False)


def _serve(host: str, port: int) -> None:
    hand = working.in_background()
    try:
        serving.serve_apart(host=host, port=port)
    finally:
        hand.terminate()


__all__ = ("demo_day", "run")
