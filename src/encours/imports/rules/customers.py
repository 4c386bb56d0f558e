"""Who a customer line speaks of: auxiliary code, else sub-account, else a name to confirm.

CompAuxNum is the rule (LPF art. A47 A-1); files without auxiliaries open a sub-account each, and
the smallest write only a label. No line is ever dropped: the last resort is one customer, "?".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from encours.imports.rules.ledger import CUSTOMER_ROOTS

UNKNOWN: Final = "?"
UNKNOWN_NAME: Final = "Client à identifier"
BY_NAME: Final = "LIB:"
_COLLECTIVE: Final = r"^41[1369]\d?0*$"
_EMPTY_CODE: Final = r"^[0\s.*_x-]*$"
_STOP: Final = (
    r"\b(?:"
    # what a customer account or a sale is called
    r"ACOMPTES?|ACHATS?|AVANCES?|AUTRES?|BIENS?|CHEZ|CLIENTS?|CLTS?|COLLECTIFS?|COMMANDES?|"
    r"COMPTANT|COMPTES?|CREDIT|CREDITEURS?|CEE|DIVERS|DIVERSES?|DOUTEUX|EFFETS?|ETRANGERS?|"
    r"EXPORT|FRANCE|GENERAL|LITIGIEUX|MARCHANDISES?|ORDINAIRES?|PARTICULIERS?|PRESTATIONS?|"
    r"PRODUITS?|PROF|RATTACHES?|RECEVOIR|RECUS?|SERVICES?|TTC|UE|VENTES?|"
    # what happens on it
    r"AVOIRS?|AV|CB|CH|CHQS?|CHEQUES?|ECH|ECHEANCES?|ENCAISSEMENTS?|ESPECES|EXTOURNE|FA|FAC|FACT|"
    r"FACTURES?|FACTURATION|FC|IMPAYES?|LCR|NOUVEAUX?|PAIEMENTS?|PRELEVEMENTS?|PRLV|RAN|"
    r"REGLEMENTS?|REGLTS?|REJETS?|REM|REMBOURSEMENTS?|REMISES?|REPORT|RGL?T|SAN|SEPA|SOLDE|"
    r"TRAITES?|VERSEMENTS?|VIRT?|VIREMENTS?|VRT|"
    # small words
    r"LE|LA|LES|L|D|DE|DU|DES|ET|OU|A|AU|AUX|SUR|EN|POUR|PAR|N|NO|NUM|REF|NULL?|XXX"
    r")\b"
)
_LETTERS_MIN: Final = 3


def name_in(text: pl.Expr) -> pl.Expr:
    """Return the words of a label that may name someone, in capitals; null where none is left."""
    words = (
        text.str.normalize("NFKD")
        .str.replace_all(r"\p{M}", "")
        .str.to_uppercase()
        .str.replace_all(r"\S*\d\S*", " ")
        .str.replace_all(r"[^A-Z]+", " ")
        .str.replace_all(_STOP, " ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.slice(0, 50)
        .str.strip_chars()
    )
    return pl.when(words.str.len_bytes() >= _LETTERS_MIN).then(words)


def resolved(parties: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Return parties with `code`, `name` and `identified_by`: aux, account, label or null.

    An auxiliary code is not believed when it is blank, or the number of a general account of
    the same file that is no customer's (401…, 512…: some software writes the counterpart).
    """
    others = accounts.filter(~pl.col("account").str.slice(0, 3).is_in(CUSTOMER_ROOTS))
    believed = (
        pl.col("aux").is_not_null()
        & ~pl.col("aux").str.contains(_EMPTY_CODE)
        & ~pl.col("aux").is_in(others["account"].implode())
        & ~((pl.col("aux") == pl.col("account")) & pl.col("account").str.contains(_COLLECTIVE))
    )
    is_own_account = ~pl.col("account").str.contains(_COLLECTIVE)
    twin = pl.lit("411") + pl.col("account").str.slice(3)
    twins = parties.filter(is_own_account)["account"].implode()
    spoken = pl.coalesce(
        pl.when(~pl.col("aux_label").is_in(_labels_of_others(parties))).then(
            name_in(pl.col("aux_label"))
        ),
        name_in(pl.col("account_label")),
    )
    return parties.with_columns(
        identified_by=pl.when(believed)
        .then(pl.lit("aux"))
        .when(is_own_account)
        .then(pl.lit("account"))
        .when(spoken.is_not_null())
        .then(pl.lit("label")),
        spoken=spoken,
        twin=pl.when(twin.is_in(twins)).then(twin).otherwise("account"),
    ).with_columns(
        code=pl.when(pl.col("identified_by") == "aux")
        .then("aux")
        .when(pl.col("identified_by") == "account")
        .then("twin")
        .when(pl.col("identified_by") == "label")
        .then(pl.lit(BY_NAME) + pl.col("spoken")),
        name=pl.when(pl.col("identified_by") == "aux")
        .then(pl.coalesce("aux_label", "spoken", "aux"))
        .when(pl.col("identified_by") == "account")
        .then(pl.coalesce("aux_label", "account_label", "account"))
        .otherwise("spoken"),
    )


def _labels_of_others(parties: pl.DataFrame) -> pl.Series:
    """Return auxiliary labels that name a bank or a collective account, not a customer."""
    words = parties.select(
        pl.col("aux_label")
        .filter(pl.col("aux_label").str.contains(r"(?i)banque|bancaire|caisse|collectif"))
        .unique()
    )
    return words["aux_label"].implode()


@dataclass(frozen=True, slots=True)
class Identified:
    """Lines with `customer`, `account_no` and `root`; customers and accounts by those numbers."""

    lines: pl.DataFrame
    customers: pl.DataFrame
    accounts: pl.DataFrame


def identified(lines: pl.DataFrame, parties: pl.DataFrame) -> Identified:
    """Say whose each line is; lines must have their `entry`.

    A line of a collective account without any name takes the only other customer of its entry
    (a bill, a deposit, a doubtful debt), else the name in its label, else "?". Customers have
    customer, code, name, account, identified_by (aux, account, label, none), needs_confirmation.
    """
    accounts = parties.select("account").unique().sort("account").with_row_index("account_no")
    known = parties.join(accounts, on="account", maintain_order="left").with_columns(
        root=pl.col("account").str.slice(0, 3)
    )
    joined = lines.join(
        known.select("party", "code", "name", "identified_by", "account_no", "root"),
        on="party",
        how="left",
        maintain_order="left",
    )
    unnamed = pl.col("code").is_null()
    if joined.select(unnamed.any()).item():
        rest = _named_otherwise(joined.filter(~unnamed), joined.filter(unnamed))
        joined = pl.concat([joined.filter(~unnamed), rest]).sort("line", maintain_order=True)
    customers = _customers(joined, known)
    whose = (
        joined.select("party", "code")
        .unique()
        .join(customers.select("code", "customer"), on="code")
    )
    lines = joined.join(whose, on=["party", "code"], how="left", maintain_order="left")
    return Identified(lines.drop("code", "name", "identified_by", "party"), customers, accounts)


def _named_otherwise(named: pl.DataFrame, rest: pl.DataFrame) -> pl.DataFrame:
    """Name the lines that neither a code nor an account names."""
    only = (
        named.group_by("entry")
        .agg(pl.col("code", "name").min(), several=pl.col("code").n_unique() > 1)
        .filter(~pl.col("several"))
        .select("entry", only_code="code", only_name="name")
    )
    is_side = (pl.col("root") != "411") & pl.col("only_code").is_not_null()
    spoken = name_in(pl.col("label"))
    return (
        rest.join(only, on="entry", how="left", maintain_order="left")
        .with_columns(
            code=pl.when(is_side)
            .then("only_code")
            .otherwise(pl.coalesce(pl.lit(BY_NAME) + spoken, pl.lit(UNKNOWN))),
            name=pl.when(is_side)
            .then("only_name")
            .otherwise(pl.coalesce(spoken, pl.lit(UNKNOWN_NAME))),
            identified_by=pl.when(is_side)
            .then(pl.lit("entry"))
            .when(spoken.is_not_null())
            .then(pl.lit("label"))
            .otherwise(pl.lit("none")),
        )
        .select(rest.columns)
    )


def _customers(lines: pl.DataFrame, parties: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer: the name written last, the account of 411 before any other."""
    met = (
        lines.group_by("party", "code", "name", "identified_by", maintain_order=True)
        .agg(pl.col("line").min())
        .join(parties.select("party", "account", "root"), on="party", how="left")
        .sort("line")
    )
    return (
        met.group_by("code", maintain_order=True)
        .agg(
            pl.col("name").last(),
            pl.col("account").sort_by(pl.col("root") != "411", maintain_order=True).first(),
            pl.col("identified_by").filter(pl.col("identified_by") != "entry").first(),
        )
        .with_columns(pl.col("identified_by").fill_null("aux"))
        .with_columns(needs_confirmation=pl.col("identified_by").is_in(["label", "none"]))
        .sort("code")
        .with_row_index("customer")
    )
