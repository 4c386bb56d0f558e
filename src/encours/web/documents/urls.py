"""Addresses of kept files."""

from __future__ import annotations

from django.urls import path

from encours.web.documents import acts, bringing, claims, lists

urlpatterns = [
    path("pieces/", lists.documents, name="documents"),
    path("pieces/creances/", claims.claims, name="claims"),
    path("pieces/depot/", bringing.upload, name="documents_upload"),
    path("pieces/zip/", bringing.upload_archive, name="documents_archive"),
    path("pieces/zip/<int:intake_id>/", bringing.intake, name="documents_intake"),
    path("pieces/<int:document_id>/", lists.document, name="document"),
    path("pieces/<int:document_id>/fichier/", acts.download, name="document_file"),
    path("pieces/<int:document_id>/page/<int:page>/", acts.page, name="document_page"),
    path("pieces/<int:document_id>/attacher/", acts.attach, name="document_attach"),
    path("pieces/<int:document_id>/nature/", acts.reclassify, name="document_kind"),
    path("pieces/<int:document_id>/detruire/", acts.remove, name="document_remove"),
    path(
        "pieces/<int:document_id>/detacher/<int:attachment_id>/",
        acts.detach,
        name="document_detach",
    ),
    path("clients/<int:customer_id>/pieces/", lists.of_customer, name="customer_documents"),
]
