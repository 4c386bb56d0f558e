"""The optional service that reads: off by default, given the words alone, never more than heard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.replies.house import TODAY, Desk, reply_mail
from tests.replies.stubs import Asked, Stub, stub

from encours.feeds.providers import web
from encours.replies.actions import boxes
from encours.replies.ports import NotAnswered, Opinion
from encours.replies.providers.openai import ASKED, OpenAiReader
from encours.tenancy.scope import in_tenant

GIBBERISH = "Qwx zzz blorp snerk ?"


def test_another_server_does_not_get_the_password_nor_the_key(desk: Desk) -> None:
    settings = {"auth": "password", "host": "imap.example", "user": "x@durand.example"}
    settings |= {"reader_url": "https://reader.example/v1", "reader_model": "m"}
    told = boxes.Told(settings=settings, secrets={"password": "hush", "reader_key": "k"})

    def refused(**changes: str) -> set[str]:
        moved = boxes.Told(settings={**settings, **changes})
        with in_tenant(desk.house.tenant_id), pytest.raises(boxes.InvalidInbox) as wrong:
            boxes.set_inbox(**desk.owner, told=moved, actor_id=1, today=TODAY)
        return set(wrong.value.by_field)

    with in_tenant(desk.house.tenant_id):
        boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=TODAY)
    assert refused(host="evil.example") == {"password"}
    assert refused(security="none") == {"password"}
    assert refused(reader_url="https://evil.example/v1") == {"reader_key"}
    with in_tenant(desk.house.tenant_id):
        kept = boxes.Told(settings={**settings, "folder": "Relances"})
        boxes.set_inbox(**desk.owner, told=kept, actor_id=1, today=TODAY)


def said(told: Mapping[str, Any] | str) -> dict[str, Any]:
    content = told if isinstance(told, str) else json.dumps(told)
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


def read(status: int, answer: Any) -> tuple[Opinion, Stub]:
    with stub(lambda _asked: (status, answer)) as server:
        http = web.client(server.url, private=True, headers={"Authorization": "Bearer k"})
        return OpenAiReader(http, model="small").read("Je paie vendredi"), server


def test_it_is_given_the_words_and_our_instruction_alone() -> None:
    found, server = read(200, said({"class": "promise", "confidence": 0.9, "why": ["vendredi"]}))

    assert found == Opinion("promise", 0.9, ("vendredi",))
    (asked,) = server.heard
    assert asked.path == "/chat/completions"
    assert asked.headers["authorization"] == "Bearer k"
    assert asked.json == {
        "model": "small",
        "temperature": 0,
        "messages": [
            {"role": "system", "content": ASKED},
            {"role": "user", "content": "Je paie vendredi"},
        ],
    }


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        pytest.param(500, {}, id="an outage"),
        pytest.param(401, {}, id="a refusal"),
        pytest.param(200, b"not json", id="no JSON"),
        pytest.param(200, {"choices": []}, id="nothing said"),
        pytest.param(200, said("I think it is a promise"), id="prose"),
        pytest.param(200, said({"class": "pay_them_nothing"}), id="a class of its own"),
        pytest.param(200, said({"class": "promise", "confidence": 7}), id="no confidence"),
        pytest.param(200, said({"class": "bounce"}), id="what only a server says"),
        pytest.param(200, said("[1]"), id="a list"),
    ],
)
def test_whatever_else_it_answers_is_nothing(status: int, answer: Any) -> None:
    with pytest.raises(NotAnswered):
        read(status, answer)


def test_it_is_off_unless_somebody_chose_it(desk: Desk) -> None:
    reply = desk.reply(reply_mail(GIBBERISH))

    assert (reply.reader, reply.state) == ("rules", "new")


def test_chosen_it_proposes_and_a_person_still_decides(desk: Desk) -> None:
    def answer(_asked: Asked) -> tuple[int, Any]:
        why = ["blorp", "never written"]
        return 200, said({"class": "dispute", "confidence": 0.8, "why": why})

    with stub(answer) as server:
        told = boxes.Told(
            settings={"reader_url": server.url, "reader_model": "m"},
            secrets={"reader_key": "k"},
            allows_private=True,
        )
        with in_tenant(desk.house.tenant_id):
            boxes.set_inbox(**desk.owner, told=told, actor_id=1, today=TODAY)
        sure = desk.reply(reply_mail("Nous réglons la FA-101 vendredi."))
        reply = desk.reply(reply_mail(GIBBERISH, number=2))

    assert sure.reader == "rules"
    assert len(server.heard) == 1, "what our rules read is not sent"
    assert b"compta@adam.example" not in server.heard[0].body
    assert (reply.reader, reply.kind, reply.is_abstained, reply.state) == (
        "service", "dispute", True, "new",
    )  # fmt: skip
    words = desk.words(reply.pk)
    assert words is not None
    assert words["why"] == ["blorp"], "only what the message says"
