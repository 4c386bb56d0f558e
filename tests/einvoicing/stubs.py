"""A plateforme agréée and Chorus Pro on loopback: they check what they are asked, then answer.

What comes next can be told: refuse, be busy, be slow, cut the call after taking the file.
"""

from __future__ import annotations

import email
import email.policy
import json
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from encours.einvoicing.ports import Access

CLIENT, SECRET, LOGIN, PASSWORD = "encours", "s3cret", "TECH_1@cpro.fr", "mot de passe"
FIRST = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)


@dataclass
class Remote:
    """What the far end holds, what was wrong in what it was asked, what it does next."""

    url: str = ""
    flows: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    invoices: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    next: list[str] = field(default_factory=list)

    @property
    def access(self) -> Access:
        """Return the access of a creditor that this end knows."""
        return Access(self.url, f"{self.url}/token", CLIENT, SECRET, LOGIN, PASSWORD)

    def put_in(self, reference: str, content: bytes) -> None:
        """Have a status come for us."""
        self.files[reference] = content
        self._add({"flowId": reference, "flowDirection": "In", "flowSyntax": "CDAR",
                   "acknowledgement": {"status": "Ok"}})  # fmt: skip

    def acknowledge(self, tracking: str, status: str, reason: str = "") -> None:
        """Say what became of a flow of ours."""
        flow = next(one for one in self.flows if one.get("trackingId") == tracking)
        details = [{"level": "Error", "item": "", "reasonCode": "InvalidSchema",
                    "reasonMessage": reason}]  # fmt: skip
        flow["acknowledgement"] = {"status": status, **({"details": details} if reason else {})}
        flow["updatedAt"] = self._later()

    def _add(self, flow: dict[str, Any]) -> dict[str, Any]:
        at = self._later()
        self.flows.append({"submittedAt": at, "updatedAt": at, **flow})
        return self.flows[-1]

    def _later(self) -> str:
        last = max((one["updatedAt"] for one in self.flows), default=FIRST.isoformat())
        return (datetime.fromisoformat(last) + timedelta(seconds=1)).isoformat()


@contextmanager
def remote() -> Iterator[Remote]:
    """Serve on a free port of loopback until the end."""
    end = Remote()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"end": end}))
    server.daemon_threads = True
    end.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield end
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    end: Remote

    def log_message(self, *_words: Any) -> None:
        return

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/token":
            return self._token(parse_qs(body.decode()))
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.end.tokens:
            return self._say(401, {"errorCode": "MISSING_TOKEN"})
        done = self.end.next.pop(0) if self.end.next else ""
        if done.isdecimal():
            return self._say(int(done), {"errorCode": "NO", "errorMessage": "non"})
        answer = _answer(self.end, self, parts, body)
        if done == "slow":
            time.sleep(1.5)
        if done == "cut":
            self.connection.close()
            return None
        return self._say(*answer)

    def _token(self, asked: dict[str, list[str]]) -> None:
        right = asked.get("client_id") == [CLIENT] and asked.get("client_secret") == [SECRET]
        if not right or asked.get("grant_type") != ["client_credentials"]:
            return self._say(401, {"error": "invalid_client"})
        token = f"t{len(self.end.tokens)}"
        self.end.tokens.add(token)
        return self._say(200, {"access_token": token, "expires_in": 3600})

    def _say(self, status: int, told: Any) -> None:
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "7")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _answer(end: Remote, request: Any, parts: Any, body: bytes) -> tuple[int, Any]:
    if parts.path == "/factures/v1/rechercher/fournisseur":
        return _searched(end, request, json.loads(body))
    if parts.path == "/v1/flows":
        return _taken(end, request, body)
    if parts.path == "/v1/flows/search":
        return _found(end, json.loads(body))
    reference = parts.path.removeprefix("/v1/flows/")
    if parse_qs(parts.query).get("docType") != ["Original"] or reference not in end.files:
        return 404, {"errorCode": "MISSING_RESOURCE"}
    return 200, end.files[reference]


def _taken(end: Remote, request: Any, body: bytes) -> tuple[int, Any]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    pieces = {one.get_param("name", header="content-disposition"): one
              for one in message.iter_parts()}  # type: ignore[attr-defined]  # fmt: skip
    info, content = (
        json.loads(pieces["flowInfo"].get_content()),
        pieces["file"].get_payload(decode=True),
    )
    if info.get("flowSyntax") not in ("CDAR", "FRR", "Factur-X", "CII", "UBL"):
        end.faults.append(f"flowSyntax {info.get('flowSyntax')}")
    if sha256(content).hexdigest() != info.get("sha256"):
        return 422, {"errorCode": "ChecksumMismatch"}
    if any(one.get("trackingId") == info["trackingId"] for one in end.flows):
        end.faults.append(f"{info['trackingId']} twice")
        return 422, {"errorCode": "AlreadyExistingFlow"}
    flow = end._add({"flowId": f"flow-{len(end.flows)}", "flowDirection": "Out",
                     "acknowledgement": {"status": "Pending"}, **info})  # fmt: skip
    end.files[flow["flowId"]] = content
    return 202, {name: flow[name] for name in ("flowId", "submittedAt", "trackingId", "sha256")}


def _found(end: Remote, asked: dict[str, Any]) -> tuple[int, Any]:
    where = asked.get("where") or {}
    if not where or asked.get("limit", 0) > 100:
        return 400, {"errorCode": "MISSING_REQUIRED_FIELD"}
    found = [
        one
        for one in end.flows
        if one.get("trackingId") == where.get("trackingId", one.get("trackingId"))
        and one["updatedAt"] > datetime.fromisoformat(
            where.get("updatedAfter", "2000-01-01T00:00:00+00:00")).isoformat()
        and one["flowDirection"] in where.get("flowDirection", ["In", "Out"])
    ]  # fmt: skip
    return 200, {"limit": asked.get("limit"), "filters": where, "results": found[:2]}


def _searched(end: Remote, request: Any, asked: dict[str, Any]) -> tuple[int, Any]:
    account = b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
    if request.headers.get("cpro-account") != account:
        return 200, {"codeRetour": 20000, "libelle": "Compte technique inconnu"}
    wanted = asked["rechercheFactureParFournisseur"]
    first = (wanted["pageResultatDemandee"] - 1) * 2
    rows = [one for one in end.invoices
            if asked["periodeDateDepotDu"] <= one["dateDepot"] <= asked["periodeDateDepotAu"]]  # fmt: skip
    return 200, {
        "codeRetour": 0,
        "libelle": "OK",
        "listeFactures": rows[first : first + 2],
        "parametresRetour": {"pages": -(-len(rows) // 2)},
    }
