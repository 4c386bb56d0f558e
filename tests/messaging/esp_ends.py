"""Sending services at the other end of a loopback socket: each its own authorization and form."""

from __future__ import annotations

import email
import json
import re
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl

from tests.messaging.far_ends import Answer, Call, FarEnd

REFUSED = "refused@dupain.example"


def mailgun() -> FarEnd:
    """Mailgun: basic authorization, a form in parts, an id back."""
    basic = "Basic " + b64encode(b"api:key-1").decode()

    def check(_end: FarEnd, call: Call) -> Answer | None:
        if call.headers.get("authorization") != basic or call.path != "/lenoir.example/messages":
            return 401, {"message": "Forbidden"}
        if REFUSED in fields(call)["to"]:
            return 400, {"message": "'to' parameter is not a valid address. please check it"}
        return None

    def accept(end: FarEnd, call: Call) -> Answer:
        end.kept.append(fields(call))
        return 200, {"id": f"<{len(end.kept)}@mailgun>", "message": "Queued. Thank you."}

    return FarEnd(check, accept, lambda status: {"message": f"no {status}"})


def brevo() -> FarEnd:
    """Brevo: a key in a header, JSON."""

    def check(_end: FarEnd, call: Call) -> Answer | None:
        if call.headers.get("api-key") != "key-1" or call.path != "/smtp/email":
            return 401, {"code": "unauthorized", "message": "Key not found"}
        if REFUSED in call.body.decode():
            return 400, {"code": "invalid_parameter", "message": "email is not valid in to"}
        return None

    def accept(end: FarEnd, call: Call) -> Answer:
        end.kept.append(json.loads(call.body))
        return 201, {"messageId": f"<{len(end.kept)}@brevo>"}

    return FarEnd(check, accept, lambda status: {"code": "no", "message": f"no {status}"})


def postmark() -> FarEnd:
    """Postmark: a token in a header, JSON, an error code even in what is accepted."""

    def check(_end: FarEnd, call: Call) -> Answer | None:
        if call.headers.get("x-postmark-server-token") != "key-1" or call.path != "/email":
            return 401, {"ErrorCode": 10, "Message": "No or invalid token"}
        if REFUSED in call.body.decode():
            return 422, {"ErrorCode": 406, "Message": "You tried to send to inactive recipients."}
        return None

    def accept(end: FarEnd, call: Call) -> Answer:
        end.kept.append(json.loads(call.body))
        return 200, {"ErrorCode": 0, "Message": "OK", "MessageID": f"pm-{len(end.kept)}", "To": "x"}

    return FarEnd(check, accept, lambda status: {"ErrorCode": status, "Message": f"no {status}"})


def fields(call: Call) -> dict[str, Any]:
    """Return the fields of a form, in parts or not; the names of its files under `files`."""
    kind = call.headers.get("content-type", "")
    if "multipart" not in kind:
        return {**dict(parse_qsl(call.body.decode())), "files": []}
    read = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
    named = re.findall(rb'filename="([^"]+)"', call.body)  # in UTF-8, as browsers write it
    found: dict[str, Any] = {"files": [one.decode() for one in named]}
    for part in read.get_payload():
        assert not isinstance(part, str)
        name = str(part.get_param("name", header="content-disposition"))
        if not part.get_filename():
            found[name] = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
    return found
