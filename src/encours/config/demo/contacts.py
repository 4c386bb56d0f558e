"""The contacts file of the demo: what a ledger export lacks, for all customers but a few.

E-mail domains are reserved (RFC 2606) and telephone numbers kept for fiction (ARCEP).
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence
from random import Random
from typing import Final

from encours.config.demo import names
from encours.config.demo.model import Customer, draw

COLUMNS: Final = (
    "code",
    "nom",
    "interlocuteur",
    "fonction",
    "e-mail",
    "téléphone",
    "adresse",
    "code postal",
    "ville",
    "pays",
    "langue",
    "siren",
    "tva",
)
UNREACHABLE: Final = 8
UNREACHABLE_AND_LATE: Final = 3
SECOND_CONTACT: Final = 0.15
ROLES: Final = ("Comptabilité fournisseurs", "Gérant", "Responsable administratif", "Direction")
FICTION: Final = ("01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98")


def unreachable(seed: int, customers: Sequence[Customer]) -> frozenset[str]:
    """Return the codes left out of the file: some are overdue, so that it matters."""
    rng = draw(seed, "unreachable")
    late = [one.code for one in customers if one.arrears_days]
    calm = [one.code for one in customers if not one.arrears_days and not one.fate]
    return frozenset(
        rng.sample(late, UNREACHABLE_AND_LATE)
        + rng.sample(calm, UNREACHABLE - UNREACHABLE_AND_LATE)
    )


def contacts_csv(seed: int, customers: Sequence[Customer]) -> str:
    """Return the file as a user would fill the template: semicolons, French headers."""
    rng = draw(seed, "contacts")
    missing = unreachable(seed, customers)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in customers:
        if one.code in missing:
            continue
        number = 2 if one.weight > 1 and rng.random() < SECOND_CONTACT else 1
        for role in rng.sample(ROLES, number):
            writer.writerow(_row(rng, one, role))
    return out.getvalue()


def _row(rng: Random, one: Customer, role: str) -> tuple[str, ...]:
    person = f"{rng.choice(names.FIRST_NAMES)} {rng.choice(names.SURNAMES)}"
    if one.debtor_class == "consumer":
        person, role = one.name, ""
    mailbox = _slug(person, ".") if one.debtor_class == "consumer" else _slug(role.split()[0], "-")
    domain = "courriel" if one.debtor_class == "consumer" else _slug(one.name, "-")
    start = rng.choice(FICTION)
    phone = f"{start} {rng.randint(0, 99):02d} {rng.randint(0, 99):02d}"
    return (
        one.code,
        one.name,
        person,
        role,
        f"{mailbox}@{domain}.example",
        phone if one.country == "FR" else "",
        one.street,
        one.postcode,
        one.city,
        one.country,
        one.language,
        one.siren,
        one.vat_number,
    )


def _slug(text: str, joint: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    return joint.join(words)[:60]
