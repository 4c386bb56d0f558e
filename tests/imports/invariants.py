"""What must hold of anything derived, whatever the file."""

from __future__ import annotations

import polars as pl

from encours.imports.rules import derived as promised
from encours.imports.rules.derived import Derived, Documents
from encours.imports.rules.ledger import Ledger


def net_by_customer(documents: Documents) -> dict[str, int]:
    """Claims less credits, customers at zero left out."""
    signed = pl.concat(
        [
            documents.claims.select("customer_code", "amount_cents"),
            documents.credits.select("customer_code", -pl.col("amount_cents")),
        ]
    )
    sums = signed.group_by("customer_code").agg(pl.col("amount_cents").sum())
    return {code: cents for code, cents in sums.iter_rows() if cents}


def open_by_claim(documents: Documents) -> dict[str, int]:
    """What is left of each claim once everything is allocated."""
    taken = documents.allocations.group_by("claim_key").agg(pl.col("amount_cents").sum())
    left = documents.claims.join(taken, left_on="key", right_on="claim_key", how="left")
    return {
        row["key"]: row["amount_cents"] - (row["amount_cents_right"] or 0)
        for row in left.iter_rows(named=True)
    }


def assert_consistent(derived: Derived) -> None:
    """Assert the frames' shapes, the control to the cent, and that nothing is allocated twice."""
    for name in ("claims", "credits", "instalments", "allocations", "proposals", "control"):
        schema = getattr(promised, name.upper())
        assert dict(getattr(derived, name).schema) == schema, name
    control = {code: cents for code, cents in derived.control.iter_rows() if cents}
    assert net_by_customer(derived) == control
    assert derived.claims["key"].is_unique().all()
    assert derived.credits["key"].is_unique().all()
    assert (derived.claims["amount_cents"] > 0).all()
    assert (derived.credits["amount_cents"] > 0).all()
    assert_lines_add_up(derived)
    assert_nothing_over_allocated(derived)


def assert_lines_add_up(documents: Documents) -> None:
    """Assert that due lines make up their claim."""
    sums = documents.instalments.group_by("claim_key").agg(pl.col("amount_cents").sum())
    both = documents.claims.join(sums, left_on="key", right_on="claim_key", how="full")
    assert (both["amount_cents"] == both["amount_cents_right"]).all()
    assert both["amount_cents"].null_count() == both["amount_cents_right"].null_count() == 0


def assert_nothing_over_allocated(documents: Documents) -> None:
    """Assert that no due line and no credit gives more than it has."""
    allocations = documents.allocations
    assert (allocations["amount_cents"] > 0).all()
    assert allocations["effective_on"].null_count() == 0
    by_line = allocations.group_by("claim_key", "position").agg(pl.col("amount_cents").sum())
    lines = by_line.join(
        documents.instalments, on=["claim_key", "position"], how="left", suffix="_owed"
    )
    assert (lines["amount_cents"] <= lines["amount_cents_owed"]).all()
    assert lines["amount_cents_owed"].null_count() == 0
    by_credit = allocations.group_by("credit_key").agg(pl.col("amount_cents").sum())
    credits_ = by_credit.join(
        documents.credits, left_on="credit_key", right_on="key", how="left", suffix="_paid"
    )
    assert (credits_["amount_cents"] <= credits_["amount_cents_paid"]).all()
    assert credits_["amount_cents_paid"].null_count() == 0


def unsettled_letters(ledger: Ledger, derived: Derived) -> pl.DataFrame:
    """Return the lines of balanced letters (auxiliary, account, letter) that are not settled."""
    lines = ledger.lines.join(ledger.parties, on="party").filter(pl.col("letter").is_not_null())
    group = ["account", pl.coalesce("aux", "aux_label", "account").alias("who"), "letter"]
    even = (
        lines.with_columns(group[1])
        .filter(pl.col("amount").sum().over("account", "who", "letter") == 0)
        .filter(pl.col("amount") != 0)
    )
    left = {key for key, cents in open_by_claim(derived).items() if cents}
    open_lines = derived.claims.filter(pl.col("key").is_in(list(left))).select("line")
    return even.join(open_lines, on="line", how="semi")
