"""Asks providers what became of the letters they took; never inside a transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from encours.documents.rules.content import NotTaken
from encours.messaging import accounts
from encours.messaging.accounts import NoAccount
from encours.messaging.ports import (
    CHANNEL_FACTORIES,
    Account,
    LetterTracker,
    PermanentRefusal,
    TemporaryRefusal,
    Uncertain,
    Undelivered,
)
from encours.messaging.rules.tracking import Tracked
from encours.postal.actions import postings
from encours.postal.actions.postings import Paper
from encours.postal.queries.postings import Due, due
from encours.tenancy import cycle
from encours.tenancy.models import Creditor
from encours.tenancy.scope import in_tenant

AT_ONCE: Final = 200
AGAIN: Final = timedelta(hours=4)
NEXT_DAY: Final = timedelta(days=1)
CHANGED: Final = "Le compte du prestataire a changé : ce courrier n'y est plus suivi."


@dataclass(slots=True)
class Follower:
    """One run over a tenant's letters: its channels, opened once each."""

    tenant_id: int
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    heard: int = 0
    _open: dict[Account, LetterTracker] = field(default_factory=dict)

    def run(self) -> int:
        """Ask after what is due; return how many things were new."""
        with in_tenant(self.tenant_id):
            postings.adopt(tenant_id=self.tenant_id, now=self.clock())
            waiting = due(tenant_id=self.tenant_id, now=self.clock(), limit=AT_ONCE)
        try:
            for one in waiting:
                self._ask(one)
        finally:
            for channel in self._open.values():
                channel.close()
        return self.heard

    def _ask(self, one: Due) -> None:
        try:
            creditor, account = self._account(one)
            now = self.clock()
            today = cycle.local_now(creditor, now).date()
            channel = self._channel(account)
            told = channel.follow(one.reference, one.channel, today=today)  # type: ignore[arg-type]
            papers = self._papers(channel, one, told)
        except (TemporaryRefusal, Uncertain) as problem:
            self._trouble(one, problem, AGAIN)
        except (PermanentRefusal, NoAccount) as problem:
            self._trouble(one, problem, NEXT_DAY)
        else:
            self._keep(one, told, papers, now, today)

    def _keep(
        self, one: Due, told: Tracked, papers: list[Paper], now: datetime, today: date
    ) -> None:
        """Record what was told; a proof that is no file is left out, and asked again."""
        try:
            self._record(one, told, papers, now, today)
        except NotTaken as refusal:
            self._record(one, told, [], now, today)
            self._trouble(one, refusal, NEXT_DAY)

    def _record(
        self, one: Due, told: Tracked, papers: list[Paper], now: datetime, today: date
    ) -> None:
        with in_tenant(self.tenant_id):
            fresh = postings.record_tracked(
                tenant_id=self.tenant_id,
                posting_id=one.id,
                told=told,
                papers=papers,
                now=now,
                today=today,
            )
        self.heard += len(fresh)

    def _account(self, one: Due) -> tuple[Creditor, Account]:
        with in_tenant(self.tenant_id):
            rows = Creditor.objects.of(self.tenant_id).select_related("tenant")
            creditor = rows.get(pk=one.creditor_id)
            account = accounts.account_for(creditor, one.channel)
        if account.channel != one.provider:
            raise PermanentRefusal(CHANGED)
        return creditor, account

    def _channel(self, account: Account) -> LetterTracker:
        found = self._open.get(account)
        if found is None:
            made = CHANNEL_FACTORIES[account.channel](account)
            if not isinstance(made, LetterTracker):
                raise PermanentRefusal("Ce prestataire ne dit pas ce que deviennent les courriers.")
            found = self._open[account] = made
        return found

    def _papers(self, channel: LetterTracker, one: Due, told: Tracked) -> list[Paper]:
        """Fetch the proofs that are not kept yet; one that is not there comes next time."""
        found = []
        for proof in told.proofs:
            if proof.kind in one.kept:
                continue
            try:
                content = channel.fetch(one.reference, one.channel, proof)  # type: ignore[arg-type]
            except Undelivered:
                continue
            found.append(Paper(proof.kind, content, on=proof.on))
        return found

    def _trouble(self, one: Due, problem: Exception, wait: timedelta) -> None:
        with in_tenant(self.tenant_id):
            postings.record_trouble(
                tenant_id=self.tenant_id,
                posting_id=one.id,
                trouble=str(problem),
                again_at=self.clock() + wait,
            )
