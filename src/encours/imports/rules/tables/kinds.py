"""What a row of movements is: an invoice, a credit note, a payment…, and its sign."""

from __future__ import annotations

from typing import Final

import polars as pl

from encours.imports.rules.kinds import journal_kinds

_KINDS: Final = (
    (r"avoir|credit.?note|credit.?memo|note de cr[eé]dit|out_refund|^av|^cn$|^cm$", "credit_note"),
    (r"rejet|impay[eé]|returned|bounced|contre.?pass", "returned_payment"),
    (r"acompte|deposit|advance|avance", "deposit"),
    (r"escompte|discount", "discount"),
    (r"perte|write.?off|irr[eé]couv", "write_off"),
    (
        r"r[eè]gl|paiement|payment|receipt|virement|ch[eè]que|pr[eé]l[eè]v|encaiss|^rg|^vir|^pmt|^dz$",
        "payment",
    ),
    (r"nouveau|opening|ouverture|^an$|^ran$|report", "opening"),
    (r"rembours", "refund"),
    (r"fact|invoice|bill|vente|sale|^fa|^f$|^rv$|^dr$|^inv", "invoice"),
)
CREDIT_KINDS: Final = ("credit_note", "payment", "deposit", "discount", "write_off")
DEBIT_KINDS: Final = ("invoice", "debit_note", "returned_payment", "refund")
_CREDIT_LABEL: Final = r"(?i)\bavoir\b|credit note|note de cr[eé]dit|remise|ristourne|annulation"
_RETURNED_LABEL: Final = r"(?i)impay|rejet|retour|returned|bounced"


def with_kinds(rows: pl.DataFrame, *, is_signed: bool) -> pl.DataFrame:
    """Give `amount_cents` its sign and `kind` one of ours; `is_signed`: the side was written.

    Where it was not, a payment or a credit note is what is not owed, however it is written.
    """
    journals = rows.select("journal", journal_label=pl.lit(None, pl.String)).unique()
    known = journal_kinds(journals.drop_nulls("journal"))
    rows = rows.join(known, on="journal", how="left", maintain_order="left").with_columns(
        said=_said(pl.col("kind"))
    )
    amount = pl.col("amount_cents")
    if not is_signed:
        is_credit = pl.col("said").is_in(CREDIT_KINDS).fill_null(value=False)
        rows = rows.with_columns(
            amount_cents=pl.when(is_credit).then(-amount.abs()).otherwise(amount)
        )
    return rows.with_columns(
        kind=pl.when(amount >= 0).then(_debit()).otherwise(_credit(is_signed=is_signed))
    ).drop("said", "journal_kind")


def _said(kind: pl.Expr) -> pl.Expr:
    text = kind.str.to_lowercase().str.strip_chars()
    found = pl.lit(None, pl.String)
    for pattern, name in reversed(_KINDS):
        found = pl.when(text.str.contains(pattern)).then(pl.lit(name)).otherwise(found)
    return pl.when(text.is_in([*CREDIT_KINDS, *DEBIT_KINDS, "opening"])).then(text).otherwise(found)


def _debit() -> pl.Expr:
    said, label = pl.col("said"), pl.col("label").fill_null("")
    return (
        pl.when(said.is_in([*DEBIT_KINDS, "opening"]))
        .then(said)
        .when(said.is_in(["payment", "deposit"]))
        .then(pl.lit("returned_payment"))
        .when(said.is_in(CREDIT_KINDS))
        .then(pl.lit("other"))
        .when(pl.col("journal_kind") == "opening")
        .then(pl.lit("opening"))
        .when((pl.col("journal_kind") == "cash") | label.str.contains(_RETURNED_LABEL))
        .then(pl.lit("returned_payment"))
        .otherwise(pl.lit("invoice"))
    )


def _credit(*, is_signed: bool) -> pl.Expr:
    said, label = pl.col("said"), pl.col("label").fill_null("")
    return (
        pl.when(said.is_in([*CREDIT_KINDS, "opening"]))
        .then(said)
        .when(said == "invoice")
        .then(pl.lit("credit_note"))
        .when(said.is_not_null())
        .then(pl.lit("other"))
        .when(pl.col("journal_kind") == "opening")
        .then(pl.lit("opening"))
        .when((pl.col("journal_kind") == "sale") | label.str.contains(_CREDIT_LABEL))
        .then(pl.lit("credit_note"))
        .otherwise(pl.lit("payment" if is_signed else "credit_note"))
    )
