"""What a customer line is: an invoice, a payment, an opening balance…, from what it faces."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from encours.imports.rules.ledger import FAMILIES

_OPENING_CODE: Final = r"(?i)^(AN|ANO|A\.?N\.?|RAN|ANX|OUV|OUVERT|NOUV|REPORT)\d*$"
_OPENING_LABEL: Final = (
    r"(?i)(?:^|\b|report.{0,12})[aàá?]\W{0,3}nouveaux?\b|\breports? .{0,8}nouveaux?\b|"
    r"\bouverture\b|\bbilan (?:de )?d[eé?]but|\bbilan initial|\bbalance initiale|^r[eé?]-?ouv"
)
_OPENING_LINE: Final = (
    r"(?i)^\W*(report|solde|[eé]critures?|bilan)?.{0,6}([aà?] |de )?nouveaux?\W*$"
)
_SALES_CODE: Final = r"(?i)^(V|VE|VT|VTE|VEN|VENTES?|FAC|FACT|FV|VC|V\d+|VE\d+|VT\d+)$"
_SALES_LABEL: Final = r"(?i)vente|factur|sales|revenue"
_CASH_CODE: Final = r"(?i)^(BQ|BN|BA|BK|CA|CAI|CE|TR|ENC|REG)[A-Z]?\d*$"
_CASH_LABEL: Final = (
    r"(?i)banque|bank|caisse|encaiss|tr[eé?]sor|ch[eè?]que|r[eè?]glement|"
    r"cr[eé?]dit (agri|mut|lyon|ind|com|coop|du nord)|soci[eé?]t[eé?] g[eé?]n|\bbnp\b|\blcl\b|"
    r"\bcic\b|\bccp\b|\bcash\b|postal|qonto"
)
_RETURNED: Final = r"(?i)impay|rejet|retour|\brej\b|contre.?pass|sans provision|unpaid|opposition"
_PAID: Final = (
    r"(?i)\b(r[eè]?gl(t|ement)?|vi?rt?|virement|ch[qè]\w*|rem(ise)?|cb|pr[eé]?l\w*|paiement)\b"
)
_REFUNDED: Final = r"(?i)rembours|rbt\b|refund|trop.?per[cç]u|restitution|vir.{0,20} [eé]mis"


def journal_kinds(journals: pl.DataFrame) -> pl.DataFrame:
    """Return (journal, journal_kind): opening, sale, cash or other; one row per code."""
    code = pl.col("journal").str.strip_chars()
    label = pl.col("journal_label").fill_null("")
    kind = (
        pl.when(code.str.contains(_OPENING_CODE) | label.str.contains(_OPENING_LABEL))
        .then(pl.lit("opening"))
        .when(code.str.contains(_SALES_CODE) | label.str.contains(_SALES_LABEL))
        .then(pl.lit("sale"))
        .when(code.str.contains(_CASH_CODE) | label.str.contains(_CASH_LABEL))
        .then(pl.lit("cash"))
        .otherwise(pl.lit("other"))
    )
    return (
        journals.with_columns(journal_kind=kind)
        .group_by("journal")
        .agg(pl.col("journal_kind").sort_by(pl.col("journal_kind") == "other").first())
    )


def with_journal_kinds(parts: pl.DataFrame, journals: pl.DataFrame) -> pl.DataFrame:
    """Add `journal_kind` to parts."""
    kind = parts.select("journal").join(
        journal_kinds(journals), on="journal", how="left", nulls_equal=True, maintain_order="left"
    )
    return parts.with_columns(kind["journal_kind"].fill_null("other"))


def is_internal() -> pl.Expr:
    """Say which lines face nothing but customers: what moves between letters, not money."""
    return pl.all_horizontal(pl.col(name) == 0 for name in FAMILIES if name != "customer")


def is_opening(first_on: date | None) -> pl.Expr:
    """Say which lines carry a balance forward: by the journal, or a label of the first day."""
    return (pl.col("journal_kind") == "opening") | (
        (pl.col("entry_on") == pl.lit(first_on, dtype=pl.Date))
        & pl.col("label").str.contains(_OPENING_LINE)
        & (pl.col("journal_kind") != "sale")
    ).fill_null(value=False)


def debit_kind() -> pl.Expr:
    """Return the kind of a debit line; columns: is_opening, label, the families of its context.

    Money going out against a customer is a payment that came back, unless the label says that it
    was handed back.
    """
    label = pl.col("label").fill_null("")
    sold = pl.col("sale") + pl.col("income") + pl.col("vat")
    return (
        pl.when("is_opening")
        .then(pl.lit("opening"))
        .when(sold < 0)
        .then(pl.lit("invoice"))
        .when((pl.col("cash_out") < 0) & label.str.contains(_REFUNDED))
        .then(pl.lit("refund"))
        .when((pl.col("cash_out") < 0) | label.str.contains(_RETURNED))
        .then(pl.lit("returned_payment"))
        .when((pl.col("rounding") < 0) | (pl.col("journal_kind") == "sale"))
        .then(
            pl.when(pl.col("journal_kind") == "sale")
            .then(pl.lit("invoice"))
            .otherwise(pl.lit("debit_note"))
        )
        .otherwise(pl.lit("other"))
    )


def credit_kind() -> pl.Expr:
    """Return the kind of a credit line; columns as for `debit_kind`, and root."""
    sold = pl.col("sale") + pl.col("income") + pl.col("vat")
    label = pl.col("label").fill_null("")
    lost = (pl.col("loss") > 0) | (pl.col("rounding") > 0)
    return (
        pl.when("is_opening")
        .then(pl.lit("opening"))
        .when((pl.col("root") == "419") & (sold <= 0))
        .then(pl.lit("deposit"))
        .when(pl.col("cash_in") > 0)
        .then(pl.lit("payment"))
        .when(lost)
        .then(pl.lit("write_off"))
        .when(pl.col("discount") > 0)
        .then(pl.lit("discount"))
        .when((sold > 0) | ((sold < 0) & (pl.col("journal_kind") != "cash")))
        .then(pl.lit("credit_note"))
        .when(pl.col("journal_kind") == "sale")
        .then(pl.lit("credit_note"))
        .when((pl.col("journal_kind") == "cash") | (label.str.contains(_PAID) & ~is_internal()))
        .then(pl.lit("payment"))
        .otherwise(pl.lit("other"))
    )
