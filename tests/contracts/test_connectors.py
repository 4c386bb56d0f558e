"""What every connector promises: asks rightly, reads pages, says in French what is wrong.

Each speaks to a stub on loopback, through the client of the program: its checked network included.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from encours.feeds.ports import CONNECTORS, Connector, Pulled, SlowDown, Unreachable
from encours.feeds.providers import web
from encours.feeds.providers.dolibarr import Dolibarr
from encours.feeds.providers.odoo import Odoo
from encours.feeds.providers.pennylane import Pennylane
from encours.feeds.providers.quickbooks import QuickBooks

SINCE = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)


class Stub:
    """A service: `answer(method, path, query, body, headers)` → status, JSON or text, headers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], Any, Mapping[str, str]]] = []
        self.answer: Callable[..., tuple[int, Any, dict[str, str]]] = lambda *_: (404, {}, {})
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._do("GET")

            def do_POST(self) -> None:
                self._do("POST")

            def _do(self, method: str) -> None:
                parts = urlsplit(self.path)
                query = {name: one[0] for name, one in parse_qs(parts.query).items()}
                body: Any = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if body.startswith(b"{"):
                    body = json.loads(body)
                stub.asked.append((method, parts.path, query, body, dict(self.headers)))
                status, told, headers = stub.answer(method, parts.path, query, body)
                content = told.encode() if isinstance(told, str) else json.dumps(told).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with suppress(BrokenPipeError):
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def stub() -> Iterator[Stub]:
    found = Stub()
    yield found
    found.server.shutdown()
    found.server.server_close()


KEPT: dict[str, str] = {}


def quickbooks(url: str) -> QuickBooks:
    KEPT.clear()
    secrets = {"client_id": "id", "client_secret": "hush", "refresh_token": "old"}
    return QuickBooks(
        web.client(url, private=True),
        realm="42",
        secrets=secrets,
        keep=lambda _found, new: KEPT.update(new),
        tokens=f"{url}/tokens",
    )


MAKERS: dict[str, Callable[[str], Connector]] = {
    "pennylane": lambda url: Pennylane(
        web.client(url + "/v2", private=True, headers={"Authorization": "Bearer k"})
    ),
    "odoo": lambda url: Odoo(
        web.client(url, private=True), database="base", user="moi", key="clef"
    ),
    "dolibarr": lambda url: Dolibarr(
        web.client(url + "/api/index.php", private=True, headers={"DOLAPIKEY": "k"})
    ),
    "quickbooks": quickbooks,
}


def pulled(connector: Connector, since: datetime | None = None) -> tuple[dict[str, Pulled], set]:
    rows, gone = {}, set()
    for page in connector.pull(since):
        rows |= {f"{one.kind}:{one.id}": one for one in page.rows}
        gone |= set(page.gone)
    return rows, gone


def test_every_connector_of_the_program_is_tested_here() -> None:
    assert set(CONNECTORS) == set(MAKERS)


@pytest.mark.parametrize("code", MAKERS)
@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param((401, {}, {}), "refuse", id="refused"),
        pytest.param((500, {}, {}), "en panne", id="broken"),
        pytest.param((200, "<html>", {}), "JSON", id="not JSON"),
        pytest.param((200, [1], {}), "forme attendue|jeton", id="another shape"),
        pytest.param((302, "", {"Location": "http://evil.example"}), "refuse", id="a redirect"),
        pytest.param((429, {}, {"Retry-After": "120"}), "attendre 120", id="too often"),
    ],
)
def test_what_is_wrong_is_said(
    stub: Stub, code: str, answer: tuple[int, Any, dict[str, str]], sentence: str
) -> None:
    stub.answer = lambda *_: answer

    with pytest.raises(Unreachable, match=sentence) as problem:
        pulled(MAKERS[code](stub.url))

    assert answer[0] != 429 or (isinstance(problem.value, SlowDown) and problem.value.wait_s == 120)


@pytest.mark.parametrize("code", MAKERS)
def test_nobody_answers(code: str) -> None:
    with pytest.raises(Unreachable, match="échoué"):
        MAKERS[code]("http://127.0.0.1:9").check()


@pytest.mark.parametrize("code", MAKERS)
def test_slow(stub: Stub, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "TIMEOUT_S", 0.05)
    held = threading.Event()

    def late(*_: Any) -> tuple[int, Any, dict[str, str]]:
        held.wait(1)
        return 200, {}, {}

    stub.answer = late
    with pytest.raises(Unreachable, match="temps imparti"):
        MAKERS[code](stub.url).check()
    held.set()


def test_a_private_address_needs_a_permission(stub: Stub) -> None:
    with pytest.raises(Unreachable, match="HTTPS"):
        web.client(stub.url, private=False)
    secured = web.client(stub.url.replace("http:", "https:"), private=False)
    with pytest.raises(Unreachable, match="réseau privé"):
        web.asked(secured, "GET", "x")


PENNYLANE = {
    "id": 7, "invoice_number": "F7", "date": "2026-10-01", "deadline": "2026-10-31",
    "amount": "120.0", "tax": "20.0", "remaining_amount_with_tax": "50.0", "draft": False,
    "status": "partially_paid", "customer": {"id": 3}, "updated_at": "2026-11-02T10:00:00Z",
}  # fmt: skip


def test_pennylane(stub: Stub) -> None:
    note = {**PENNYLANE, "id": 8, "amount": "-30.0", "tax": "-5.0", "credited_invoice": {"id": 7},
            "remaining_amount_with_tax": "0.0"}  # fmt: skip

    def answer(_m: str, path: str, query: dict[str, str], _b: Any) -> tuple[int, Any, dict]:
        if path == "/v2/customers":
            one = {"id": 3, "name": "Client", "emails": ["a@b.fr"], "reg_no": "552 100 554"}
            return 200, {"items": [one], "has_more": False, "next_cursor": None}, {}
        if path == "/v2/customer_invoices" and "cursor" not in query:
            return 200, {"items": [PENNYLANE], "has_more": True, "next_cursor": "c2"}, {}
        if path == "/v2/customer_invoices":
            draft = {**PENNYLANE, "id": 9, "draft": True}
            return 200, {"items": [note, draft], "has_more": False, "next_cursor": None}, {}
        if path == "/v2/changelogs/customer_invoices":
            items = [{"id": 7, "operation": "update"}, {"id": 8, "operation": "delete"}]
            return 200, {"items": items, "has_more": False}, {}
        if path.startswith("/v2/changelogs"):
            return 200, {"items": [], "has_more": False}, {}
        return 200, PENNYLANE, {}

    stub.answer = answer
    rows, gone = pulled(MAKERS["pennylane"](stub.url))

    assert rows["customer:3"].data["siren"] == "552100554"
    assert rows["document:7"].data["due"] == [["7", "2026-10-31", 12000]]
    assert rows["document:7"].data["settled"] == 7000
    assert rows["document:8"].data["kind"] == "credit_note"
    assert rows["document:8"].data["credited"] == "7"
    assert gone == {("document", "9")}
    assert all(one[4]["Authorization"] == "Bearer k" for one in stub.asked)

    rows, gone = pulled(MAKERS["pennylane"](stub.url), SINCE)
    assert set(rows) == {"document:7"}
    assert gone == {("document", "8")}
    assert {"start_date": "2026-11-29T08:00:00Z", "limit": "100"} in [one[2] for one in stub.asked]


def test_dolibarr(stub: Stub) -> None:
    invoice = {
        "id": "5", "ref": "FA5", "socid": "2", "type": "0", "status": "1", "date": 1790812800,
        "date_lim_reglement": 1793404800, "total_ttc": "120.00000000", "total_ht": "100.0",
        "total_tva": "20.0", "totalpaid": "40.0", "remaintopay": "80.0",
    }  # fmt: skip

    def answer(_m: str, path: str, query: dict[str, str], _b: Any) -> tuple[int, Any, dict]:
        if path.endswith("/thirdparties"):
            return 200, [{"id": "2", "name": "Client", "code_client": "CU2"}], {}
        if path.endswith("/invoices") and query["page"] == "0":
            return 200, [invoice, {**invoice, "id": "6", "status": "0"}], {}
        if path.endswith("/payments"):
            paid = {"amount": "40.0", "date": "2026-10-20 12:00:00", "ref": "PAY1", "num": ""}
            return 200, [paid], {}
        return 404, {"error": {"code": 404}}, {}

    stub.answer = answer
    rows, gone = pulled(MAKERS["dolibarr"](stub.url), SINCE)

    assert rows["customer:2"].data["code"] == "CU2"
    assert rows["document:5"].data["on"] == "2026-10-01"
    assert rows["payment:5:PAY1"].data["shares"] == [["5", 4000, "2026-10-20"]]
    assert gone == {("document", "6")}
    assert all(one[4]["DOLAPIKEY"] == "k" for one in stub.asked)
    assert stub.asked[0][2]["sqlfilters"] == "(t.tms:>:'2026-11-29 09:00:00')"

    stub.answer = lambda *_: (404, {"error": {"code": 404}}, {})
    assert pulled(MAKERS["dolibarr"](stub.url)) == ({}, set()), "no row is a 404"


def test_odoo(stub: Stub) -> None:
    lines = [
        {"id": 11, "move_id": [1, "F1"], "partner_id": [4, "C"], "date": "2026-10-01",
         "date_maturity": "2026-10-31", "debit": 100.1, "credit": 0.0, "name": "F1"},
        {"id": 12, "move_id": [2, "B1"], "partner_id": [4, "C"], "date": "2026-10-15",
         "date_maturity": False, "debit": 0.0, "credit": 60.0, "name": "Virement"},
    ]  # fmt: skip
    moves = [
        {"id": 1, "name": "F1", "move_type": "out_invoice", "invoice_date": "2026-10-01",
         "amount_untaxed_signed": 83.42, "amount_tax_signed": 16.68},
        {"id": 2, "name": "B1", "move_type": "entry", "invoice_date": False, "date": "2026-10-15"},
    ]  # fmt: skip
    partial = {"debit_move_id": [11, ""], "credit_move_id": [12, ""], "amount": 60.0,
               "max_date": "2026-10-15"}  # fmt: skip

    def answer(_m: str, _p: str, _q: dict[str, str], body: Any) -> tuple[int, Any, dict]:
        asked = body["params"]
        if asked["method"] == "authenticate":
            assert asked["args"][:3] == ["base", "moi", "clef"]
            return 200, {"jsonrpc": "2.0", "result": 9}, {}
        assert asked["args"][:3] == ["base", 9, "clef"]
        model, domain = asked["args"][3], asked["args"][5][0]
        after = next((one[2] for one in domain if one[:2] == ["id", ">"]), -1)
        found: list[Any] = []
        if model == "account.move.line" and after <= 0:
            assert ["account_id.account_type", "=", "asset_receivable"] in domain
            found = lines
        elif model == "account.move" and domain[0][0] == "id":
            found = moves
        elif model == "account.move" and after == 0:
            found = [{"id": 3}]
        elif model == "account.partial.reconcile":
            found = [partial]
        elif model == "res.partner" and after <= 0:
            found = [{"id": 4, "name": "Client", "ref": "C4", "email": False}]
        return 200, {"jsonrpc": "2.0", "result": found}, {}

    stub.answer = answer
    rows, gone = pulled(MAKERS["odoo"](stub.url), SINCE)

    assert rows["document:1"].data["due"] == [["11", "2026-10-31", 10010]]
    assert rows["payment:2"].data["shares"] == [["11", 6000, "2026-10-15"]]
    assert rows["customer:4"].data["code"] == "C4"
    assert {("document", "3"), ("payment", "3")} <= gone
    domains = [one[3]["params"]["args"][5][0] for one in stub.asked[1:]]
    assert ["write_date", ">=", "2026-11-29 08:00:00"] in domains[0]

    stub.answer = lambda *_: (200, {"result": False}, {})
    with pytest.raises(Unreachable, match="Odoo refuse cet utilisateur"):
        pulled(MAKERS["odoo"](stub.url))
    stub.answer = lambda *_: (200, {"error": {"data": {"message": "no access"}}}, {})
    with pytest.raises(Unreachable, match="no access"):
        MAKERS["odoo"](stub.url).check()


def test_quickbooks(stub: Stub) -> None:
    invoice = {"Id": "1", "DocNumber": "I1", "TxnDate": "2026-10-01", "DueDate": "2026-10-31",
               "TotalAmt": 100.05, "CustomerRef": {"value": "3"}, "ExchangeRate": 1}  # fmt: skip
    payment = {"Id": "2", "TxnDate": "2026-10-10", "TotalAmt": 60, "CustomerRef": {"value": "3"},
               "Line": [{"Amount": 80, "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]},
                        {"Amount": 20, "LinkedTxn": [{"TxnId": "9", "TxnType": "CreditMemo"}]}]}  # fmt: skip
    tokens = iter(["first", "second", "third"])

    def answer(_m: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any, dict]:
        if path == "/tokens":
            return 200, {"access_token": next(tokens), "refresh_token": "new"}, {}
        if path.endswith("/cdc"):
            found = [{"Id": "1", "status": "Deleted"}] if query["entities"] == "Invoice" else []
            told = {"QueryResponse": [{query["entities"]: found}] if found else [{}]}
            return 200, {"CDCResponse": [told]}, {}
        entity = query["query"].split(" from ")[1].split()[0]
        items = {"Invoice": [invoice, {**invoice, "Id": "5", "TotalAmt": 0}], "Payment": [payment]}
        return 200, {"QueryResponse": {entity: items.get(entity, [])}}, {}

    stub.answer = answer
    rows, gone = pulled(MAKERS["quickbooks"](stub.url))

    assert rows["document:1"].data["due"] == [["1", "2026-10-31", 10005]]
    assert rows["payment:2"].data["shares"] == [["1", 8000, "2026-10-10"]]
    assert rows["payment:2"].data["credits"] == [["note-9", 2000]]
    assert gone == {("document", "5")}, "a voided invoice is no more"
    assert KEPT == {"refresh_token": "new"}, "the new token is kept at once"
    assert stub.asked[0][4]["Authorization"].startswith("Basic ")
    assert stub.asked[1][4]["Authorization"] == "Bearer first"

    _rows, gone = pulled(MAKERS["quickbooks"](stub.url), datetime.now(UTC))
    assert gone == {("document", "1")}


def test_quickbooks_renews_a_token_that_is_over(stub: Stub) -> None:
    tokens = iter(["over", "good"])

    def answer(_m: str, path: str, _q: dict[str, str], body: Any) -> tuple[int, Any, dict]:
        if path == "/tokens":
            return 200, {"access_token": next(tokens), "refresh_token": "newer"}, {}
        if stub.asked[-1][4]["Authorization"] == "Bearer over":
            return 401, {}, {}
        return 200, {"CompanyInfo": {"CompanyName": "Durand"}}, {}

    stub.answer = answer

    assert MAKERS["quickbooks"](stub.url).check() == "QuickBooks répond, société « Durand »."
