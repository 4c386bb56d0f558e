"""What an invoice's page says of its proof: files, pieces that lack, terms and mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.conf import settings

from encours.documents.queries.lists import Asked, DocumentRow, documents
from encours.documents.rules.mentions import BY_CODE
from encours.legal.queries.evidence import ClaimEvidence, claim_evidence
from encours.receivables.queries.documents import InvoicePage
from encours.receivables.queries.moment import Moment
from encours.receivables.rules.ceilings import TermRegime, ceiling_issues
from encours.receivables.rules.values import NoLawValue, shipped_law_values
from encours.web.documents.sentences import KINDS
from encours.web.ledger.subject import today
from encours.web.rights import StaffRequest

MEGABYTE: Final = 1024 * 1024
REGIMES: Final = {"business": TermRegime.AGREED, "public": TermRegime.PUBLIC}


def proof_of(request: StaffRequest, invoice: InvoicePage) -> dict[str, Any]:
    """Return the part of the page's context that is about proof."""
    pieces = list(
        documents(tenant_id=request.tenant_id, asked=Asked(invoice_id=invoice.id, limit=100))
    )
    moment = Moment(tenant_id=request.tenant_id, creditor_ids=(invoice.creditor_id,), as_of=today())
    found: ClaimEvidence | None = None
    if invoice.kind == "invoice":
        found = claim_evidence(moment, invoice.id)
    debtor_class = found.claim.debtor_class if found else ""
    return {
        "evidence": pieces,
        "proof": found,
        "warnings": [*_ceilings(invoice, debtor_class), *_mentions(pieces, debtor_class)],
        "subject": ("invoice_id", invoice.id),
        "may_bring": request.access.may("documents.write", invoice.creditor_id),
        "may_see_imports": request.access.may("imports.read", invoice.creditor_id),
        "kinds_of_piece": KINDS.items(),
        "megabytes": settings.DOCUMENT_MAX_BYTES // MEGABYTE,
    }


def _ceilings(invoice: InvoicePage, debtor_class: str) -> Iterator[str]:
    """Warn of due dates past the legal ceiling, for debtors whose terms have one."""
    regime = REGIMES.get(debtor_class)
    if regime is None or invoice.kind != "invoice":
        return
    try:
        for line in invoice.lines:
            found = ceiling_issues(regime, invoice.issued_on, line.due_on, shipped_law_values())
            yield from (issue.message for issue in found)
    except NoLawValue:
        return


def _mentions(pieces: Sequence[DocumentRow], debtor_class: str) -> Iterator[str]:
    """Name the mentions that the invoice's own file does not bear; asked between professionals."""
    if debtor_class not in {"business", "unknown"}:
        return
    for piece in pieces:
        for code in piece.mentions_missing or ():
            mention = BY_CODE[code]
            yield f"{mention.sentence} ({mention.source})"
