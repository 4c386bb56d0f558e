"""The installation's own mail server, through Django's settings (EMAIL_*)."""

from __future__ import annotations

import smtplib

from django.core.mail import EmailMessage

from encours.tenancy.ports import Letter, NotSent


class DjangoMailer:
    """Sends one message per recipient, so that nobody reads the others' addresses."""

    code = "django"

    def send(self, letter: Letter) -> None:
        """Hand the messages over, or raise NotSent."""
        for address in letter.to:
            message = EmailMessage(letter.subject, letter.text, to=[address])
            try:
                message.send()
            except (OSError, smtplib.SMTPException) as problem:
                raise NotSent(f"Le message à {address} n'est pas parti : {problem}") from problem
