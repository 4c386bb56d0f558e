"""A mapping: which column is what, and how its cells are read; data, saved, versioned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final, Literal, get_args

from encours.imports.rules.tables.amounts import Decimals
from encours.imports.rules.tables.days import DayOrder
from encours.imports.rules.tables.fields import CUSTOM_PREFIX, FIELDS

VERSION: Final = 1
Meaning = Literal["movements", "open_items", "master"]
MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)
Sign = Literal["owed_positive", "owed_negative"]
NAME_MAX: Final = 80


class Unusable(ValueError):
    """A mapping that cannot be read: the message says what is wrong, in French."""


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What the columns of one layout mean.

    `columns`: our field (`fields.FIELDS`, or `custom.<code>`) → label of the column. `defaults`:
    value of a field that no column gives (`currency`, `kind`…). `carried`: fields whose blank
    cells take the value above. `has_groups`: a row "Client : …" names the customer of the rows
    below. `sheet`: of a workbook; "" takes the first that is filled. `header`: the
    line of the headings, 0 where there are none; None finds it.
    """

    meaning: Meaning
    columns: Mapping[str, str]
    sheet: str = ""
    defaults: Mapping[str, str] = field(default_factory=dict)
    carried: tuple[str, ...] = ()
    has_groups: bool = False
    order: DayOrder | None = None
    decimals: Decimals | None = None
    sign: Sign = "owed_positive"
    as_of: str = ""
    header: int | None = None
    version: int = VERSION

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as it is stored and shown."""
        shown = asdict(self)
        return {**shown, "columns": dict(self.columns), "carried": list(self.carried)}

    @property
    def day(self) -> date | None:
        """Return the day of the snapshot, where the mapping fixes it."""
        return date.fromisoformat(self.as_of) if self.as_of else None

    @property
    def own_fields(self) -> tuple[str, ...]:
        """Return the codes of the tenant's own fields that columns go to."""
        names = (name for name in self.columns if name.startswith(CUSTOM_PREFIX))
        return tuple(name.removeprefix(CUSTOM_PREFIX) for name in names)

    def missing(self) -> tuple[str, ...]:
        """Return, in French, what this meaning needs and no column gives."""
        has = {*self.columns, *self.defaults}
        needs: list[tuple[bool, str]] = [
            (
                bool(has & {"customer_code", "customer_name"})
                or self.has_groups
                or bool(has & {"account"} and self.meaning == "movements"),
                "une colonne du client (code ou nom)",
            )
        ]
        if self.meaning != "master":
            amounts = {"amount", "debit", "credit", "open_amount", "paid_amount"}
            needs.append((bool(has & amounts), "une colonne de montant"))
        if self.meaning == "movements":
            needs.append((bool(has & {"issued_on", "due_on", "settled_on"}), "une colonne de date"))
        if self.meaning == "master":
            needs.append((len(has) > 1, "une autre colonne que celle du client"))
        return tuple(said for is_there, said in needs if not is_there)


def from_json(data: Any) -> TableMapping:
    """Read a mapping; raises Unusable with a French sentence."""
    if not isinstance(data, dict) or not isinstance(data.get("columns"), dict):
        raise Unusable("Une correspondance est un objet JSON qui a une clé « columns ».")
    if data.get("version", VERSION) != VERSION:
        raise Unusable(f"Version de correspondance inconnue : {data.get('version')}.")
    columns = {str(name): str(label) for name, label in data["columns"].items()}
    unknown = [
        name for name in columns if name not in FIELDS and not name.startswith(CUSTOM_PREFIX)
    ]
    if unknown:
        raise Unusable(f"Champ inconnu : {unknown[0]}. Connus : {', '.join(FIELDS)}.")
    as_of = str(data.get("as_of") or "")
    try:
        if as_of:
            date.fromisoformat(as_of)
    except ValueError as problem:
        raise Unusable(f"Date d'arrêté illisible : {as_of}.") from problem
    return TableMapping(
        meaning=_one_of(data, "meaning", MEANINGS, "movements"),
        columns=columns,
        sheet=str(data.get("sheet") or ""),
        defaults={str(k): str(v) for k, v in dict(data.get("defaults") or {}).items()},
        carried=tuple(str(name) for name in data.get("carried") or ()),
        has_groups=bool(data.get("has_groups")),
        order=_one_of(data, "order", get_args(DayOrder), None),
        decimals=_one_of(data, "decimals", get_args(Decimals), None),
        sign=_one_of(data, "sign", get_args(Sign), "owed_positive"),
        as_of=as_of,
        header=_line(data.get("header")),
    )


def _line(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if not str(value).isdecimal():
        raise Unusable(f"Ligne des titres illisible : {value}.")
    return int(value)


def _one_of(data: Mapping[str, Any], key: str, allowed: tuple[Any, ...], default: Any) -> Any:
    value = data.get(key)
    if value in (None, ""):
        return default
    if value not in allowed:
        raise Unusable(f"Valeur inconnue de « {key} » : {value}. Possibles : {', '.join(allowed)}.")
    return value
