"""Every date that a reply names, resolved against the day it was received (see moments)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from encours.kernel.dates import add_months, add_working_days, end_of_month
from encours.replies.rules import date_words as words
from encours.replies.rules import moments
from encours.replies.rules.numbers import number_of
from encours.replies.rules.values import DateSaid, Span

Both = tuple[date | None, date | None]
Resolver = Callable[[re.Match[str], date], Both]
NOTHING: Final[Both] = (None, None)
_MONTHS_IN_YEAR: Final = 12
_CENTURY: Final = 2000
_DAYS_IN_WEEK: Final = 7
_HOURS_IN_DAY: Final = 24
_FRIDAY: Final = 5
_WEEKS_AFTER: Final = {"en huit": 1, "week": 1, "after next": 1, "en quinze": 2}
_DECEMBER_EVE: Final = (12, 24)
_SHORT_YEAR: Final = 2


def dates_said(folded: str, received: date) -> tuple[DateSaid, ...]:
    """Return the dates of a folded text in their order; of two that overlap, the longer."""
    found = sorted(_every(folded, received), key=lambda said: (said.span.start, -said.span.end))
    kept: list[DateSaid] = []
    for said in found:
        before = kept[-1] if kept else None
        if before and said.span.start < before.span.end:
            if said.span.end - said.span.start > before.span.end - before.span.start:
                kept[-1] = said
            continue
        kept.append(said)
    return tuple(said for said in kept if said.future or said.past)


def _every(folded: str, received: date) -> Iterator[DateSaid]:
    for expression, resolve in _RESOLVERS:
        for match in expression.finditer(folded):
            future, past = resolve(match, received)
            yield DateSaid(Span(match.start(), match.end()), future, past)


def _either(found: date | None, received: date) -> Both:
    """Return a full date on its side of the day received: that says what it may answer."""
    if found is None:
        return NOTHING
    return (found if found >= received else None, found if found <= received else None)


def _iso(match: re.Match[str], received: date) -> Both:
    year, month, day = (int(part) for part in match.groups())
    return _either(moments.day_of(year, month, day), received)


def _numeric(match: re.Match[str], received: date) -> Both:
    day, month = _day_first(int(match[1]), int(match[3]))
    year = int(match[4]) + (_CENTURY if len(match[4]) == _SHORT_YEAR else 0)
    return _either(moments.day_of(year, month, day), received)


def _day_first(first: int, second: int) -> tuple[int, int]:
    """Read day then month, unless only the other order is possible."""
    return (second, first) if second > _MONTHS_IN_YEAR >= first else (first, second)


def _day_and_month(day: int, month: int, year: str | None, received: date) -> Both:
    if not 1 <= month <= _MONTHS_IN_YEAR:
        return NOTHING
    if year:
        return _either(moments.day_of(int(year), month, day), received)
    return (
        moments.coming_day_month(received, day, month),
        moments.past_day_month(received, day, month),
    )


def _numeric_short(match: re.Match[str], received: date) -> Both:
    first, second = (int(part) for part in match.groups() if part)
    return _day_and_month(*_day_first(first, second), None, received)


def _day_month(match: re.Match[str], received: date) -> Both:
    day = 1 if match[1] in {"premier", "first"} else int(match[1])
    return _day_and_month(day, words.MONTHS[match[2]], match[3], received)


def _month_day(match: re.Match[str], received: date) -> Both:
    return _day_and_month(int(match[2]), words.MONTHS[match[1]], match[3], received)


def _month_part(match: re.Match[str], received: date) -> Both:
    month, year = words.MONTHS[match[2]], int(match[3]) if match[3] else None
    part = words.PARTS[match[1]]
    coming = moments.coming_month_part(received, month, part, year)
    past = moments.month_part(year or received.year, month, part)
    if past > received and not year:
        past = moments.month_part(received.year - 1, month, part)
    return coming if coming >= received else None, past if past <= received else None


def _of_month(match: re.Match[str], received: date) -> Both:
    said = match[0]
    if "dernier" in said or "passe" in said or "last" in said:
        return None, end_of_month(add_months(received, -1))
    is_next = "prochain" in said or "next" in said or "suivant" in said or "apres" in said
    month = add_months(received, 1 if is_next else 0)
    part = words.PARTS[match[1]] if match[1] else "late"
    found = moments.month_part(month.year, month.month, part)
    if found < received:
        following = add_months(month, 1)
        found = moments.month_part(following.year, following.month, part)
    return found, None


def _of_week(match: re.Match[str], received: date) -> Both:
    said = match[0]
    is_next = "prochain" in said or "next" in said or "suivant" in said or said.endswith(" pro")
    part = words.PARTS.get(match[1] or "", "late")
    found = moments.week_part(received, part, 1 if is_next else 0)
    return found, None


def _weekday(match: re.Match[str], received: date) -> Both:
    before, weekday, after = match[1] or "", words.WEEKDAYS[match[2]], (match[3] or "").strip()
    coming = moments.coming_weekday(received, weekday)
    last = moments.last_weekday(received, weekday)
    if before == "last " or after in {"dernier", "passe"}:
        return None, last
    if after in _WEEKS_AFTER:
        return coming + timedelta(days=_WEEKS_AFTER[after] * _DAYS_IN_WEEK), None
    if before == "next " or "semaine" in after or "next week" in after:
        return moments.weekday_of_week(received, weekday, 1), None
    if weekday == received.weekday() and before in {"ce ", "this "}:
        return received, received
    is_coming = after in {"prochain", "qui vient"} or before == "coming "
    return coming, None if is_coming else last


def _weekday_day(match: re.Match[str], received: date) -> Both:
    day = int(match[1])
    return moments.coming_day(received, day), moments.past_day(received, day)


def _bare_day(match: re.Match[str], received: date) -> Both:
    day = 1 if match[1] in {"premier", "1er"} else int(match[1])
    if match[3] and "courant" not in match[3]:
        month = add_months(received.replace(day=1), 1)
        return moments.day_of(month.year, month.month, day), None
    return moments.coming_day(received, day), moments.past_day(received, day)


def _today(_match: re.Match[str], received: date) -> Both:
    return received, received


def _this_morning(_match: re.Match[str], received: date) -> Both:
    return None, received


def _tonight(_match: re.Match[str], received: date) -> Both:
    return received, None


def _shifted(days: int) -> Resolver:
    def resolve(_match: re.Match[str], received: date) -> Both:
        moved = received + timedelta(days=days)
        return (moved, None) if days > 0 else (None, moved)

    return resolve


def _moved(count: int | None, unit: str, received: date) -> Both:
    if count is None or not 0 < count < 400:  # noqa: PLR2004 - longer is no promise
        return NOTHING
    if unit == "months":
        return add_months(received, count), None
    days = {"hours": -(-count // _HOURS_IN_DAY), "days": count, "weeks": count * _DAYS_IN_WEEK}
    return received + timedelta(days=days[unit]), None


def _duration(match: re.Match[str], received: date) -> Both:
    count = 2 if match[1] == "a couple of" else number_of(match[1])
    if match[3] and words.UNITS[match[2]] == "days" and count:
        return add_working_days(received, min(count, 400), ()), None
    return _moved(count, words.UNITS[match[2]], received)


def _working(match: re.Match[str], received: date) -> Both:
    count = number_of(match[1])
    return (add_working_days(received, min(count, 400), ()), None) if count else NOTHING


def _plain_duration(match: re.Match[str], received: date) -> Both:
    said = [part for part in match.groups() if part]
    count = 1 if said[0] == "another" else number_of(said[0])
    return _moved(count, words.UNITS[said[1]], received)


def _between(match: re.Match[str], received: date) -> Both:
    day = int(match[1])
    if match[2]:
        return _day_and_month(day, words.MONTHS[match[2]], None, received)
    return moments.coming_day(received, day), moments.past_day(received, day)


def _week_number(match: re.Match[str], received: date) -> Both:
    for year in (received.year, received.year + 1):
        try:
            found = date.fromisocalendar(year, int(match[1]), _FRIDAY)
        except ValueError:
            continue
        if found >= received:
            return found, None
    return NOTHING


def _week_of(match: re.Match[str], received: date) -> Both:
    month = match[1] or match[3]
    day = int(match[2])
    found = (
        moments.coming_day_month(received, day, words.MONTHS[month])
        if month
        else moments.coming_day(received, day)
    )
    return (moments.weekday_of_week(found, _FRIDAY - 1, 0), None) if found else NOTHING


def _fortnight(match: re.Match[str], received: date) -> Both:
    month, is_week = words.MONTHS[match[3]], match[2] in {"semaine", "week"}
    if not match[1]:
        return moments.coming_month_part(received, month, "late"), None
    if not is_week:
        return moments.coming_month_part(received, month, "middle"), None
    return moments.coming_day_month(received, _DAYS_IN_WEEK, month), None


def _huitaine(match: re.Match[str], received: date) -> Both:
    days = {"huitaine": 8, "quinzaine": 15, "dizaine": 10, "fortnight": 14}
    return received + timedelta(days=days[match[1] or match[2]]), None


def _year_end(_match: re.Match[str], received: date) -> Both:
    return date(received.year, 12, 31), None


def _before_christmas(_match: re.Match[str], received: date) -> Both:
    return moments.coming_day_month(received, _DECEMBER_EVE[1], _DECEMBER_EVE[0]), None


def _quarter_end(_match: re.Match[str], received: date) -> Both:
    return end_of_month(date(received.year, -(-received.month // 3) * 3, 1)), None


def _last_month_end(_match: re.Match[str], received: date) -> Both:
    return None, end_of_month(add_months(received, -1))


_RESOLVERS: Final[tuple[tuple[re.Pattern[str], Resolver], ...]] = tuple(
    (re.compile(expression), resolve)
    for expression, resolve in (
        (words.ISO, _iso),
        (words.NUMERIC, _numeric),
        (words.NUMERIC_SHORT, _numeric_short),
        (words.DAY_MONTH, _day_month),
        (words.MONTH_DAY, _month_day),
        (words.MONTH_PART, _month_part),
        (words.LAST_MONTH_END, _last_month_end),
        (words.OF_MONTH, _of_month),
        (words.OF_WEEK, _of_week),
        (words.WEEKDAY_DAY, _weekday_day),
        (words.WEEKDAY_SAID, _weekday),
        (words.TODAY, _today),
        (words.THIS_MORNING, _this_morning),
        (words.TONIGHT, _tonight),
        (words.TOMORROW, _shifted(1)),
        (words.AFTER_TOMORROW, _shifted(2)),
        (words.YESTERDAY, _shifted(-1)),
        (words.BEFORE_YESTERDAY, _shifted(-2)),
        (words.BETWEEN, _between),
        (words.WEEK_NUMBER, _week_number),
        (words.WEEK_OF, _week_of),
        (words.FORTNIGHT, _fortnight),
        (words.WORKING, _working),
        (words.DURATION, _duration),
        (words.FROM_NOW, _plain_duration),
        (words.GRANTED, _plain_duration),
        (words.MORE, _plain_duration),
        (words.HUITAINE, _huitaine),
        (words.BARE_DAY, _bare_day),
        (words.YEAR_END, _year_end),
        (words.BEFORE_CHRISTMAS, _before_christmas),
        (words.QUARTER_END, _quarter_end),
    )
)
