"""Addresses of the ledger."""

from __future__ import annotations

from django.urls import path

from encours.web.ledger import (
    acts,
    ageing,
    billing,
    consents,
    credit,
    customer,
    customers,
    dashboard,
    duplicates,
    followed,
    group,
    invoices,
    organisations,
    penalties,
    unnumbered,
    waivers,
)

urlpatterns = [
    path("tableau-de-bord/", dashboard.dashboard, name="dashboard"),
    path("balance-agee/", ageing.aged_balance, name="aged_balance"),
    path("balance-agee/lignes/", ageing.lines, name="aged_balance_lines"),
    path("balance-agee/organisations/", organisations.organisations, name="aged_balance_tenants"),
    path("clients/", customers.customers, name="customers"),
    path("clients/injoignables/", customers.unreachable, name="unreachable"),
    path("clients/nature/", customers.classes, name="customers_classes"),
    path("clients/doublons/", duplicates.duplicates, name="customers_duplicates"),
    path("clients/<int:customer_id>/fusionner/", duplicates.merge, name="customer_merge"),
    path(
        "clients/<int:customer_id>/separer/<int:merged_id>/",
        duplicates.unmerge,
        name="customer_unmerge",
    ),
    path("clients/attribuer/", customers.assign, name="customers_assign"),
    path("clients/conditions/", customers.set_terms, name="customers_terms"),
    path("clients/<int:customer_id>/renoncer/", waivers.waive, name="customer_waive"),
    path("penalites/abandons/<int:waiver_id>/reprendre/", waivers.take_back, name="waiver_undo"),
    path("clients/<int:customer_id>/", customer.customer, name="customer"),
    path("clients/<int:customer_id>/groupe/", group.set_parent, name="customer_parent"),
    path("clients/<int:customer_id>/releve/", customer.account, name="customer_statement"),
    path("clients/<int:customer_id>/interets/", penalties.interest, name="customer_interest"),
    path("clients/<int:customer_id>/interets/facturer/", penalties.bill, name="customer_bill"),
    path("clients/<int:customer_id>/relances/", customer.why, name="customer_why"),
    path("clients/<int:customer_id>/scenario/", followed.choose, name="customer_scenario"),
    path("clients/<int:customer_id>/faits/", acts.facts, name="customer_standing"),
    path(
        "clients/<int:customer_id>/faits/<int:fact_id>/",
        acts.close_fact,
        name="customer_standing_close",
    ),
    path("clients/<int:customer_id>/credit/", credit.credit, name="customer_credit"),
    path(
        "clients/<int:customer_id>/credit/resume/", credit.summary, name="customer_credit_summary"
    ),
    path(
        "clients/<int:customer_id>/credit/<int:mandate_id>/revoquer/",
        credit.revoke,
        name="mandate_revoke",
    ),
    path("clients/<int:customer_id>/fiche/", acts.card, name="customer_card"),
    path("clients/<int:customer_id>/accord-lre/", consents.record, name="customer_consent"),
    path(
        "clients/<int:customer_id>/interlocuteurs/<int:contact_id>/retirer/",
        acts.remove_contact,
        name="customer_contact_remove",
    ),
    path("clients/<int:customer_id>/saisir/", acts.entry, name="customer_entry"),
    path("clients/<int:customer_id>/lettrer/", acts.letter, name="customer_letter"),
    path("factures/", invoices.invoices, name="invoices"),
    path("factures/sans-numero/", unnumbered.unnumbered, name="invoices_unnumbered"),
    path("factures/<int:invoice_id>/numero/", unnumbered.give, name="invoice_number"),
    path("factures/<int:invoice_id>/", invoices.invoice, name="invoice"),
    path("factures/<int:invoice_id>/annuler/", invoices.reverse_invoice, name="invoice_reverse"),
    path(
        "factures/<int:invoice_id>/delettrer/<int:allocation_id>/",
        invoices.unletter,
        name="invoice_unletter",
    ),
    path("notes-de-penalites/a-emettre/", billing.proposals, name="penalty_proposals"),
    path("reglages/penalites/", billing.policy, name="settings_penalties"),
    path("notes-de-penalites/", penalties.notes, name="penalty_notes"),
    path("notes-de-penalites/<int:note_id>/annuler/", penalties.cancel, name="penalty_note_cancel"),
    path("lettrages-proposes/", invoices.proposals, name="proposals"),
]
