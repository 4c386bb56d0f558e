"""Why a payer has its profile: one sentence with the figures, in French or English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

Language = Literal["fr", "en"]
HALF: Final = 5
SHORT_LINES: Final = 10
"""Below, the sentence says what those alike pay, since it weighs in the profile."""
TREND_TOLD: Final = 50

WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": {
        "public_body": "Secteur public.",
        "consumer": "Particulier.",
        "key_account": "Grand compte : {share} % des ventes de douze mois.",
        "chosen": "Profil choisi à la main.",
        "before": "Paie en moyenne {days} avant l'échéance",
        "at": "Paie en moyenne à l'échéance",
        "after": "Paie en moyenne {days} après l'échéance",
        "day": "{n} jour",
        "days": "{n} jours",
        "and": " ; ",
        "last": "dernières : {last}",
        "settled": "{n} échéance réglée",
        "settled_many": "{n} échéances réglées",
        "still": " et {n} encore due",
        "still_many": " et {n} encore dues",
        "on_time": "{percent} % à l'heure",
        "slower": "{days} plus tard que les mois précédents",
        "faster": "{days} plus tôt que les mois précédents",
        "overdue": "{n} échéance en retard, depuis {days}",
        "overdue_many": "{n} échéances en retard, la plus ancienne depuis {days}",
        "short": "historique court : attendu {expected}, d'après les clients comparables",
        "none": "Pas encore d'échéance réglée",
        "exp_before": "{days} avant l'échéance",
        "exp_at": "à l'échéance",
        "exp_after": "{days} après l'échéance",
    },
    "en": {
        "public_body": "Public body.",
        "consumer": "Consumer.",
        "key_account": "Key account: {share}% of twelve months' sales.",
        "chosen": "Profile chosen by hand.",
        "before": "Pays {days} before the due date on average",
        "at": "Pays on the due date on average",
        "after": "Pays {days} after the due date on average",
        "day": "{n} day",
        "days": "{n} days",
        "and": "; ",
        "last": "latest: {last}",
        "settled": "{n} line settled",
        "settled_many": "{n} lines settled",
        "still": " and {n} still owed",
        "still_many": " and {n} still owed",
        "on_time": "{percent}% on time",
        "slower": "{days} later than in the months before",
        "faster": "{days} sooner than in the months before",
        "overdue": "{n} line overdue, for {days}",
        "overdue_many": "{n} lines overdue, the oldest for {days}",
        "short": "short history: expected {expected}, from comparable customers",
        "none": "No line settled yet",
        "exp_before": "{days} before the due date",
        "exp_at": "on the due date",
        "exp_after": "{days} after the due date",
    },
}


def sentence(row: Mapping[str, Any], language: str = "fr") -> str:
    """Return the sentence of a row of figures that carries its profile."""
    words = WORDS["en" if language.startswith("en") else "fr"]
    parts = [_head(row, words)]
    if row["on_time_percent"] is not None:
        parts.append(words["on_time"].format(percent=row["on_time_percent"]))
    trend = row["trend_tenths"] or 0
    if abs(trend) >= TREND_TOLD:
        key = "slower" if trend > 0 else "faster"
        parts.append(words[key].format(days=_days(abs(_whole(trend)), words)))
    if row["overdue_lines"]:
        parts.append(_overdue(row, words))
    said = ", ".join(parts)
    if row["settled_lines"] < SHORT_LINES and row["expected_tenths"] is not None:
        said += words["and"] + words["short"].format(
            expected=_moment(row["expected_tenths"], words, "exp_")
        )
    return f"{_why(row, words)}{said}."


def _why(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Return what decides before behaviour does, where something does."""
    if row.get("is_chosen"):
        return f"{words['chosen']} "
    if row["profile"] == "key_account":
        return f"{words['key_account'].format(share=row['volume_share'] // 10)} "
    if row["profile"] in ("public_body", "consumer"):
        return f"{words[row['profile']]} "
    return ""


def _head(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    if row["mean_tenths"] is None:
        return words["none"]
    settled, waiting = row["settled_lines"], row["scored_lines"] - row["settled_lines"]
    counted = _counted("settled", settled, words)
    if waiting:
        counted += _counted("still", waiting, words)
    last = ", ".join((row["last_delays"] or "").split())
    told = [words["last"].format(last=last)] if last else []
    return f"{_moment(row['mean_tenths'], words)} ({words['and'].join([*told, counted])})"


def _counted(key: str, count: int, words: Mapping[str, str]) -> str:
    return words[key if count == 1 else f"{key}_many"].format(n=count)


def _overdue(row: Mapping[str, Any], words: Mapping[str, str]) -> str:
    count = row["overdue_lines"]
    key = "overdue" if count == 1 else "overdue_many"
    return words[key].format(n=count, days=_days(row["oldest_overdue_days"], words))


def _moment(tenths: int, words: Mapping[str, str], prefix: str = "") -> str:
    whole = _whole(tenths)
    if not whole:
        return words[f"{prefix}at"]
    key = "after" if whole > 0 else "before"
    return words[prefix + key].format(days=_days(abs(whole), words))


def _whole(tenths: int) -> int:
    """Return tenths of days as whole days, half away from zero."""
    size = (abs(tenths) + HALF) // 10
    return size if tenths >= 0 else -size


def _days(count: int, words: Mapping[str, str]) -> str:
    return words["day" if count == 1 else "days"].format(n=count)
