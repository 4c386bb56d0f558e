"""Mailboxes opened by consent: OAuth 2.0 with PKCE (RFC 6749, 7636), Microsoft 365 and Google.

A person consents once in a browser; the refresh token that comes back is kept sealed, and each run
asks for an access token. A refusal of the refresh token means that the consent was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from encours.feeds.ports import Account, Revoked, Unreachable
from encours.feeds.providers.web import Refused, asked

GONE: Final = (
    "L'accès à cette boîte a été retiré ou a expiré : un administrateur de la boîte doit la "
    "reconnecter."
)
NOT_TO_SEND: Final = (
    "L'accès à cette boîte a été retiré, a expiré, ou ne permet pas d'envoyer : son propriétaire "
    "doit la reconnecter sur la page des réponses."
)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider asks for consent and gives tokens, for which scope; its mail server.

    `sending` is the scope of SMTP where it is another; both are asked of the owner at once.
    """

    host: str
    consent: str
    tokens: str
    scope: str
    sending: str = ""
    more: tuple[tuple[str, str], ...] = ()


MICROSOFT: Final = Endpoints(
    "outlook.office365.com",
    "https://login.microsoftonline.com/{directory}/oauth2/v2.0/authorize",
    "https://login.microsoftonline.com/{directory}/oauth2/v2.0/token",
    "https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
    "https://outlook.office.com/SMTP.Send offline_access",
    (("prompt", "select_account"),),
)
GOOGLE: Final = Endpoints(
    "imap.gmail.com",
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://oauth2.googleapis.com/token",
    "https://mail.google.com/",
    more=(("access_type", "offline"), ("prompt", "consent")),
)


PROVIDERS: Final[Mapping[str, Endpoints]] = {"microsoft": MICROSOFT, "google": GOOGLE}


class MailConsent:
    """`client_id`, `directory` (Microsoft) and `user` in the settings; `client_secret` secret."""

    def __init__(self, http: httpx.Client, account: Account, endpoints: Endpoints) -> None:
        """Keep what identifies the program at the provider."""
        directory = account.settings.get("directory", "") or "organizations"
        self.code = account.settings.get("auth", "")
        self._http, self._account, self._endpoints = http, account, endpoints
        self._consent = endpoints.consent.replace("{directory}", directory)
        self._tokens = endpoints.tokens.replace("{directory}", directory)

    def address(self, *, state: str, challenge: str, back: str) -> str:
        """Return where the owner of the mailbox consents."""
        told = {
            "client_id": self._account.settings.get("client_id", ""),
            "response_type": "code",
            "redirect_uri": back,
            "scope": self._everything(),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": self._account.settings.get("user", ""),
            **dict(self._endpoints.more),
        }
        return f"{self._consent}?{urlencode(told)}"

    def tokens(self, *, code: str, verifier: str, back: str) -> Mapping[str, str]:
        """Exchange the code that came back for a refresh token."""
        told = self._asked(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back,
                "code_verifier": verifier,
            },
            self._everything(),
        )
        refresh = str(told.get("refresh_token") or "")
        if not refresh:
            raise Unreachable("Le fournisseur n'a pas donné d'accès durable : recommencez.")
        return {"refresh_token": refresh}

    def access_token(self) -> str:
        """Return a token for one run; a new refresh token is kept at once. Raises Revoked."""
        return self._token(self._endpoints.scope, GONE)

    def sending_token(self) -> str:
        """Return a token for SMTP; a consent given before we asked for that is not enough."""
        sending = self._endpoints.sending
        return self._token(sending or self._endpoints.scope, NOT_TO_SEND if sending else GONE)

    def _everything(self) -> str:
        every = f"{self._endpoints.scope} {self._endpoints.sending}".split()
        return " ".join(dict.fromkeys(every))

    def _token(self, scope: str, gone: str) -> str:
        refresh = self._account.secrets.get("refresh_token", "")
        if not refresh:
            raise Revoked("Cette boîte n'est pas encore connectée : donnez l'accès.")
        try:
            told = self._asked({"grant_type": "refresh_token", "refresh_token": refresh}, scope)
        except Refused as problem:
            raise Revoked(gone) from problem
        fresh = str(told.get("refresh_token") or "")
        if fresh and fresh != refresh:
            self._account.keep({}, {"refresh_token": fresh})
        token = str(told.get("access_token") or "")
        if not token:
            raise Unreachable("Le fournisseur n'a pas donné de jeton.")
        return token

    def opening(self) -> Account:
        """Return what the mailbox is opened with: this provider's server, a token of now."""
        settings = {**self._account.settings, "host": self._endpoints.host, "security": "tls"}
        settings["port"] = ""
        secrets = {"token": self.access_token()}
        return replace(self._account, settings=settings, secrets=secrets)

    def _asked(self, given: Mapping[str, str], scope: str) -> Mapping[str, Any]:
        data = {
            **given,
            "client_id": self._account.settings.get("client_id", ""),
            "scope": scope,
        }
        if secret := self._account.secrets.get("client_secret", ""):
            data["client_secret"] = secret
        told = asked(self._http, "POST", self._tokens, data=data)
        if not isinstance(told, Mapping):
            raise Unreachable("La réponse du fournisseur n'a pas la forme attendue.")
        return told
