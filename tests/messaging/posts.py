"""Maileva, AR24 and Merci Facteur on loopback: they check what they are asked, then answer.

What comes next can be told for the call that commits, or for any: a status, slow, cut, and how the
letter's address is found.
"""

from __future__ import annotations

import base64
import email
import email.policy
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

USER, SECRET, KEY = "encours", "s3cret", "clé privée"
PDF = b"%PDF-1.7\nune preuve\n"


@dataclass
class Office:
    """What the far end holds: letters that left by our uuid, drafts, and what it does next."""

    url: str = ""
    left: list[str] = field(default_factory=list)
    sendings: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    commit: list[str] = field(default_factory=list)
    any: list[str] = field(default_factory=list)
    bad_address: bool = False
    told: dict[str, Any] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def office(kind: str) -> Iterator[Office]:
    """Serve one provider on a free port of loopback until the end."""
    end = Office()
    handler = {"maileva": _Maileva, "ar24": _Ar24, "merci_facteur": _MerciFacteur}[kind]
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"end": end}))
    server.daemon_threads = True
    end.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield end
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Base(BaseHTTPRequestHandler):
    end: Office

    def log_message(self, *_words: Any) -> None:
        return

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        self._serve(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def _serve(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        self.end.calls.append(f"{self.command} {parts.path}")
        if not self.is_token(parts.path) and self.end.any:
            done = self.end.any.pop(0)
            if done.isdecimal():
                return self.say(int(done), {"code": "NO", "message": "non"})
        commits = self.command == "POST" and parts.path.endswith(self.COMMITS)
        done = self.end.commit.pop(0) if commits and self.end.commit else ""
        if done.isdecimal():
            return self.say(int(done), {"code": "NO", "message": "non"})
        if done == "lost":
            self.connection.close()
            return None
        answer = self.answer(parts, body)
        if done == "slow":
            time.sleep(1.5)
        if done == "cut":
            self.connection.close()
            return None
        return self.say(*answer)

    COMMITS = "/never"

    def is_token(self, path: str) -> bool:
        return "oken" in path

    def answer(self, parts: Any, body: bytes) -> tuple[int, Any]:
        raise NotImplementedError

    def say(self, status: int, told: Any) -> None:
        content = told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def fields(self, body: bytes) -> dict[str, Any]:
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/"):
            return {name: every[0] for name, every in parse_qs(body.decode()).items()}
        raw = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
        message = email.message_from_bytes(raw, policy=email.policy.HTTP)
        return {
            str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True)
            for part in message.iter_parts()
        }


class _Maileva(_Base):
    COMMITS = "/submit"

    def answer(self, parts: Any, body: bytes) -> tuple[int, Any]:
        if parts.path == "/token":
            return self._token(self.fields(body))
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.end.tokens:
            return 401, {"code": "UNAUTHORIZED", "message": "no"}
        steps = parts.path.strip("/").split("/")
        if "senders" in steps:
            return 200, {"expiration_date": "2026-12-01T11:00:00Z"}
        return self._of(steps[steps.index("sendings") + 1 :], parts, body)

    def _token(self, form: dict[str, Any]) -> tuple[int, Any]:
        right = {"client_id": USER, "client_secret": SECRET, "username": USER, "password": SECRET}
        if form.get("grant_type") != "password" or any(form.get(k) != v for k, v in right.items()):
            return 401, {"error": "invalid_grant"}
        token = f"t{len(self.end.calls)}"
        self.end.tokens.add(token)
        return 200, {"access_token": token, "expires_in": 300}

    def _of(self, steps: list[str], parts: Any, body: bytes) -> tuple[int, Any]:
        if not steps:
            return self._create(json.loads(body)) if body else self._list(parse_qs(parts.query))
        row = next((one for one in self.end.sendings if one["id"] == steps[0]), None)
        if row is None:
            return 404, {"code": "SENDING_NOT_FOUND", "message": "no"}
        if steps[1:] == ["submit"]:
            return self._submit(row)
        if steps[1:2] == ["documents"]:
            return self._documents(row, body)
        if steps[1:2] == ["recipients"]:
            return self._recipients(row, steps[2:], body)
        return 200, row

    def _list(self, asked: dict[str, list[str]]) -> tuple[int, Any]:
        start, count = int(asked["start_index"][0]) - 1, int(asked["count"][0])
        rows = self.end.sendings[start : start + count]
        return 200, {"sendings": rows, "paging": {"total_results": len(self.end.sendings)}}

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any]:
        if len(asked.get("custom_id", "")) > 38 or not asked.get("name"):
            self.end.faults.append("sending without a name or with a long custom_id")
        row = {"id": f"s{len(self.end.sendings)}", "status": "DRAFT", "documents": [],
               "recipients": [], **asked}  # fmt: skip
        self.end.sendings.append(row)
        return 201, row

    def _documents(self, row: dict[str, Any], body: bytes) -> tuple[int, Any]:
        if self.command == "GET":
            return 200, {"documents": row["documents"]}
        given = self.fields(body)
        if (
            not given["document"].startswith(b"%PDF")
            or json.loads(given["metadata"])["priority"] != 1
        ):
            self.end.faults.append("no PDF")
        row["documents"].append({"id": "d0"})
        return 201, {"id": "d0"}

    def _recipients(self, row: dict[str, Any], steps: list[str], body: bytes) -> tuple[int, Any]:
        if len(steps) == 2:
            return 200, PDF
        if len(steps) == 1:
            return 200, {"id": steps[0], **self.end.told}
        if self.command == "GET":
            return 200, {"recipients": row["recipients"]}
        asked = json.loads(body)
        if self.end.bad_address:
            said = {"code": "INVALID_ADDRESS_LINE_6", "message": "adresse"}
            return 400, {"errors": [said]}
        if any(len(v) > 38 for k, v in asked.items() if k.startswith("address_line")):
            self.end.faults.append("a line of more than 38 characters")
        self.end.bodies.append(asked)
        row["recipients"].append({"id": "r0"})
        return 201, {"id": "r0"}

    def _submit(self, row: dict[str, Any]) -> tuple[int, Any]:
        if row["status"] != "DRAFT":
            self.end.faults.append("submitted twice")
            return 400, {"errors": [{"code": "SENDING_STATUS_IS_NOT_DRAFT", "message": "no"}]}
        if len(row["documents"]) != 1 or len(row["recipients"]) != 1:
            self.end.faults.append("submitted half made, or made twice")
        row["status"] = "PENDING"
        self.end.left.append(row["custom_id"])
        return 200, b""


def _aes(key: str, start: str) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key[:32].encode()), modes.CBC(start[:16].encode()))


class _Ar24(_Base):
    COMMITS = "/mail"

    def is_token(self, path: str) -> bool:
        return False

    def answer(self, parts: Any, body: bytes) -> tuple[int, Any]:
        if parts.path.startswith("/get/proof"):
            return 200, PDF
        asked = {name: every[0] for name, every in parse_qs(parts.query).items()}
        if self.command == "POST":
            given = self.fields(body).items()
            asked |= {
                k: v.decode("utf-8", "replace") if isinstance(v, bytes) else v for k, v in given
            }
        if not self._is_signed(asked.get("date", "")):
            return 200, {"status": "ERROR", "slug": "invalid_signature", "message": "non"}
        self.date = asked["date"]
        return self._of(parts.path, asked)

    def _is_signed(self, date_: str) -> bool:
        hashed = sha256(KEY.encode()).hexdigest()
        cipher = _aes(hashed, sha256(hashed.encode()).hexdigest()).decryptor()
        plain = cipher.update(base64.b64decode(self.headers["signature"])) + cipher.finalize()
        unpadder = padding.PKCS7(128).unpadder()
        try:
            return (unpadder.update(plain) + unpadder.finalize()).decode() == date_
        except ValueError:
            return False

    def _of(self, path: str, asked: dict[str, str]) -> tuple[int, Any]:
        if path == "/user/mail":
            return self._yes(self.end.sendings)
        if path == "/user/auth_otp":
            return self._yes({"otp": asked["otp"]})
        if path == "/attachment":
            return self._yes({"file_id": "51"})
        if self.command == "GET":
            return self._yes({"id": asked["id"], **self.end.told})
        if self.end.bad_address:
            return 200, {"status": "ERROR", "slug": "to_email_invalid", "message": "adresse"}
        row = {"id": len(self.end.sendings) + 100, **asked}
        self.end.sendings.append(row)
        self.end.left.append(asked["ref_dossier"])
        self.end.bodies.append(asked)
        return self._yes(row)

    def _yes(self, result: Any) -> tuple[int, bytes]:
        plain = json.dumps({"status": "SUCCESS", "result": result}).encode()
        hashed = sha256(KEY.encode()).hexdigest()
        key = sha256(f"{self.date}{KEY}".encode()).hexdigest()
        cipher = _aes(key, sha256(hashed.encode()).hexdigest()).encryptor()
        padder = padding.PKCS7(128).padder()
        padded = padder.update(plain) + padder.finalize()
        return 200, base64.b64encode(cipher.update(padded) + cipher.finalize())


class _MerciFacteur(_Base):
    COMMITS = "/sendCourrier"

    def answer(self, parts: Any, body: bytes) -> tuple[int, Any]:
        if parts.path == "/getToken":
            return self._access()
        if self.headers.get("ww-access-token") not in self.end.tokens:
            return 401, {"success": False, "error": {"code": "TOKEN", "text": "expiré"}}
        if parts.path == "/getSuiviEnvoi":
            return 200, {"success": True, "suiviCourrier": [self.end.told]}
        if parts.path == "/getProof":
            content = base64.b64encode(PDF).decode()
            return 200, {"success": True, "format_return": "pdf", "document": content}
        return self._send(self.fields(body))

    def _access(self) -> tuple[int, Any]:
        service, at = self.headers["ww-service-id"], self.headers["ww-timestamp"]
        right = hmac.new(SECRET.encode(), f"{service}{at}".encode(), "sha256").hexdigest()
        if self.headers["ww-service-signature"] != right:
            return 200, {"success": False, "error": "BAD_SIGNATURE"}
        token = f"t{len(self.end.calls)}"
        self.end.tokens.add(token)
        return 200, {"success": True, "token": token, "expire": int(time.time()) + 86400}

    def _send(self, form: dict[str, Any]) -> tuple[int, Any]:
        if self.end.bad_address:
            return 200, {"success": False, "error": {"code": "INFO_ADDRESS_MISSING", "text": ""}}
        if form["antidoublon"] in self.end.left:
            return 200, {"success": False, "error": {"code": "ANTIDOUBLON", "text": "déjà reçu"}}
        both = json.loads(form["adress"])
        keys = {"civilite", "nom", "prenom", "societe", "adresse1", "adresse2", "adresse3", "cp",
                "ville", "pays", "email", "phone"}  # fmt: skip
        if not all(keys <= set(one) for one in (both["exp"], *both["dest"])):
            self.end.faults.append("a key of an address is missing")
        self.end.left.append(form["antidoublon"])
        self.end.bodies.append({**form, **both["dest"][0]})
        return 200, {"success": True, "envoi_id": len(self.end.left)}
