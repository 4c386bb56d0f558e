"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from encours.web.imports import (
    annotated,
    columns,
    contact_files,
    ledger_files,
    number_files,
    undoing,
)

urlpatterns = [
    path("", ledger_files.imports, name="imports"),
    path("depot/", ledger_files.upload, name="import_upload"),
    path("<int:import_id>/", ledger_files.one, name="import_one"),
    path("<int:import_id>/colonnes/", columns.columns, name="import_columns"),
    path("<int:import_id>/remarques/", annotated.annotated, name="import_annotated"),
    path("<int:import_id>/importer/", ledger_files.accept, name="import_accept"),
    path("<int:import_id>/oublier/", ledger_files.cancel, name="import_cancel"),
    path("<int:import_id>/annuler/", undoing.undo, name="import_undo"),
    path("<int:import_id>/interlocuteurs/", contact_files.take, name="import_contacts_take"),
    path("interlocuteurs/", contact_files.contacts_page, name="contacts_import"),
    path("numeros/", number_files.numbers_page, name="numbers_import"),
    path("interlocuteurs/modele/", contact_files.template, name="contacts_template"),
]
