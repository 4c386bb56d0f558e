"""Due dates that an export does not say: computed from each customer's terms, and marked so."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from encours.parties import usual_terms
from encours.parties.models import Customer, PaymentTerms
from encours.receivables.rules import terms as terms_rules

PART_STEP: Final = 100
TERMED_KINDS: Final = ("invoice", "debit_note", "opening")
KEPT: Final = (
    "key",
    "invoice_id",
    "customer_id",
    "issued_on",
    "currency",
    "invoice_is_fresh",
    "exported_position",
)


def with_terms(rows: pl.DataFrame, *, tenant_id: int, creditor_id: int) -> pl.DataFrame:
    """Return due lines, all dated: `position`, `due_on`, `due_source`, `from_cents`, `is_computed`.

    Lines whose date was read stay as they are; claims by terms are cut into their parts; what is
    no invoice is due at once. `from_cents` is where a part begins inside its exported line.
    """
    rows = rows.with_columns(exported_position=pl.col("position").cast(pl.Int64))
    read = rows.filter(pl.col("due_on").is_not_null())
    missing = rows.filter(pl.col("due_on").is_null())
    at_once = ~pl.col("kind").is_in(TERMED_KINDS)
    pieces = [
        _piece(read, due=pl.col("due_on"), source="read", computed=False),
        _piece(missing.filter(at_once), due=pl.col("issued_on"), source="terms_assumed"),
    ]
    by_terms = missing.filter(~at_once)
    if not by_terms.is_empty():
        pieces += _by_terms(by_terms, tenant_id, creditor_id)
    return pl.concat(pieces).sort("key", "position", maintain_order=True)


def spread(shares: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Spread what is set against an exported line over the parts it was cut into, oldest first.

    `shares`: claim_key, position, amount_cents and what else; adds the columns of the line that
    an allocation copies, and `instalment_id`.
    """
    keys = ["claim_key", "position"]
    parts = lines.select(
        "claim_key",
        pl.col("exported_position").alias("position"),
        pl.col("id").alias("instalment_id"),
        "due_on",
        "issued_on",
        "customer_id",
        "currency",
        "from_cents",
        until_cents=pl.col("from_cents") + pl.col("amount_cents"),
    )
    placed = shares.with_columns(
        pl.col("position").cast(pl.Int64),
        start=pl.col("amount_cents").cum_sum().over(keys) - pl.col("amount_cents"),
    )
    begin = pl.max_horizontal("start", "from_cents")
    end = pl.min_horizontal(pl.col("start") + pl.col("amount_cents"), "until_cents")
    return (
        placed.join(parts, on=keys, maintain_order="left")
        .with_columns(amount_cents=end - begin)
        .filter(pl.col("amount_cents") > 0)
        .drop("start", "from_cents", "until_cents")
    )


def _piece(rows: pl.DataFrame, *, due: pl.Expr, source: str, computed: bool = True) -> pl.DataFrame:
    return rows.select(
        *KEPT,
        position=pl.col("exported_position").cast(pl.Int16),
        due_on=due,
        due_source=pl.lit(source),
        amount_cents=pl.col("amount_cents"),
        from_cents=pl.lit(0, pl.Int64),
        is_computed=pl.lit(computed),
    )


def _by_terms(rows: pl.DataFrame, tenant_id: int, creditor_id: int) -> list[pl.DataFrame]:
    known = list(usual_terms.usable(tenant_id, creditor_id))
    stored = {one.pk: one for one in known}
    usual = next((one for one in known if one.is_default), None)
    own = dict(
        Customer.objects.of(tenant_id)
        .filter(creditor_id=creditor_id, terms_id__isnull=False)
        .values_list("pk", "terms_id")
    )
    chosen = pl.col("customer_id").replace_strict(
        own or {-1: -1}, default=usual.pk if usual else -1, return_dtype=pl.Int64
    )
    pieces = []
    for (terms_id,), some in rows.with_columns(terms_id=chosen).group_by("terms_id"):
        pieces.append(_cut(some, stored.get(int(str(terms_id)))))
    return pieces


def _cut(rows: pl.DataFrame, stored: PaymentTerms | None) -> pl.DataFrame:
    terms = terms_rules.from_json(_definition(stored))
    is_sure = stored is not None and stored.confirmed_at is not None
    cut = terms_rules.due_lines(rows.drop("position", "due_on"), terms).sort("key", "position")
    return cut.select(
        *KEPT,
        position=(
            (pl.col("exported_position") - 1) * PART_STEP * (len(terms.parts) > 1)
            + pl.when(pl.lit(len(terms.parts) > 1))
            .then(pl.col("position"))
            .otherwise("exported_position")
        ).cast(pl.Int16),
        due_on=pl.col("due_on"),
        due_source=pl.lit("terms_confirmed" if is_sure else "terms_assumed"),
        amount_cents=pl.col("due_cents"),
        from_cents=pl.col("due_cents").cum_sum().over("key", "exported_position")
        - pl.col("due_cents"),
        is_computed=pl.lit(value=True),
    )


def _definition(stored: PaymentTerms | None) -> dict[str, Any]:
    if stored is None:
        return terms_rules.as_json(terms_rules.single(30))
    return dict(stored.definition)
