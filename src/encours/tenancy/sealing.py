"""Seals the journal in batches and verifies it; it does not trust its own database.

A seal keeps the digest of each of its rows and an HMAC, with a key kept outside the database, of
the previous seal and of them; each seal is also appended to a file. Rows of transactions still
open wait for the next seal: the horizon is the oldest running transaction, not an id.
"""

from __future__ import annotations

import fcntl
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from django.db import connection

from encours.kernel.refusal import Refusal
from encours.tenancy.models import Seal
from encours.tenancy.scope import in_tenant

LEAF_BYTES: Final = 32
GENESIS: Final = bytes(LEAF_BYTES)
ROWS_PER_SEAL: Final = 100_000
LEAF: Final = """
sha256(convert_to(jsonb_build_array(tenant_id, id, era, xid::text,
    extract(epoch from recorded_at), effective_on, actor_id, verb, subject_type, subject_id,
    creditor_id, customer_id, data)::text, 'UTF8'))
"""
ROWS: Final = f"""
select id, xid::text::bigint, {LEAF} from tenancy_fact
where tenant_id = %s and era = %s and xid >= %s::text::xid8 and xid < %s::text::xid8
order by xid, id limit %s
"""
END_OF_ERA: Final = 2**63 - 1


class HorizonWentBack(Refusal):
    """The transaction count restarted without a new era: a restore that was not declared."""

    message = (
        "Le compteur de transactions de la base est revenu en arrière : la base a été restaurée "
        "sans « encours restore ». Le journal n'est plus scellé tant que l'ère n'a pas été avancée."
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the journal, named; `message` is French."""

    kind: str
    message: str
    seal: int
    fact_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying one tenant's journal gave."""

    tenant_id: int
    seals: int
    facts: int
    unsealed: int
    unsealed_since: str | None
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Say whether every sealed row is as it was sealed."""
        return not self.findings


def seal(tenant_id: int, *, key: bytes, folder: Path) -> int:
    """Seal what is finished, append the seals to the tenant's file, return the rows sealed."""
    sealed = 0
    while True:
        with in_tenant(tenant_id):
            count = _seal_once(tenant_id, key)
        sealed += count
        if not count:
            break
    with in_tenant(tenant_id):
        _append_to_file(tenant_id, key, folder)
    return sealed


def verify(tenant_id: int, *, key: bytes, folder: Path) -> Verdict:
    """Compare rows, seals and file; name every row that was changed, removed or inserted."""
    with in_tenant(tenant_id):
        seals = list(Seal.objects.of(tenant_id).order_by("number"))
        findings = [*_chain_findings(seals, key), *_file_findings(tenant_id, seals, folder)]
        facts = 0
        for one in seals:
            facts += len(one.fact_ids)
            findings.extend(_row_findings(tenant_id, one))
        findings.extend(_orphan_findings(tenant_id, seals))
        unsealed, since = _unsealed(tenant_id, seals)
    return Verdict(tenant_id, len(seals), facts, unsealed, since, tuple(findings))


def last_seal_hash(tenant_id: int) -> str:
    """Return the newest seal's hash, for the daily digest; empty before the first seal."""
    newest = Seal.objects.of(tenant_id).order_by("-number").first()
    return bytes(newest.hash).hex() if newest else ""


def _seal_once(tenant_id: int, key: bytes) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('encours.seal'), %s)", [tenant_id])
        cursor.execute(
            "select pg_snapshot_xmin(pg_current_snapshot())::text::bigint, era from tenancy_era"
        )
        horizon, current = cursor.fetchone()
        last = Seal.objects.of(tenant_id).order_by("-number").first()
        for era in range(last.era if last else 1, current + 1):
            start = last.to_xid if last and last.era == era else 0
            end = horizon if era == current else END_OF_ERA
            if end < start:
                raise HorizonWentBack
            cursor.execute(ROWS, [tenant_id, era, start, end, ROWS_PER_SEAL + 1])
            rows = _whole_transactions(cursor.fetchall())
            if rows:
                _write(last, rows, key, tenant_id=tenant_id, era=era, start=start)
                return len(rows)
    return 0


def _whole_transactions(rows: list[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
    """Cut a batch that is too long at the end of a transaction, so that a seal ends on one."""
    if len(rows) <= ROWS_PER_SEAL:
        return rows
    cut = next(
        (index for index in range(len(rows) - 1, 0, -1) if rows[index][1] != rows[index - 1][1]),
        None,
    )
    return rows[:cut] if cut else rows


def _write(
    last: Seal | None,
    rows: list[tuple[int, int, bytes]],
    key: bytes,
    *,
    tenant_id: int,
    era: int,
    start: int,
) -> None:
    leaves = b"".join(bytes(leaf) for _, _, leaf in rows)
    one = Seal(
        tenant_id=tenant_id,
        number=last.number + 1 if last else 1,
        era=era,
        from_xid=start,
        to_xid=rows[-1][1] + 1,
        fact_ids=[identity for identity, _, _ in rows],
        leaves=leaves,
        previous=bytes(last.hash) if last else GENESIS,
        hash=b"",
    )
    one.hash = keyed_hash(one, key)
    one.save(force_insert=True)


def keyed_hash(one: Seal, key: bytes) -> bytes:
    """Return the HMAC-SHA256 of the previous seal's hash, this one's bounds and its digests."""
    bounds = json.dumps(
        [one.tenant_id, one.number, one.era, one.from_xid, one.to_xid, list(one.fact_ids)]
    )
    body = bytes(one.previous) + bounds.encode() + bytes(one.leaves)
    return hmac.new(key, body, sha256).digest()


def _chain_findings(seals: list[Seal], key: bytes) -> Iterator[Finding]:
    if seals and (seals[0].number != 1 or bytes(seals[0].previous) != GENESIS):
        yield Finding("seal_removed", "Les premiers scellés manquent.", seals[0].number)
    for before, after in pairwise(seals):
        if after.number != before.number + 1 or bytes(after.previous) != bytes(before.hash):
            yield Finding(
                "seal_removed",
                f"Le scellé n° {after.number} ne suit pas le scellé n° {before.number}.",
                after.number,
            )
    for one in seals:
        if not hmac.compare_digest(keyed_hash(one, key), bytes(one.hash)):
            yield Finding("seal_changed", f"Le scellé n° {one.number} a été modifié.", one.number)


def _row_findings(tenant_id: int, one: Seal) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [tenant_id, one.era, one.from_xid, one.to_xid, None])
        found = {identity: bytes(leaf) for identity, _, leaf in cursor.fetchall()}
    leaves = bytes(one.leaves)
    for index, identity in enumerate(one.fact_ids):
        leaf = leaves[index * LEAF_BYTES : (index + 1) * LEAF_BYTES]
        actual = found.pop(identity, None)
        if actual is None:
            yield Finding(
                "fact_removed", f"Le fait n° {identity} a été supprimé.", one.number, identity
            )
        elif actual != leaf:
            yield Finding(
                "fact_changed", f"Le fait n° {identity} a été modifié.", one.number, identity
            )
    for identity in found:
        yield Finding(
            "fact_inserted",
            f"Le fait n° {identity} a été ajouté après coup dans une période scellée.",
            one.number,
            identity,
        )


def _orphan_findings(tenant_id: int, seals: list[Seal]) -> Iterator[Finding]:
    """Name rows that lie before the last sealed point but in no seal's bounds."""
    eras: dict[int, list[Seal]] = {}
    for one in seals:
        eras.setdefault(one.era, []).append(one)
    for era, chain in eras.items():
        gaps = [(before.to_xid, after.from_xid) for before, after in pairwise(chain)]
        for start, end in ((0, chain[0].from_xid), *gaps):
            if start >= end:
                continue
            with connection.cursor() as cursor:
                cursor.execute(ROWS, [tenant_id, era, start, end, None])
                for identity, _, _ in cursor.fetchall():
                    yield Finding(
                        "fact_inserted",
                        f"Le fait n° {identity} n'appartient à aucun scellé.",
                        chain[0].number,
                        identity,
                    )


def _unsealed(tenant_id: int, seals: list[Seal]) -> tuple[int, str | None]:
    last = seals[-1] if seals else None
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), min(recorded_at) from tenancy_fact where tenant_id = %s"
            " and (era > %s or (era = %s and xid >= %s::text::xid8))",
            [
                tenant_id,
                last.era if last else 0,
                last.era if last else 0,
                last.to_xid if last else 0,
            ],
        )
        count, since = cursor.fetchone()
    return count, since.isoformat() if since else None


def _path(tenant_id: int, folder: Path) -> Path:
    return folder / f"{tenant_id}.seals"


def _lines(handle: Iterable[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in handle if line.strip()]


def _append_to_file(tenant_id: int, key: bytes, folder: Path) -> None:
    """Bring the file up to the last seal; a seal whose HMAC is wrong is not vouched for."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _path(tenant_id, folder).open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        handle.seek(0)
        lines = _lines(handle)
        known = lines[-1]["number"] if lines else 0
        for one in Seal.objects.of(tenant_id).filter(number__gt=known).order_by("number"):
            if not hmac.compare_digest(keyed_hash(one, key), bytes(one.hash)):
                break
            shown = {
                "number": one.number,
                "rows": len(one.fact_ids),
                "sealed_at": one.sealed_at.isoformat(),
                "hash": bytes(one.hash).hex(),
            }
            handle.write(json.dumps(shown) + "\n")


def _file_findings(tenant_id: int, seals: list[Seal], folder: Path) -> Iterator[Finding]:
    path = _path(tenant_id, folder)
    if not path.exists():
        if seals:
            yield Finding("file_missing", "Le fichier des scellés est absent.", 0)
        return
    with path.open() as handle:
        filed = {line["number"]: line["hash"] for line in _lines(handle)}
    present = {one.number: bytes(one.hash).hex() for one in seals}
    for number, digest in filed.items():
        if number not in present:
            yield Finding("seal_removed", f"Le scellé n° {number} a disparu de la base.", number)
        elif present[number] != digest:
            yield Finding(
                "seal_changed",
                f"Le scellé n° {number} n'est plus celui du fichier des scellés.",
                number,
            )
    for number in sorted(set(present) - set(filed)):
        yield Finding(
            "file_behind", f"Le scellé n° {number} manque au fichier des scellés.", number
        )
