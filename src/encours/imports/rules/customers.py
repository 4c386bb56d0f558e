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
    # 416DUPON01 is the customer 411DUPON01, though its year has no line of 411
    is_name = pl.col("account").str.slice(3).str.contains(r"[A-Za-z]")
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
        twin=pl.when(twin.is_in(twins) | is_name).then(twin).otherwise("account"),
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
    """Whose each line is: line, part, amount, customer, account_no; and what the numbers mean.

    `customers` has customer, code, name, account, identified_by (aux, account, label, none) and
    needs_confirmation; `accounts` has account_no, account, root.
    """

    lines: pl.DataFrame
    customers: pl.DataFrame
    accounts: pl.DataFrame


def identified(lines: pl.DataFrame, parties: pl.DataFrame, parts: pl.DataFrame) -> Identified:
    """Say whose each line is; `parties` are resolved, `parts` say the entry.

    A line of a collective account without any name takes the only other customer of its entry
    (a bill, a deposit, a doubtful debt), else the name in its label, else "?".
    """
    accounts = (
        parties.select("account", root=pl.col("account").str.slice(0, 3))
        .unique("account")
        .sort("account")
        .with_row_index("account_no")
    )
    known = parties.join(accounts, on="account", maintain_order="left")
    nameless = known.filter(pl.col("code").is_null()).select("party", "root")
    spoken = _named_otherwise(lines, known, nameless, parts)
    customers = _customers(lines, known, spoken)
    numbers = customers.select("code", "customer")
    by_party = known.join(numbers, on="code", how="left").select("party", "account_no", "customer")
    whose = lines.select("line", "part", "party", "amount").join(
        by_party, on="party", how="left", maintain_order="left"
    )
    if len(spoken):
        by_line = spoken.join(numbers, on="code").select("line", other="customer")
        whose = (
            whose.join(by_line, on="line", how="left", maintain_order="left")
            .with_columns(customer=pl.coalesce("customer", "other"))
            .drop("other")
        )
    return Identified(whose.drop("party"), customers, accounts)


def _named_otherwise(
    lines: pl.DataFrame, known: pl.DataFrame, nameless: pl.DataFrame, parts: pl.DataFrame
) -> pl.DataFrame:
    """Name the lines that neither a code nor an account names: line, party, code, name, by."""
    rest = lines.join(nameless, on="party").join(
        parts.select("part", "entry"), on="part", maintain_order="left"
    )
    same = parts.join(rest.select("entry").unique(), on="entry", how="semi")
    only = (
        lines.join(same.select("part", "entry"), on="part")
        .join(known.drop_nulls("code").select("party", "code", "name"), on="party")
        .group_by("entry")
        .agg(pl.col("code", "name").min(), several=pl.col("code").n_unique() > 1)
        .filter(~pl.col("several"))
        .select("entry", only_code="code", only_name="name")
    )
    is_side = (pl.col("root") != "411") & pl.col("only_code").is_not_null()
    spoken = name_in(pl.col("label"))
    return rest.join(only, on="entry", how="left", maintain_order="left").select(
        "line",
        "party",
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


def _customers(lines: pl.DataFrame, known: pl.DataFrame, spoken: pl.DataFrame) -> pl.DataFrame:
    """Return one row per customer: the name written last, the account of 411 before any other."""
    names = ["party", "code", "name", "identified_by"]
    met = pl.concat(
        [
            lines.group_by("party")
            .agg(pl.col("line").min())
            .join(known.drop_nulls("code").select(names), on="party")
            .select("line", *names),
            spoken.select("line", *names),
        ]
    ).join(known.select("party", "account", "root"), on="party", how="left")
    return (
        met.sort("line")
        .group_by("code", maintain_order=True)
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
