"""Hears of what steps set going: a next action for who follows the customer, once a reminder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Q
from django.utils import timezone

from encours.dunning.models import Scenario
from encours.kernel.refusal import Refusal
from encours.recovery.actions import tasks
from encours.recovery.actions.tasks import NewTask
from encours.tenancy.listening import Heard

VERB: Final = "step.effect"
WORDS: Final[Mapping[str, str]] = {
    "task": "Suite à donner à l'étape envoyée : {step}",
    "hand_over": "Dossier à transmettre : réunir les pièces et décider (étape {step})",
}


def is_listening(*, tenant_id: int) -> bool:
    """Say whether a scenario of this tenant asks for a next action."""
    asked = Q()
    for effect in WORDS:
        asked |= Q(definition__steps__contains=[{"effects": [effect]}])
    return Scenario.objects.of(tenant_id).filter(asked).exists()


def hear(*, tenant_id: int, facts: Sequence[Heard]) -> None:
    """Plan the next action of each effect; a customer that is gone since has none."""
    for fact in facts:
        effect = str(fact.data.get("effect", ""))
        if fact.verb != VERB or effect not in WORDS or fact.customer_id is None:
            continue
        today = timezone.localdate(fact.recorded_at)
        step = str(fact.data.get("step", "")).replace("_", " ")
        try:
            tasks.plan_task(
                tenant_id=tenant_id,
                customer_id=fact.customer_id,
                task=NewTask("other", today, text=WORDS[effect].format(step=step)),
                now=fact.recorded_at,
                today=today,
            )
        except Refusal:
            continue
