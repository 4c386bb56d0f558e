"""A scenario: the steps of the ladder, their texts, channels and limits, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, get_args

Kind = Literal["pre_due", "reminder", "formal_notice", "thank_you", "statement"]
Channel = Literal["email", "letter", "registered", "eregistered", "sms", "whatsapp", "call"]
Anchor = Literal["due", "month_end", "previous", "settlement", "promise", "plan", "dispute_closed"]
Days = Literal["calendar", "working"]
Tone = Literal["friendly", "neutral", "firm", "formal", "grateful"]
Sender = Literal["creditor", "salesperson", "collector", "agency"]
Approval = Literal["auto", "manual", "each"]
Attachment = Literal["letter", "statement", "invoices", "delivery_proof"]
Effect = Literal["hold_orders", "task", "hand_over"]
Behaviour = Literal[
    "opened",
    "clicked",
    "answered",
    "promised",
    "promise_broken",
    "disputed",
    "part_paid",
    "bounced",
]

KINDS: Final = get_args(Kind)
CHANNELS: Final[tuple[Channel, ...]] = get_args(Channel)
ON_PAPER: Final = frozenset({"letter", "registered"})
JOINED: Final[tuple[Channel, ...]] = (
    "letter",
    "registered",
    "eregistered",
    "email",
    "sms",
    "whatsapp",
    "call",
)
"""The order in which the channels of one message are joined by `+`."""
BEHAVIOURS: Final = get_args(Behaviour)
EVENTS: Final = ("promise", "plan", "dispute_closed")
"""Anchors of what happened to a line: one to which it did not happen passes the step over."""
CLAIMS: Final = frozenset({"reminder", "formal_notice"})


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: when it falls, how it leaves, in which tone.

    `offset_days` counts from the `anchor`, in calendar or working days: from the due date
    (negative: before it), or from the settlement for a thank-you. A message leaves by every one of
    `channels` that the customer has, by those of `fallback` when he has none of them. A thank-you
    is no longer sent after `lapse_days`. A step that is not active plans nothing; what it said
    before still counts. A statement of account claims nothing: it leaves each month, so many days
    after its end, or so many days after the one before; `lapse_days` later it is left out.

    `minimum_cents` and `maximum_cents` bound the message's amount, by currency: out of them the
    step is passed over. `when` = what must have happened since the previous step, `unless` = what
    must not have, `stops` = after which, in the cycle, the step is no more said. `approval`:
    `each` is one by one. `texts` = a set of texts, "" for the shipped ones. `interest` and
    `indemnity`: None leaves them to the tone.
    """

    code: str
    name: str
    rank: int
    kind: Kind
    offset_days: int
    anchor: Anchor = "due"
    channels: tuple[Channel, ...] = ("email",)
    fallback: tuple[Channel, ...] = ()
    tone: Tone = "neutral"
    approval: Approval = "auto"
    attachments: tuple[Attachment, ...] = ()
    lapse_days: int = 30
    is_active: bool = True
    days: Days = "calendar"
    texts: str = ""
    sender: Sender = "creditor"
    contact_role: str = ""
    minimum_cents: Mapping[str, int] = field(default_factory=dict, hash=False)
    maximum_cents: Mapping[str, int] = field(default_factory=dict, hash=False)
    interest: bool | None = None
    indemnity: bool | None = None
    discount: bool = False
    effects: tuple[Effect, ...] = ()
    stops: tuple[Behaviour, ...] = ()
    when: tuple[Behaviour, ...] = ()
    unless: tuple[Behaviour, ...] = ()

    @property
    def is_written(self) -> bool:
        """Say whether something is written, and not only told by telephone."""
        return {*self.channels, *self.fallback} != {"call"}

    @property
    def has_conditions(self) -> bool:
        """Say whether the step may be passed over."""
        branches = self.when or self.unless or self.stops
        bounds = self.minimum_cents or self.maximum_cents
        return bool(branches or bounds or not self.is_written or self.anchor in EVENTS)


@dataclass(frozen=True)
class Scenario:
    """A version of the ladder of a creditor; a new version never changes what was sent.

    `minimum_cents` gives, by currency, the total under which nobody is bothered; a currency that
    is not named has none. Data older than `stale_after_hours` plans nothing. A formal notice waits
    `formal_notice_gap_days` after the first reminder that was really sent for the line. Of two
    scenarios the one of lower `severity` is the milder.
    """

    code: str
    version: int
    name: str
    steps: tuple[Step, ...]
    min_spacing_days: int = 7
    formal_notice_gap_days: int = 8
    stale_after_hours: int = 96
    minimum_cents: Mapping[str, int] = field(default_factory=dict, hash=False)
    severity: int = 50

    @cached_property
    def ladder(self) -> tuple[Step, ...]:
        """Return the active steps that claim money: reminders, then the formal notice."""
        return tuple(step for step in self.claims if step.is_active)

    @cached_property
    def claims(self) -> tuple[Step, ...]:
        """Return every step that claims money, active or not, in order."""
        found = (step for step in self.steps if step.kind in CLAIMS)
        return tuple(sorted(found, key=lambda step: step.rank))

    @cached_property
    def rungs(self) -> dict[str, int]:
        """Return the place of each claiming step, active or not, from 1.

        A step that was put to sleep keeps its place: what it said before is not said again. Steps
        of one rank share their place: they are alternatives.
        """
        ranks = sorted({step.rank for step in self.claims})
        return {step.code: ranks.index(step.rank) + 1 for step in self.claims}

    @cached_property
    def alternatives(self) -> dict[int, tuple[Step, ...]]:
        """Return the active steps of each place, the one to be taken first coming first."""
        found = dict[int, tuple[Step, ...]]()
        for step in self.ladder:
            found[self.rungs[step.code]] = (*found.get(self.rungs[step.code], ()), step)
        return found

    @cached_property
    def names(self) -> dict[int, str]:
        """Return what each place is called."""
        found = dict[int, str]()
        for step in self.claims:
            rung = self.rungs[step.code]
            found[rung] = f"{found[rung]} ou {step.name}" if rung in found else step.name
        return found

    @cached_property
    def is_plain(self) -> bool:
        """Say whether every step of the ladder falls a number of days after the due date.

        Then the day of a line's next step is one subtraction.
        """
        return all((step.anchor, step.days) == ("due", "calendar") for step in self.ladder)

    @cached_property
    def behaviours(self) -> frozenset[Behaviour]:
        """Return what the branches ask of a customer."""
        asked = [(*step.when, *step.unless, *step.stops) for step in self.ladder]
        return frozenset(one for some in asked for one in some)

    @cached_property
    def reminder_codes(self) -> tuple[str, ...]:
        """Return the codes of the written reminders before the formal notice, active or not.

        A call leaves no writing: it does not count as the reminder that a formal notice follows.
        """
        return tuple(
            step.code for step in self.claims if step.kind == "reminder" and step.is_written
        )

    @cached_property
    def formal_rung(self) -> int:
        """Return the rung of the formal notice; 0 when the scenario has none."""
        formal = (step for step in self.ladder if step.kind == "formal_notice")
        return next((self.rungs[step.code] for step in formal), 0)

    @cached_property
    def last_reminder_rung(self) -> int:
        """Return the rung of the last active reminder, the one before the formal notice."""
        reminders = [self.rungs[step.code] for step in self.ladder if step.kind == "reminder"]
        return max(reminders, default=0)

    @cached_property
    def pre_due(self) -> Step | None:
        """Return the notice that leaves before the due date, if there is one."""
        return self._active("pre_due")

    @cached_property
    def thank_you(self) -> Step | None:
        """Return the step that answers a payment, if there is one."""
        return self._active("thank_you")

    @cached_property
    def statement(self) -> Step | None:
        """Return the periodic statement of account, if there is one."""
        return self._active("statement")

    def _active(self, kind: Kind) -> Step | None:
        found = (step for step in self.steps if step.kind == kind and step.is_active)
        return next(found, None)

    def step(self, code: str) -> Step | None:
        """Return the step of that code; None when another version of the scenario had it."""
        return next((step for step in self.steps if step.code == code), None)

    def as_json(self) -> dict[str, Any]:
        """Return what `dunning.models.Scenario.definition` stores."""
        steps = [asdict(step) for step in self.steps]
        for step in steps:
            step.update({name: list(value) for name, value in step.items() if type(value) is tuple})
        return {
            "code": self.code,
            "version": self.version,
            "name": self.name,
            "min_spacing_days": self.min_spacing_days,
            "formal_notice_gap_days": self.formal_notice_gap_days,
            "stale_after_hours": self.stale_after_hours,
            "minimum_cents": dict(self.minimum_cents),
            "severity": self.severity,
            "steps": steps,
        }


def french_scenario() -> Scenario:
    """Return the shipped ladder: J-15, J+3, J+10, J+20, J+30, and thanks for a payment."""
    by_mail: dict[str, Any] = {"channels": ("email",), "fallback": ("letter",)}
    return Scenario(
        code="france",
        version=1,
        name="Relances françaises",
        minimum_cents={"EUR": 1_000},
        steps=(
            Step("prevenance", "prévenance", 1, "pre_due", -15, tone="friendly"),
            Step("relance_1", "relance 1", 2, "reminder", 3, tone="friendly", **by_mail),
            Step("relance_2", "relance 2", 3, "reminder", 10, tone="neutral", **by_mail),
            Step(
                "relance_3",
                "relance 3",
                4,
                "reminder",
                20,
                tone="firm",
                attachments=("statement",),
                **by_mail,
            ),
            Step(
                "mise_en_demeure",
                "mise en demeure",
                5,
                "formal_notice",
                30,
                channels=("letter", "email"),
                tone="formal",
                approval="manual",
                attachments=("letter", "statement"),
            ),
            Step(
                "remerciement",
                "remerciement",
                6,
                "thank_you",
                0,
                anchor="settlement",
                tone="grateful",
            ),
        ),
    )
