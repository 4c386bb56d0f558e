from __future__ import annotations

import polars as pl
import pytest

from encours.scoring.rules.segments import (
    Condition,
    InvalidSegment,
    Segment,
    checked,
    own_codes,
    placed,
)

SCORED = pl.DataFrame(
    {
        "customer_id": [1, 2, 3],
        "profile": ["on_time", "chronically_late", "new"],
        "expected_tenths": [5, 220, None],
        "volume_cents": [100_000_00, 9_000_00, 0],
        "country": ["FR", "BE", "FR"],
        "debtor_class": ["business", "business", "public"],
        "salesperson": ["", "Durand", ""],
        "own.taille": ["50", "1200,5", None],
    }
)


def said(*conditions: tuple[str, str, str]) -> tuple[Condition, ...]:
    return tuple(Condition(*one) for one in conditions)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        pytest.param(said(("expected_days", "at_least", "22")), [2], id="lateness, included"),
        pytest.param(said(("expected_days", "at_most", "21")), [1], id="unknown fits nothing"),
        pytest.param(said(("volume", "at_least", "9000,00")), [1, 2], id="an amount"),
        pytest.param(said(("country", "is", "be, de")), [2], id="one of several, any case"),
        pytest.param(said(("salesperson", "is_not", "durand")), [1, 3], id="not that one"),
        pytest.param(said(("own.taille", "at_least", "51")), [2], id="a field of one's own"),
        pytest.param(said(("own.taille", "is", "50")), [1], id="the same as text"),
        pytest.param(said(("own.autre", "is", "50")), [], id="a field that is no more"),
        pytest.param(
            said(("country", "is", "FR"), ("class", "is", "public")), [3], id="all must hold"
        ),
    ],
)
def test_who_is_in_a_segment(conditions: tuple[Condition, ...], expected: list[int]) -> None:
    found = placed(SCORED, [Segment(9, "s", conditions)])

    assert found.filter(pl.col("segment_id") == 9)["customer_id"].to_list() == expected


def test_the_first_that_fits_holds() -> None:
    french = Segment(1, "France", said(("country", "is", "FR")))
    good = Segment(2, "Bons", said(("profile", "is", "on_time,new")))
    all_of = placed(SCORED, [good, french])["segment_id"].to_list()

    assert all_of == [2, None, 2]
    assert placed(SCORED, [french, good])["segment_id"].to_list() == [1, None, 1]
    assert placed(SCORED, [])["segment_id"].to_list() == [None, None, None]
    assert own_codes([french, Segment(3, "x", said(("own.taille", "is", "1")))]) == {"taille"}


@pytest.mark.parametrize(
    ("name", "conditions", "message"),
    [
        pytest.param(" ", said(("country", "is", "FR")), "Donnez un nom", id="no name"),
        pytest.param("s", (), "au moins une condition", id="no condition"),
        pytest.param("s", said(("country", "is", "FR")) * 9, "au plus 8", id="too many"),
        pytest.param("s", said(("colour", "is", "red")), "Champ inconnu", id="an unknown field"),
        pytest.param("s", said(("country", "near", "FR")), "comparaison", id="no such operator"),
        pytest.param("s", said(("country", "at_least", "FR")), "se compare", id="a text's bound"),
        pytest.param("s", said(("country", "is", " , ")), "Indiquez une valeur", id="no value"),
        pytest.param("s", said(("volume", "is", "x")), "Montant illisible", id="no amount"),
        pytest.param("s", said(("disputes", "is", "1.5")), "Nombre entier", id="no number"),
        pytest.param("s", said(("own.x", "at_most", "a")), "Nombre entier", id="own, no number"),
    ],
)
def test_a_segment_that_cannot_be_is_refused(
    name: str, conditions: tuple[Condition, ...], message: str
) -> None:
    with pytest.raises(InvalidSegment, match=message):
        checked(name, conditions)


def test_a_good_segment_is_returned() -> None:
    good = said(("disputes", "is", "0"), ("on_time_percent", "is_not", "50"))

    assert checked("Bons", good) == good
    assert good[0].as_dict() == {"field": "disputes", "operator": "is", "value": "0"}
