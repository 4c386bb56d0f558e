"""Addresses of calls, next actions and calling habits."""

from __future__ import annotations

from django.urls import path

from encours.web.recovery import actions, settings, sheet, worklist

urlpatterns = [
    path("appels/", worklist.calls, name="calls"),
    path("appels/charge/", worklist.load, name="calls_load"),
    path("appels/<int:customer_id>/", sheet.call, name="call"),
    path("appels/<int:customer_id>/fiche/", sheet.see, name="call_see"),
    path("appels/<int:customer_id>/noter/", sheet.record, name="call_record"),
    path("clients/<int:customer_id>/actions/", actions.customer_tasks, name="customer_tasks"),
    path(
        "clients/<int:customer_id>/actions/<int:task_id>/", actions.end_task, name="customer_task"
    ),
    path("reglages/appels/", settings.habits, name="settings_calls"),
    path("reglages/appels/reprendre/", settings.inherit, name="settings_calls_inherit"),
]
