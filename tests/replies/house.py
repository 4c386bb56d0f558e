"""A live creditor whose answers come in, one customer with three invoices, and mails as they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from tests.conftest import House

from encours.dunning import actions as dunning
from encours.messaging.actions import Outbox, Tally
from encours.messaging.models import Message
from encours.parties.models import Contact, Customer
from encours.receivables.models import Instalment, Invoice
from encours.replies.actions import boxes, intake
from encours.replies.actions.outcomes import Who
from encours.replies.models import Inbox, Reply
from encours.standing.models import StandingFact
from encours.tenancy.models import BankAccount, Creditor
from encours.tenancy.persons import opened_values
from encours.tenancy.scope import in_tenant

DUE = date(2026, 10, 1)
TODAY = date(2026, 10, 6)  # a Tuesday
NOW = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
SENDER = "compta@adam.example"


def reply_mail(
    text: str,
    *,
    sender: str = SENDER,
    answers: str = "",
    subject: str = "Re: Relance",
    number: int = 1,
    to: str = "compta@durand.example",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a mail that answers one of ours, or nothing."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = NOW
    mail["Message-ID"] = f"<m{number}@adam.example>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


@dataclass
class Desk:
    """What tests of replies do, in sentences."""

    house: House
    customer_id: int = 0
    inbox_id: int = 0
    lines: dict[str, int] = field(default_factory=dict)

    @property
    def owner(self) -> dict[str, int]:
        return {"tenant_id": self.house.tenant_id, "creditor_id": self.house.creditor_id}

    def open(self) -> None:
        with in_tenant(self.house.tenant_id):
            Creditor.objects.filter(pk=self.house.creditor_id).update(
                live_on=date(2026, 1, 1),
                sender_email="compta@durand.example",
                reply_to="compta@durand.example",
                rehearsal_email="moi@durand.example",
            )
            BankAccount.objects.create(
                **self.owner,
                iban="FR7630006000011234567890189",
                holder_name="MAISON DURAND",
                state="active",
                is_default=True,
            )
            self.inbox_id = boxes.set_inbox(
                **self.owner, told=boxes.Told(), actor_id=1, today=TODAY
            )
        self.customer_id = self.customer("ADAM", SENDER)
        for number, cents in (("FA-101", 100_000), ("FA-102", 50_000), ("FA-103", 2_050)):
            self.lines[number] = self.invoice(number, cents)

    def customer(self, code: str, *emails: str) -> int:
        with in_tenant(self.house.tenant_id):
            one = Customer.objects.create(
                **self.owner,
                code=code,
                name=f"{code.title()} SARL",
                debtor_class="business",
                class_confirmed_at=NOW,
            )
            for email in emails:
                Contact.objects.create(
                    tenant_id=self.house.tenant_id, customer=one, email=email, name="Mme Adam"
                )
        return one.pk

    def invoice(self, number: str, cents: int = 100_000, customer_id: int = 0) -> int:
        owned = {**self.owner, "customer_id": customer_id or self.customer_id}
        with in_tenant(self.house.tenant_id):
            invoice = Invoice.objects.create(
                **owned,
                number=number,
                issued_on=DUE - timedelta(days=30),
                amount_cents=cents,
                key=number,
            )
            line = Instalment.objects.create(
                **owned,
                invoice=invoice,
                issued_on=invoice.issued_on,
                due_on=DUE,
                due_source="read",
                amount_cents=cents,
            )
        return line.pk

    def remind(self, on: date = TODAY) -> Message:
        """Send the day's reminder and return its message."""
        now = datetime.combine(on, NOW.timetz())
        with in_tenant(self.house.tenant_id):
            dunning.plan_day(**self.owner, on=on, now=now)
            dunning.approve(**self.owner, user_id=1, on=on, now=now, at_once=True)
        self.deliver(now)
        with in_tenant(self.house.tenant_id):
            return Message.objects.of(self.house.tenant_id).get(kind="reminder", state="sent")

    def deliver(self, now: datetime = NOW) -> Tally:
        return Outbox(self.house.tenant_id, 1, clock=lambda: now).run()

    def plan(self, on: date) -> dict[str, str]:
        """Return why each document is held on a day."""
        now = datetime.combine(on, NOW.timetz())
        with in_tenant(self.house.tenant_id):
            found = dunning.plan_told(**self.owner, on=on, allow_stale=True, dry_run=True)
        told: dict[str, Any] = found.as_dict()
        assert now.date() == on
        return {
            **{line["document"]: "planned" for one in told["planned"] for line in one["lines"]},
            **{one["document"]: one["reason"] for one in told["held"]},
        }

    def take(self, raw: bytes, now: datetime = NOW) -> intake.Taken:
        return intake.take_mail(
            tenant_id=self.house.tenant_id,
            inbox_id=self.inbox_id,
            raw=raw,
            received_at=now,
            now=now,
        )

    def reply(self, raw: bytes, now: datetime = NOW) -> Reply:
        taken = self.take(raw, now)
        assert taken.reply_id is not None, taken
        return self.reload(taken.reply_id)

    def reload(self, reply_id: int) -> Reply:
        with in_tenant(self.house.tenant_id):
            return Reply.objects.of(self.house.tenant_id).get(pk=reply_id)

    def words(self, reply_id: int) -> dict[str, Any] | None:
        with in_tenant(self.house.tenant_id):
            reply = Reply.objects.of(self.house.tenant_id).get(pk=reply_id)
            return opened_values(tenant_id=self.house.tenant_id, data=reply.words)

    def facts(self, kind: str = "") -> list[StandingFact]:
        with in_tenant(self.house.tenant_id):
            rows = StandingFact.objects.of(self.house.tenant_id).filter(undone_at=None)
            return list((rows.filter(kind=kind) if kind else rows).order_by("pk"))

    def who(self, reply_id: int, today: date = TODAY) -> Who:
        return Who(tenant_id=self.house.tenant_id, reply_id=reply_id, actor_id=1, today=today)

    def inbox(self) -> Inbox:
        with in_tenant(self.house.tenant_id):
            return Inbox.objects.of(self.house.tenant_id).get(pk=self.inbox_id)


def message_id(message: Message) -> str:
    return f"<{message.uuid.hex}@durand.example>"
