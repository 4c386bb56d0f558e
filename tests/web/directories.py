"""Two directories of our own: OpenID Connect on a loopback server, SAML by a key made here."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

CLIENT_ID, CLIENT_SECRET = "encours-test", "un secret d'essai"
ENTITY_ID = "https://annuaire.example/saml"
CONSUMER = "http://localhost/compte/saml/entreprise/acs/"
AUDIENCE = "http://localhost/compte/saml/entreprise/metadata/"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return the key of that name, made once in a run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class OpenIdProvider:
    """What one directory says; a test changes what it wants to be wrong."""

    person: dict[str, Any]
    token: dict[str, Any] = field(default_factory=dict)  # claims that differ
    signs_with: str = "ours"
    algorithm: str = "RS256"
    info: dict[str, Any] | None = None  # what userinfo says, when it differs
    lacks: tuple[str, ...] = ()  # of the discovery document
    silent: tuple[str, ...] = ()  # addresses that answer 503
    address: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    saml: SamlProvider | None = None  # who answers at /sso

    def discovery(self) -> dict[str, Any]:
        document = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }
        return {name: value for name, value in document.items() if name not in self.lacks}

    def about(self) -> dict[str, Any]:
        return self.person if self.info is None else self.info

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(key("ours").public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}

    def code_for(self, asked: dict[str, str]) -> str:
        """Remember what the browser was sent with; the person is taken as known."""
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(asked["scope"].split())
        assert asked["nonce"]
        assert asked["state"]
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return code

    def tokens(self, given: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens of a code, once, to the right client with the right verifier."""
        asked = self.codes.pop(given.get("code", ""), None)
        secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).decode().rstrip("=")
        if (
            asked is None
            or authorization != f"Basic {secret}"
            or asked["code_challenge"] != challenge
            or given.get("redirect_uri") != asked["redirect_uri"]
        ):
            return None
        return {
            "access_token": "acces",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.id_token(asked["nonce"]),
        }

    def id_token(self, nonce: str) -> str:
        now = datetime.now(UTC)
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + timedelta(minutes=5),
            "nonce": nonce,
            **self.person,
            **self.token,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        signer: Any = key(self.signs_with)
        if self.algorithm == "HS256":
            signer = CLIENT_SECRET.ljust(32)
        elif self.algorithm == "none":
            signer = None
        return jwt.encode(claims, signer, algorithm=self.algorithm, headers={"kid": "k1"})


@contextmanager
def served(provider: OpenIdProvider) -> Iterator[OpenIdProvider]:
    """Serve the directory on a free port of this machine."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("_Served", (_Handler,), {"provider": provider})
    )
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    provider: OpenIdProvider

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        self.provider.asked.append(where.path)
        if where.path in self.provider.silent:
            self.answer(503, {})
        elif where.path == "/authorize":
            self.send_back(dict(parse_qsl(where.query)))
        elif where.path == "/userinfo":
            assert self.headers["Authorization"] == "Bearer acces"
            self.answer(200, self.provider.about())
        elif where.path == "/sso":
            assert self.provider.saml
            sent = dict(parse_qsl(where.query))["SAMLRequest"]
            self.page(self.provider.saml.form(request_id(sent)))
        elif where.path == "/metadata":
            self.page(metadata(f"{self.provider.address}/sso"), kind="text/xml")
        elif where.path == "/keys":
            self.answer(200, self.provider.keys())
        else:
            self.answer(200, self.provider.discovery())

    def send_back(self, asked: dict[str, str]) -> None:
        back = urlencode({"code": self.provider.code_for(asked), "state": asked["state"]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{back}")
        self.end_headers()

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        authorization = self.headers.get("Authorization", "")
        tokens = self.provider.tokens(dict(parse_qsl(body)), authorization)
        silent = self.path in self.provider.silent
        refused = {"error": "invalid_grant"}
        self.answer(503 if silent else 200 if tokens else 400, tokens or refused)

    def answer(self, status: int, data: dict[str, Any]) -> None:
        self.page(json.dumps(data), status, "application/json")

    def page(self, text: str, status: int = 200, kind: str = "text/html") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def authorized(address: str) -> str:
    """Be the browser at the directory: return the address that it sends back to."""
    opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))
    try:
        opener.open(address, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return str(answer.headers["Location"])
    raise AssertionError("the directory did not send back")


@cache
def certificate(name: str) -> str:
    """Return a certificate of the key of that name, PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key(name).public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .sign(key(name), hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class SamlProvider:
    """One answer of a SAML directory; a test changes what it wants to be wrong."""

    email: str
    name_id: str = "personne-1"
    signs_with: str | None = "ours"
    signs_message: bool = False  # the envelope instead of the assertion
    audience: str = AUDIENCE
    issuer: str = ENTITY_ID
    consumer: str = CONSUMER
    recipient: str = CONSUMER
    age: timedelta = timedelta(0)
    attribute: str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"

    def answer(self, request_id: str | None) -> str:
        """Return a Response to that request, base64; to nobody's when there is none."""
        issued = datetime.now(UTC) - self.age
        assertion = self._assertion(request_id, issued)
        if self.signs_with and not self.signs_message:
            assertion = self._signed(assertion)
        to = f' InResponseTo="{request_id}"' if request_id else ""
        response = (
            '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
            'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" '
            f'ID="r{uuid.uuid4().hex}" IssueInstant="{_instant(issued)}" '
            f'Destination="{self.consumer}"{to}><saml:Issuer>{self.issuer}</saml:Issuer>'
            '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>'
            f"</samlp:Status>{assertion}</samlp:Response>"
        )
        if self.signs_with and self.signs_message:
            response = self._signed(response)
        return base64.b64encode(response.encode()).decode()

    def form(self, request_id: str) -> str:
        """Return the page that makes the browser post the answer."""
        return (
            f'<!doctype html><link rel="icon" href="data:,"><form method="post" '
            f'action="{self.consumer}"><input type="hidden" name="SAMLResponse" '
            f'value="{self.answer(request_id)}"><button>Continuer</button></form>'
        )

    def _assertion(self, request_id: str | None, issued: datetime) -> str:
        to = f' InResponseTo="{request_id}"' if request_id else ""
        start, end = (
            _instant(issued - timedelta(minutes=1)),
            _instant(issued + timedelta(minutes=5)),
        )
        return (
            '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" '
            f'ID="a{uuid.uuid4().hex}" IssueInstant="{_instant(issued)}">'
            f"<saml:Issuer>{self.issuer}</saml:Issuer><saml:Subject>"
            '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">'
            f"{self.name_id}</saml:NameID>"
            '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">'
            f'<saml:SubjectConfirmationData NotOnOrAfter="{end}" Recipient="{self.recipient}"{to}/>'
            "</saml:SubjectConfirmation></saml:Subject>"
            f'<saml:Conditions NotBefore="{start}" NotOnOrAfter="{end}"><saml:AudienceRestriction>'
            f"<saml:Audience>{self.audience}</saml:Audience></saml:AudienceRestriction>"
            f'</saml:Conditions><saml:AuthnStatement AuthnInstant="{_instant(issued)}">'
            "<saml:AuthnContext><saml:AuthnContextClassRef>"
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>"
            "</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>"
            f'<saml:Attribute Name="{self.attribute}"><saml:AttributeValue>{self.email}'
            "</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>"
        )

    def _signed(self, xml: str) -> str:
        assert self.signs_with
        private = key(self.signs_with).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        signed = OneLogin_Saml2_Utils.add_sign(
            xml,
            private.decode(),
            certificate(self.signs_with),
            sign_algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_algorithm="http://www.w3.org/2001/04/xmlenc#sha256",
        )
        return signed.decode() if isinstance(signed, bytes) else str(signed)


def metadata(sso_url: str) -> str:
    """Describe the SAML directory, as it would itself."""
    body = "".join(certificate("ours").splitlines()[1:-1])
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{ENTITY_ID}">'
        "<md:IDPSSODescriptor protocolSupportEnumeration="
        '"urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing"><ds:KeyInfo>'
        f"<ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data>"
        "</ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService "
        'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
        f'Location="{sso_url}"/></md:IDPSSODescriptor></md:EntityDescriptor>'
    )


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def saml_request(client: Client) -> str:
    """Start a login by SAML and return the identifier of the request that was sent."""
    response = client.get("/compte/saml/entreprise/login/")
    assert response.status_code == 302
    where = response.headers["Location"]
    assert where.partition("?")[0].endswith("/sso")
    return request_id(parse_qs(urlsplit(where).query)["SAMLRequest"][0])


def request_id(sent: str) -> str:
    """Return the identifier of a request that went through the browser."""
    xml = OneLogin_Saml2_Utils.decode_base64_and_inflate(sent)
    return str(etree.fromstring(xml).get("ID"))
