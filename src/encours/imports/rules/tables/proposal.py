"""What each column probably means, by heading and content: with its reason, and how sure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Final

import polars as pl

from encours.imports.rules.tables import amounts, headings
from encours.imports.rules.tables.content import MOSTLY, Content, content_of
from encours.imports.rules.tables.days import order_of
from encours.imports.rules.tables.fields import CUSTOM_PREFIX, FIELDS
from encours.imports.rules.tables.headings import LIKELY, POSSIBLE, SURE
from encours.imports.rules.tables.mapping import Meaning, TableMapping

SURE_ENOUGH: Final = 70
FEW, MOST = 0.2, 0.6
TOO_MANY_NAMES: Final = 1.5
_NO_AMOUNT: Final = (
    r"(?i)taux|rate|%|quantit|qt[eé]|prix unit|unit price|p\.?u\.?|jour|days?|retard|[aâ]ge"
    r"|ann[eé]e|year|cumul|cumsum|num|code|\bid\b|nombre|count|index"
)
_TELLING: Final = frozenset(
    (
        *(
            "number",
            "reference",
            "kind",
            "due_on",
            "settled_on",
            "paid_amount",
            "letter",
            "account",
        ),
        *("journal", "side"),
    )
)
_PAYMENTS: Final = r"(?i)paiement|payment|r[eè]glement|encaissement|receipt|virements?"
_BY_CONTENT: Final = ("email", "iban", "siret", "siren", "vat_number")
_CUSTOMER_ACCOUNT: Final = r"^41[1369]|^9\d*[A-Z]"  # 9DUPONT: a customer, as Quadra writes it
_SUM: Final = 0.97
_CARRY_MIN, _CARRY_MAX = 0.02, 0.9


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is proposed to be (`field` empty: nothing), why, how sure in percent."""

    label: str
    position: int
    field: str = ""
    sureness: int = 0
    reason: str = ""
    filled_percent: int = 0
    examples: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the column as `--propose --json` shows it."""
        shown = asdict(self)
        return {
            **shown,
            "letter": headings.letters(self.position),
            "examples": list(self.examples),
            "alternatives": list(self.alternatives),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """The whole: a mapping that can be used as it is when `doubts` is empty."""

    mapping: TableMapping
    columns: tuple[Column, ...]
    doubts: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        """Say whether it may be taken without asking anybody."""
        return not self.doubts


def propose(
    rows: pl.DataFrame,
    labels: Sequence[str],
    *,
    has_groups: bool = False,
    meaning: Meaning | None = None,
    as_of: date | None = None,
    sheet: str = "",
    name: str = "",
    own: Mapping[str, str] | None = None,
    header: int | None = None,
) -> Proposal:
    """Propose a mapping for a table; `rows` are its rows alone: no title, total nor group heading.

    `meaning` where a person chose it; `as_of` is the day that a title or the file's name gives,
    `name` the file's. `own` are the user's own fields, label by code; `header` the line of the
    headings where a person chose it.
    """
    found = [content_of(rows[f"c{at}"]) for at in range(len(labels))]
    chosen = _assigned(labels, found)
    chosen = _by_content(chosen, labels, found)
    chosen = _customers_apart(chosen, labels, found, rows)
    chosen = _amounts_related(chosen, rows, found)
    chosen = _accounts(chosen, rows)
    decided = meaning or _meaning(chosen, found, rows)
    chosen = _for_meaning(chosen, decided, found)
    if "settled_on" in chosen and not {"issued_on", "due_on"} & chosen.keys():
        chosen["issued_on"] = replace(chosen.pop("settled_on"), field="issued_on")
    only_pays = decided == "movements" and _only_pays(chosen, labels, name)
    if only_pays and "number" in chosen and "reference" not in chosen:
        chosen["reference"] = replace(chosen.pop("number"), field="reference")
    mine = _own_fields(labels, own or {}, {pick.at for pick in chosen.values()})
    columns = _columns(labels, found, {**chosen, **mine})
    mapping = TableMapping(
        meaning=decided,
        columns={pick.field: labels[pick.at] for pick in (*chosen.values(), *mine.values())},
        sheet=sheet,
        defaults=_defaults(chosen, labels) | ({"kind": "payment"} if only_pays else {}),
        carried=_carried(chosen, found, rows),
        has_groups=has_groups and "customer_code" not in chosen,
        order=_order(chosen, found),
        decimals=_decimals(chosen, rows),
        as_of=as_of.isoformat() if as_of and decided == "open_items" else "",
        header=header,
    )
    return Proposal(mapping, columns, _doubts(mapping, chosen, found))


def completed(mapping: TableMapping, rows: pl.DataFrame, labels: Sequence[str]) -> TableMapping:
    """Fill in what a mapping leaves to the cells: the order of days, the decimal mark."""
    chosen = {
        name: _Pick(labels.index(label), name, 0, "")
        for name, label in mapping.columns.items()
        if name in FIELDS and label in labels
    }
    written = [
        rows[f"c{pick.at}"].drop_nulls()
        for name, pick in chosen.items()
        if FIELDS[name].holds == "day"
    ]
    order = mapping.order or (order_of(pl.concat(written)) if written else None)
    return replace(mapping, order=order, decimals=mapping.decimals or _decimals(chosen, rows))


@dataclass(frozen=True, slots=True)
class _Pick:
    at: int
    field: str
    sureness: int
    reason: str


def _assigned(labels: Sequence[str], found: Sequence[Content]) -> dict[str, _Pick]:
    """Give each field its best column and each column its best field, the surest first."""
    wanted = []
    for at, label in enumerate(labels):
        for one in headings.recognise(label):
            fit = _fit(found[at], one.field)
            if fit:
                wanted.append((round(one.sureness * fit), found[at].filled > 0, -at, one.field))
    chosen: dict[str, _Pick] = {}
    taken: set[int] = set()
    for sureness, _, back, name in sorted(wanted, reverse=True):
        if name not in chosen and -back not in taken:
            taken.add(-back)
            how = "en-tête reconnu" if sureness >= LIKELY else "en-tête ressemblant"
            chosen[name] = _Pick(-back, name, sureness, f"{how} : « {labels[-back]} »")
    return chosen


def _fit(content: Content, name: str) -> float:
    """Say how far the cells allow a field, from 0 to 1: a few odd cells lower nothing."""
    share = content.holds(FIELDS[name].holds)
    if name in ("siren", "siret", "vat_number", "iban", "country", "email"):
        return max(share, 0.75)
    if name == "customer_name" and content.filled and content.wide < FEW:
        return 0.6
    if name in ("account", "customer_code", "number") and content.wide > MOSTLY:
        return 0.6 if name != "account" else 0.3
    if name in ("side", "currency") and content.filled and share < MOSTLY:
        return 0.0
    if share >= MOSTLY:
        return 1.0
    return 0.8 if share >= 0.5 else 0.0  # noqa: PLR2004 - half of the cells


def _by_content(
    chosen: dict[str, _Pick], labels: Sequence[str], found: Sequence[Content]
) -> dict[str, _Pick]:
    """Recognise by their cells the columns that no heading named: SIREN, e-mail, a date."""
    taken = {pick.at for pick in chosen.values()}
    free = [at for at in range(len(labels)) if at not in taken and found[at].filled]
    for name in _BY_CONTENT:
        fits = [at for at in free if found[at].holds(FIELDS[name].holds) >= MOSTLY]
        if name not in chosen and fits:
            said = f"contenu : {FIELDS[name].label} valides"
            chosen[name] = _Pick(fits[0], name, 90, said)
            free.remove(fits[0])
    unnamed = [at for at in free if not headings.recognise(labels[at])]
    plain = [at for at in unnamed if not re.search(_NO_AMOUNT, labels[at])]
    dates = [at for at in unnamed if found[at].days >= MOSTLY]
    if "issued_on" not in chosen and "due_on" not in chosen and dates:
        chosen["issued_on"] = _Pick(dates[0], "issued_on", POSSIBLE, "contenu : des dates")
    if not any(FIELDS[name].part == "amount" for name in chosen):
        money = [at for at in plain if found[at].amounts >= MOSTLY and found[at].decimals]
        if money:
            chosen["amount"] = _Pick(money[-1], "amount", POSSIBLE, "contenu : des montants")
    return chosen


def _customers_apart(
    chosen: dict[str, _Pick], labels: Sequence[str], found: Sequence[Content], rows: pl.DataFrame
) -> dict[str, _Pick]:
    """Take a lone "Client" column for a name when it holds words, for a code otherwise."""
    code, name = chosen.get("customer_code"), chosen.get("customer_name")
    if code and name and name.sureness <= LIKELY and _several_each(rows, code.at, name.at):
        del chosen["customer_name"]
        name = None
    if code and not name and found[code.at].wide >= MOST and _is_weak(labels[code.at], code.field):
        del chosen["customer_code"]
        said = f"{code.reason} ; le contenu est fait de mots"
        chosen["customer_name"] = replace(
            code, field="customer_name", sureness=max(code.sureness, LIKELY), reason=said
        )
    if name and not code and found[name.at].wide < FEW:
        del chosen["customer_name"]
        said = f"{name.reason} ; le contenu est fait de codes"
        chosen["customer_code"] = replace(
            name, field="customer_code", sureness=max(name.sureness, LIKELY), reason=said
        )
    return chosen


def _is_weak(label: str, name: str) -> bool:
    """Say whether a heading is used for other things too: "Client" may be a code or a name."""
    return all(one.sureness <= LIKELY for one in headings.recognise(label) if one.field == name)


def _several_each(rows: pl.DataFrame, code: int, name: int) -> bool:
    """Say whether one code has several names: then they are no names of customers."""
    pairs = rows.select(code=f"c{code}", name=f"c{name}").drop_nulls().unique()
    return len(pairs) > TOO_MANY_NAMES * max(pairs["code"].n_unique(), 1)


def _amounts_related(
    chosen: dict[str, _Pick], rows: pl.DataFrame, found: Sequence[Content]
) -> dict[str, _Pick]:
    """Tell "amount due" less "amount paid" from what is left: the cells add up or they do not."""
    for name in ("open_amount", "paid_amount"):
        if name in chosen and chosen[name].sureness < LIKELY and "amount" in chosen:
            del chosen[name]
    if "paid_amount" in chosen and "amount" not in chosen and "open_amount" in chosen:
        due, paid = chosen["open_amount"], chosen["paid_amount"]
        others = [
            at
            for at, content in enumerate(found)
            if at not in {due.at, paid.at} and content.filled and content.amounts >= MOSTLY
        ]
        left = [at for at in others if _adds_up(rows, due.at, paid.at, at, found)]
        chosen["amount"] = _Pick(
            due.at, "amount", 90 if left else LIKELY, f"{due.reason}, diminué des règlements"
        )
        del chosen["open_amount"]
        if left:
            said = "contenu : dû moins réglé, ligne à ligne"
            holder = next((name for name, pick in chosen.items() if pick.at == left[0]), None)
            if holder:
                del chosen[holder]
            chosen["open_amount"] = _Pick(left[0], "open_amount", 90, said)
    return _sides(chosen)


def _sides(chosen: dict[str, _Pick]) -> dict[str, _Pick]:
    """Take a debit-credit pair for the amounts; half a pair is no side."""
    for side, other in (("debit", "credit"), ("credit", "debit")):
        if side in chosen and other not in chosen and "amount" in chosen:
            del chosen[side]
    if {"debit", "credit"} <= chosen.keys():
        for name in ("amount", "side", "paid_amount"):
            chosen.pop(name, None)
        if "open_amount" in chosen and chosen["open_amount"].sureness < SURE:
            del chosen["open_amount"]  # a running balance
    return chosen


def _adds_up(rows: pl.DataFrame, due: int, paid: int, left: int, found: Sequence[Content]) -> bool:
    cents = [
        amounts.to_cents(rows[f"c{at}"], found[at].decimals)["cents"].fill_null(0)
        for at in (due, paid, left)
    ]
    share = (cents[0] - cents[1] == cents[2]).mean()
    return isinstance(share, float) and share >= _SUM


def _accounts(chosen: dict[str, _Pick], rows: pl.DataFrame) -> dict[str, _Pick]:
    """Tell a general account from the customer's own: one that always begins with 411 is both."""
    pick = chosen.get("account")
    if pick is None:
        return chosen
    cells = rows[f"c{pick.at}"].drop_nulls()
    is_customer = cells.str.contains(_CUSTOMER_ACCOUNT)
    every = len(cells) > 0 and bool(is_customer.all())
    if "customer_code" not in chosen and (every or not bool(cells.str.contains(r"^\d").all())):
        del chosen["account"]
        chosen["customer_code"] = replace(pick, field="customer_code")
    return chosen


def _meaning(chosen: Mapping[str, _Pick], found: Sequence[Content], rows: pl.DataFrame) -> Meaning:
    """Say what a table is about: what moved, what is open, or who customers are."""
    money = {"amount", "debit", "credit", "open_amount", "paid_amount"} & chosen.keys()
    if not money:
        return "movements" if {"issued_on", "due_on", "number"} & chosen.keys() else "master"
    if {"debit", "credit"} <= chosen.keys() or "side" in chosen:
        return "movements"
    if "paid_amount" in chosen and _has_payment_rows(chosen, rows):
        return "movements"
    if "open_amount" in chosen:
        return "open_items"
    settled = chosen.get("settled_on")
    if settled is not None and not found[settled.at].filled:
        return "open_items"
    return "movements"


def _has_payment_rows(chosen: Mapping[str, _Pick], rows: pl.DataFrame) -> bool:
    """Say whether some rows only pay: then the table is a ledger, not a list of invoices."""
    if "amount" not in chosen:
        return True
    due, paid = (rows[f"c{chosen[name].at}"] for name in ("amount", "paid_amount"))
    nothing, something = r"^[-0.,\s]*$", r"[1-9]"
    is_payment = due.fill_null("").str.contains(nothing) & paid.str.contains(something)
    return bool(is_payment.any())


def _for_meaning(
    chosen: dict[str, _Pick], meaning: Meaning, found: Sequence[Content]
) -> dict[str, _Pick]:
    """Leave out what a meaning has no use for; a lone amount is then what is open."""
    if meaning == "open_items" and "open_amount" not in chosen and "amount" in chosen:
        pick = chosen.pop("amount")
        chosen["open_amount"] = replace(pick, field="open_amount")
    if meaning == "movements" and ({"amount", "debit"} & chosen.keys()):
        chosen.pop("open_amount", None)
    if meaning == "movements" and "open_amount" in chosen:
        pick = chosen.pop("open_amount")
        chosen["amount"] = replace(pick, field="amount")
    if meaning == "master" and "label" in chosen and "customer_name" not in chosen:
        pick = chosen.pop("label")  # « Intitulé » of a list of customers is their name
        chosen["customer_name"] = replace(pick, field="customer_name")
    if meaning != "master" and "number" not in chosen and "entry_number" in chosen:
        pick = chosen["entry_number"]
        if found[pick.at].distinct == 1 and not {"debit", "side"} & chosen.keys():
            del chosen["entry_number"]
            said = f"{pick.reason} ; un numéro par ligne"
            chosen["number"] = replace(pick, field="number", reason=said)
    if meaning == "movements" and "reference" in chosen and "number" not in chosen:
        pick = chosen.pop("reference")
        chosen["number"] = replace(pick, field="number")
    return chosen


def _only_pays(chosen: Mapping[str, _Pick], labels: Sequence[str], name: str) -> bool:
    """Say whether a table only lists payments: its file, or the heading of its amount, says so."""
    if (
        "amount" not in chosen
        or {"due_on", "kind", "side", "settled_on", "account"} & chosen.keys()
    ):
        return False
    said = [name, *(labels[chosen[one].at] for one in ("amount", "issued_on") if one in chosen)]
    return any(re.search(_PAYMENTS, text) for text in said)


def _own_fields(
    labels: Sequence[str], own: Mapping[str, str], taken: Collection[int]
) -> dict[str, _Pick]:
    """Send the columns that are nothing of ours to the user's own field of that heading."""
    known = {headings.plain(said): code for code, label in own.items() for said in (code, label)}
    chosen: dict[str, _Pick] = {}
    for at, label in enumerate(labels):
        code = known.get(headings.plain(label))
        name = f"{CUSTOM_PREFIX}{code}"
        if code and at not in taken and name not in chosen:
            chosen[name] = _Pick(at, name, SURE, f"votre champ « {own[code]} »")
    return chosen


def _columns(
    labels: Sequence[str], found: Sequence[Content], chosen: Mapping[str, _Pick]
) -> tuple[Column, ...]:
    by_place = {pick.at: pick for pick in chosen.values()}
    columns = []
    for at, label in enumerate(labels):
        pick = by_place.get(at)
        others = [
            one.field for one in headings.recognise(label) if not pick or one.field != pick.field
        ]
        columns.append(
            Column(
                label,
                at,
                pick.field if pick else "",
                pick.sureness if pick else 0,
                pick.reason if pick else "",
                round(found[at].filled * 100),
                found[at].examples,
                tuple(others[:4]),
            )
        )
    return tuple(columns)


def _defaults(chosen: Mapping[str, _Pick], labels: Sequence[str]) -> dict[str, str]:
    if "currency" in chosen:
        return {}
    named = {
        headings.currency_in(labels[pick.at])
        for name, pick in chosen.items()
        if FIELDS[name].holds == "amount"
    } - {""}
    return {"currency": named.pop()} if len(named) == 1 else {}


def _carried(
    chosen: Mapping[str, _Pick], found: Sequence[Content], rows: pl.DataFrame
) -> tuple[str, ...]:
    """Carry down the customer of merged cells: written once, blank on the rows below."""
    if "account" in chosen:
        return ()
    names = [name for name in ("customer_code", "customer_name") if name in chosen]
    return tuple(
        name
        for name in names
        if _CARRY_MIN < 1 - found[chosen[name].at].filled < _CARRY_MAX
        and rows.height
        and rows[f"c{chosen[name].at}"][0] is not None
        and _is_grouped(rows[f"c{chosen[name].at}"])
    )


def _is_grouped(cells: pl.Series) -> bool:
    """Say whether filled cells change at each time: a group begins there, nothing is forgotten."""
    known = cells.drop_nulls()
    changes = (known != known.shift(1)).fill_null(value=True)
    return bool(changes.all())


def _order(chosen: Mapping[str, _Pick], found: Sequence[Content]) -> Any:
    orders = {found[pick.at].order for name, pick in chosen.items() if FIELDS[name].holds == "day"}
    orders.discard(None)
    return orders.pop() if len(orders) == 1 else None


def _decimals(chosen: Mapping[str, _Pick], rows: pl.DataFrame) -> Any:
    """Take the mark that the amounts together show."""
    cells = [rows[f"c{pick.at}"] for name, pick in chosen.items() if FIELDS[name].holds == "amount"]
    return amounts.decimals_of(pl.concat([one.drop_nulls() for one in cells])) if cells else None


def _doubts(
    mapping: TableMapping, chosen: Mapping[str, _Pick], found: Sequence[Content]
) -> tuple[str, ...]:
    """Say, in French, what a person must look at before the mapping is used."""
    said = [f"Il manque {what}." for what in mapping.missing()]
    needed = ("customer_code", "customer_name", "amount", "debit", "credit", "open_amount",
              "issued_on", "due_on", "number")  # fmt: skip
    for name in needed:
        pick = chosen.get(name)
        if pick and pick.sureness < SURE_ENOUGH:
            said.append(f"« {FIELDS[name].label} » n'est pas sûr : {pick.reason}.")
    orders = {
        found[pick.at].order for name, pick in chosen.items() if FIELDS[name].holds == "day"
    } - {None}
    if len(orders) > 1:
        said.append("Des dates sont en jour/mois dans une colonne, en mois/jour dans une autre.")
    if mapping.meaning == "movements" and not _TELLING & {*chosen, *mapping.defaults}:
        said.append("Rien ne dit ce que sont ces mouvements : factures, règlements, autres ?")
    if mapping.meaning == "open_items" and "number" not in chosen:
        said.append("Aucune colonne ne donne le numéro des pièces.")
    return tuple(said)
