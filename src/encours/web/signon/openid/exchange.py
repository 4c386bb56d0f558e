"""What the directory answers, checked: discovery, identity token, nonce, person.

OpenID Connect Core 1.0, 3.1.3.7 (identity token) and 5.3.2 (same person in both answers).
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import jwt
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest

# A shared secret signs nothing here: the directory's public keys alone do.
ALGORITHMS: Final = frozenset(
    f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)
)
ENDPOINTS: Final = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")


class Exchange(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """One conversation with the directory; `nonce` is the one that this browser was sent with."""

    nonce: str = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the directory says of itself, or raise OAuth2Error."""
        try:
            config: dict[str, Any] = super().openid_config
            lacking = [name for name in ENDPOINTS if not config.get(name)]
        except AttributeError as problem:
            raise OAuth2Error("the discovery document is not an object") from problem
        if lacking:
            raise OAuth2Error(f"the discovery document lacks {', '.join(lacking)}")
        return config

    def complete_login(
        self,
        request: HttpRequest,
        app: Any,
        token: Any,
        **kwargs: Any,
    ) -> Any:
        """Return whom the signed token names, with what the directory adds about them."""
        answer = kwargs["response"].get("id_token")
        if not isinstance(answer, str):
            raise OAuth2Error("no identity token")
        claims = self._decode_id_token(app, answer)
        person = dict[str, Any]()
        if self.openid_config.get("userinfo_endpoint"):
            person = self._fetch_user_info(token.token)
            if not isinstance(person, dict) or person.get("sub") != claims["sub"]:
                raise OAuth2Error("the token and the directory name two people")
        data = {"id_token": claims, "userinfo": {**claims, **person}}
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """Check the signature even over TLS, then the audience, the issuer, the age, the nonce."""
        try:
            if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
                raise OAuth2Error("an algorithm that proves nothing")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (jwt.PyJWTError, KeyError, TypeError) as problem:
            raise OAuth2Error("the identity token or the keys cannot be read") from problem
        sent = str(claims.get("nonce", "")).encode()
        if not self.nonce or not secrets.compare_digest(sent, self.nonce.encode()):
            raise OAuth2Error("the nonce is not the one of this browser")
        if not claims.get("sub") or "exp" not in claims:
            raise OAuth2Error("the identity token names nobody, or has no end")
        return claims
