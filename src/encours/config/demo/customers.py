"""The customers of the generated company: who they are, how they pay, who is late."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from encours.config.demo import names
from encours.config.demo.model import Customer, DebtorClass, Habit, draw

TOTAL: Final = 300
PEOPLE: Final = 12
SOLE_TRADERS: Final = 28
ARREARS: Final = (
    *(4, 6, 8),
    *(11, 13, 15, 17, 19),
    *(21, 23, 25, 27, 29),
    *(33, 38, 45, 50, 55),
    *(62, 70, 78, 85),
    *(95, 120, 150),
)
RELAXED: Final = Habit("relaxed", 5, 3)
LATE: Final = Habit("late", 18, 7)
CHRONIC: Final = Habit("chronic", 42, 14)
DETERIORATING: Final = Habit("deteriorating", 0, 5, drift=60)
PUNCTUAL: Final = Habit("punctual", 0, 2)
PUBLIC: Final = Habit("public", 3, 5)
USUAL: Final = (
    (PUNCTUAL, 40),
    (Habit("early", -9, 3), 12),
    (RELAXED, 12),
    (Habit("statement", 0, 2, pay_days=(10, 25)), 10),
    (Habit("cheque", 1, 3, method="cheque"), 9),
    (Habit("direct_debit", method="direct_debit"), 11),
    (Habit("bill", method="bill"), 6),
)
USUAL_TERMS: Final = (
    (names.NET_30, 40),
    (names.END_30, 22),
    (names.END_45, 14),
    (names.THEN_45, 5),
    (names.NET_45, 8),
    (names.NET_60, 5),
    (names.END_30_THE_15TH, 6),
)
LATE_MIN, CHRONIC_MIN = 10, 50
COMES_OR_GOES, LEAVES = 0.2, 0.07


def customers(seed: int, first_day: date, today: date) -> list[Customer]:
    """Return the customers in a stable order; codes are unique."""
    rng = draw(seed, "customers")
    found = [*_special(), *_others(rng)][:TOTAL]
    found = [_located(rng, one, position) for position, one in enumerate(found)]
    found = _late(rng, found)
    found = [_dated(rng, one, first_day, today) for one in found]
    return _coded(found)


def siren_of(number: int) -> str:
    """Return a SIREN that no company bears (000…), with a valid Luhn key."""
    stem = f"000{number:05d}"
    total = sum(sum(divmod(int(c) * (2 - i % 2), 10)) for i, c in enumerate(reversed(stem)))
    return stem + str(-total % 10)


def vat_of(siren: str) -> str:
    """Return the French VAT number of a SIREN (CGI, ann. II, art. 242 nonies; key of 97)."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def _blank(name: str, debtor_class: DebtorClass = "business") -> Customer:
    return Customer("", name, debtor_class, names.NET_30, PUNCTUAL, 1.0, 60_000)


def _special() -> list[Customer]:
    """Return those that the story needs by name, in the order that `_late` knows."""
    group = "Groupe Florélia"
    insolvent = replace(_blank("Fleurs et Décors Ménard SARL"), fate="insolvent", weight=1.5)
    written_off = [
        replace(_blank(name), fate="written_off", weight=0.5)
        for name in ("Garden Express SARL", "Verte Saison EURL", "L'Arrosoir SARL")
    ]
    doubtful = [
        replace(_blank(name), fate="doubtful", weight=0.8, habit=CHRONIC)
        for name in ("Les Terrasses d'Hélios SARL", "Bouquets & Compagnie SAS")
    ]
    subsidiaries = [
        replace(_blank(f"Florélia {town} SAS"), parent=group, weight=2.5, basket_cents=130_000)
        for town in ("Angers", "Nantes", "Rennes", "Tours")
    ]
    return [
        insolvent,
        *written_off,
        *doubtful,
        replace(_blank(group), weight=0.6, basket_cents=150_000),
        *subsidiaries,
    ]


def _others(rng: Random) -> Iterator[Customer]:
    for name, country, language, vat, postcode, city in names.FOREIGNERS:
        yield replace(
            _blank(name, "foreign"),
            country=country,
            language=language,
            vat_number=vat,
            postcode=postcode,
            city=city,
            basket_cents=140_000,
        )
    for village in names.VILLAGES:
        yield replace(_blank(f"Commune de {village}", "public"), habit=PUBLIC, weight=0.7)
    for school in names.SCHOOLS:
        yield replace(_blank(school, "public"), habit=PUBLIC, weight=0.6)
    for association in names.ASSOCIATIONS:
        yield replace(_blank(association), weight=0.25, basket_cents=18_000)
    people = [(last, first) for last in names.SURNAMES for first in names.FIRST_NAMES]
    rng.shuffle(people)
    for last, first in people[:PEOPLE]:
        person = replace(_blank(f"{first} {last}", "consumer"), weight=0.06, basket_cents=9_000)
        yield replace(person, terms=names.AT_ONCE)
    for last, first in people[PEOPLE : PEOPLE + SOLE_TRADERS]:
        yield _usual(rng, f"EI {last} {first} Paysagiste")
    firms = [(t, form, place) for t, form in names.TRADES for place in names.PLACES]
    rng.shuffle(firms)
    for trade, form, place in firms:
        yield _usual(rng, f"{trade.format(place)} {form}")


def _usual(rng: Random, name: str) -> Customer:
    """Draw an ordinary professional: size, terms, habit."""
    habit = rng.choices([h for h, _ in USUAL], [w for _, w in USUAL])[0]
    terms = rng.choices([t for t, _ in USUAL_TERMS], [w for _, w in USUAL_TERMS])[0]
    return replace(
        _blank(name),
        habit=habit,
        terms=terms,
        weight=round(rng.lognormvariate(0, 0.8), 3),
        basket_cents=round(rng.lognormvariate(10.9, 0.5)),
    )


def _located(rng: Random, one: Customer, position: int) -> Customer:
    """Give an address, identifiers and a salesperson."""
    postcode, city = rng.choice(names.TOWNS)
    siren = siren_of(40_000 + 7 * position) if one.country == "FR" else ""
    known = one.debtor_class != "consumer" and siren
    return replace(
        one,
        street=f"{rng.randint(1, 98)} {rng.choice(names.STREETS)}",
        postcode=one.postcode or postcode,
        city=one.city or city,
        siren=siren if known else "",
        vat_number=one.vat_number or (vat_of(siren) if known else ""),
        salesperson=rng.choice(names.SALESPEOPLE),
    )


def _late(rng: Random, found: list[Customer]) -> list[Customer]:
    """Choose who is overdue today and since when; one commune, one person, one foreigner too."""
    by_class: dict[str, list[int]] = {}
    for position, one in enumerate(found):
        if not one.fate and not one.parent and one.habit.method == "transfer":
            by_class.setdefault(one.debtor_class, []).append(position)
    chosen = [rng.choice(by_class[kind]) for kind in ("public", "consumer", "foreign")]
    chosen += [p for p, one in enumerate(found) if one.parent][1:2]
    chosen += rng.sample(by_class["business"], len(ARREARS) - len(chosen))
    rng.shuffle(chosen)
    for days, position in zip(ARREARS, chosen, strict=True):
        late = replace(found[position], terms=names.NET_30, arrears_days=days)
        found[position] = replace(late, habit=_bad_habit(days), weight=max(late.weight, 0.5))
    return found


def _bad_habit(days: int) -> Habit:
    if days >= CHRONIC_MIN:
        return CHRONIC if days % 2 else DETERIORATING
    return LATE if days >= LATE_MIN else RELAXED


def _dated(rng: Random, one: Customer, first_day: date, today: date) -> Customer:
    """Let some customers come or go; those in trouble have stopped buying."""
    span = (today - first_day).days
    if one.fate == "insolvent":
        return replace(one, active_until=today - timedelta(days=75))
    if one.fate == "doubtful":
        return replace(one, active_until=today - timedelta(days=200))
    if one.fate == "written_off":
        return replace(one, active_until=first_day + timedelta(days=span // 4))
    chance = rng.random()
    if one.arrears_days or chance > COMES_OR_GOES:
        return one
    moment = first_day + timedelta(days=rng.randint(span // 5, span * 4 // 5))
    if chance > LEAVES:
        return replace(one, active_from=moment)
    return replace(one, active_until=moment)


def _coded(found: list[Customer]) -> list[Customer]:
    """Give auxiliary codes as accountants make them: letters of the name, then a number."""
    taken: set[str] = set()
    coded: dict[str, str] = {}
    for one in found:
        plain = unicodedata.normalize("NFKD", one.name).encode("ascii", "ignore").decode().upper()
        words = ["".join(c for c in word if c.isalnum()) for word in plain.split()]
        words = [word for word in words if len(word) > 2] or ["CLIENT"]  # noqa: PLR2004
        stem = "C" + words[0][:3] + words[min(1, len(words) - 1)][:4]
        number = next(n for n in range(1, 99) if f"{stem}{n:02d}" not in taken)
        coded[one.name] = f"{stem}{number:02d}"
        taken.add(coded[one.name])
    return [replace(o, code=coded[o.name], parent=coded.get(o.parent, "")) for o in found]
