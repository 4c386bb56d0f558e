"""What a field may hold: texts, days, amounts and numbers that the database can take."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Final

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StringConstraints

ID_MAX: Final = 2**63 - 1
FIRST_DAY: Final = date(1900, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
_DAY: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
NO_CONTROL: Final = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"


class Given(Schema):
    """What a program sends: a field that does not exist is a mistake, never ignored."""

    model_config = ConfigDict(extra="forbid")


def _iso(value: Any) -> Any:
    if isinstance(value, str) and not _DAY.match(value):
        raise ValueError("une date s'écrit AAAA-MM-JJ")
    if not isinstance(value, str | date):
        raise ValueError("une date s'écrit AAAA-MM-JJ")  # noqa: TRY004 - pydantic's own way
    return value


def _within(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError("une date est comprise entre 1900 et 2199")
    return day


Id = Annotated[int, Field(ge=1, le=ID_MAX, examples=[42])]
Day = Annotated[
    date, BeforeValidator(_iso), AfterValidator(_within), Field(examples=["2026-11-20"])
]
Amount = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$"), Field(examples=["1234.50"])
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["EUR"])]
Siren = Annotated[str, StringConstraints(pattern=r"^([0-9]{9})?$"), Field(examples=["552100554"])]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(examples=["FR"])]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$"), Field(examples=["fr"])]
Text20 = Annotated[str, StringConstraints(max_length=20, pattern=NO_CONTROL)]
Text35 = Annotated[str, StringConstraints(max_length=35, pattern=NO_CONTROL)]
Text60 = Annotated[str, StringConstraints(max_length=60, pattern=NO_CONTROL)]
Text80 = Annotated[str, StringConstraints(max_length=80, pattern=NO_CONTROL)]
Text120 = Annotated[str, StringConstraints(max_length=120, pattern=NO_CONTROL)]
Text200 = Annotated[str, StringConstraints(max_length=200, pattern=NO_CONTROL)]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=NO_CONTROL)]
CreditorCode = Annotated[
    str,
    StringConstraints(max_length=20, pattern=NO_CONTROL),
    Field(description="Code de la société créancière.", examples=["D"]),
]
Limit = Annotated[int, Field(ge=1, le=1000)]
Cursor = Annotated[
    str,
    StringConstraints(max_length=200, pattern=r"^[A-Za-z0-9_-]*$"),
    Field(description="Le `next` de la page précédente."),
]
