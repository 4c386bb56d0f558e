"""The next actions of a customer: planned, done, dropped."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from encours.recovery.actions import tasks
from encours.recovery.actions.tasks import NewTask
from encours.recovery.queries import tasks as queries
from encours.tenancy.queries import people
from encours.web.answers import telling
from encours.web.ledger.customer import head
from encours.web.ledger.subject import customer_or_404, today
from encours.web.recovery import words
from encours.web.recovery.forms import NextAction
from encours.web.rights import StaffRequest, needs


@require_http_methods(["GET", "POST"])
@needs("customers.read")
def customer_tasks(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show what is to be done with a customer, and plan something more."""
    is_post = request.method == "POST"
    owner = customer_or_404(request, customer_id, "calls.write" if is_post else "")
    names = people.names(request.tenant_id)
    form = NextAction(
        request.POST if is_post else None, people=list(names.items()), initial={"due_on": today()}
    )
    if is_post and form.is_valid():
        with telling(request, _("Action prévue.")):
            tasks.plan_task(
                **_actor(request), customer_id=customer_id, task=NewTask(**form.cleaned_data)
            )
            return redirect("customer_tasks", customer_id)
    found = queries.tasks_of(tenant_id=request.tenant_id, customer_id=customer_id)
    context = {
        **head(request, owner),
        "tasks": [(one, words.TASKS[one.kind], names.get(one.collector_id or 0, ""))
                  for one in found],
        "form": form,
        "day": today(),
        "may_plan": request.access.may("calls.write", owner.creditor_id),
    }  # fmt: skip
    return render(request, "recovery/tasks.html", context)


@require_POST
@needs("calls.write")
def end_task(request: StaffRequest, customer_id: int, task_id: int) -> HttpResponse:
    """Say that an action was done, or dropped."""
    customer_or_404(request, customer_id, "calls.write")
    found = queries.tasks_of(tenant_id=request.tenant_id, customer_id=customer_id, ended=0)
    if task_id not in {one.id for one in found}:
        raise Http404
    with telling(request, _("C'est noté.")):
        tasks.end_task(
            **_actor(request), task_id=task_id, is_dropped=request.POST.get("how") == "drop"
        )
    return redirect("customer_tasks", customer_id)


def _actor(request: StaffRequest) -> dict[str, Any]:
    return {
        "tenant_id": request.tenant_id,
        "actor_id": request.access.user_id,
        "now": timezone.now(),
        "today": today(),
    }
