"""A person erased: what they wrote goes with the messages, under the same rule and time."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from tests.replies.house import SENDER, TODAY, Desk, reply_mail

from encours.custody.actions.access import write_access
from encours.custody.actions.erasing import erase_person
from encours.parties.models import Contact
from encours.tenancy.scope import in_tenant

TEXT = "Nous réglons la FA-101 vendredi, signé Jeanne Adam."


@pytest.mark.parametrize(
    ("today", "is_kept"),
    [
        pytest.param(TODAY + timedelta(days=30), True, id="the proof of what was said, five years"),
        pytest.param(date(2032, 1, 2), False, id="past its time it is gone"),
    ],
)
def test_what_a_contact_wrote_follows_the_messages(
    desk: Desk, today: date, *, is_kept: bool
) -> None:
    reply = desk.reply(reply_mail(TEXT))
    with in_tenant(desk.house.tenant_id):
        contact = Contact.objects.of(desk.house.tenant_id).get(email=SENDER)
        person = ("contact", contact.pk)
        erase_person(tenant_id=desk.house.tenant_id, person=person, actor_id=1, today=today)

    assert (desk.words(reply.pk) is not None) is is_kept
    assert desk.reload(reply.pk).kind == "promise"


def test_a_person_reads_what_they_wrote_in_their_archive(desk: Desk) -> None:
    reply = desk.reply(reply_mail(TEXT))
    archive = BytesIO()
    with in_tenant(desk.house.tenant_id):
        write_access(
            archive,
            tenant_id=desk.house.tenant_id,
            person=("customer", desk.customer_id),
            today=TODAY,
        )

    with ZipFile(archive) as found:
        told = found.read(f"reponses/{reply.pk}.txt").decode()
        rows = b"".join(found.read(name) for name in found.namelist() if name.endswith(".csv"))
    assert "signé Jeanne Adam" in told
    assert b"Jeanne Adam" not in rows
