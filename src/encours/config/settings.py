"""Django's settings; everything an installation may change comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from encours.config import database, embedded, home, single_sign_on

PACKAGE = Path(__file__).resolve().parent.parent
HOME = home.home()

SECRET_KEY = home.key("secret").decode()
FIELD_KEY = home.key("field")
SEAL_KEY = home.key("seal")
DOCUMENTS_KEY = home.key("documents")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ENCOURS_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
PUBLIC_URL = os.environ.get("ENCOURS_URL", "http://localhost:8000").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

APP_URL, OWNER_URL = embedded.database_urls()
DATABASES: dict[str, dict[str, Any]] = {"default": database.settings_of(APP_URL, pooled=True)}
OWNER_DATABASE = database.settings_of(OWNER_URL, pooled=False)
DATABASE_ROLES = {
    "app": database.user_of(APP_URL),
    "owner": database.user_of(OWNER_URL),
    "read": os.environ.get("ENCOURS_READ_ROLE", "encours_read"),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "encours.tenancy",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    *(["allauth.socialaccount.providers.saml"] if single_sign_on.HAS_SAML else []),
    "django_htmx",
    "procrastinate.contrib.django",
    "ninja",
    "encours.attributes",
    "encours.parties",
    "encours.messaging",
    "encours.webhooks",
    "encours.receivables",
    "encours.documents",
    "encours.standing",
    "encours.imports",
    "encours.payments",
    "encours.postal",
    "encours.feeds",
    "encours.einvoicing",
    "encours.risk",
    "encours.discounts",
    "encours.scoring",
    "encours.dunning",
    "encours.replies",
    "encours.recovery",
    "encours.custody",
    "encours.web",
    "encours.config.apps.Config",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "encours.web.accounts.activity.ActivityMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "encours.tenancy.middleware.TenantMiddleware",
]
ROOT_URLCONF = "encours.config.urls"
WSGI_APPLICATION = "encours.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "encours.web.context.page",
            ],
        },
    }
]
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
MEDIA_ROOT = HOME / "files"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "encours_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # limits and used assertions: 300 are soon pushed out
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if os.environ.get("ENCOURS_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = str(home.files("uploads"))
IMPORTS_ROOT = home.files("imports")
SEALS_ROOT = home.files("seals")
EXPORTS_ROOT = home.files("exports")
DOCUMENTS_ROOT = home.files("documents")
DOCUMENT_MAX_BYTES = int(os.environ.get("ENCOURS_DOCUMENT_MAX_MB", "25")) * 1024 * 1024
WEBHOOKS_TO_LOOPBACK = False  # a test's subscriber is on this machine; nobody else's is
API_CALLS_PER_MINUTE = int(os.environ.get("ENCOURS_API_CALLS_PER_MINUTE", "600"))
FEED_ROOTS = [
    Path(one)
    for one in os.environ.get("ENCOURS_FEED_ROOTS", str(home.files("feeds"))).split(os.pathsep)
    if one
]
DNS_SERVERS = [
    (host, int(port or 53))
    for host, _, port in (
        one.strip().partition("#") for one in os.environ.get("ENCOURS_DNS", "").split(",")
    )
    if host
]
"""Resolvers to ask instead of the machine's: `192.0.2.1,192.0.2.2#5353`."""
CHANNEL_REPORTS_PER_MINUTE = int(os.environ.get("ENCOURS_CHANNEL_REPORTS_PER_MINUTE", "600"))
FEED_PUSHES_PER_MINUTE = int(os.environ.get("ENCOURS_FEED_PUSHES_PER_MINUTE", "30"))
UPLOAD_MAX_BYTES = int(os.environ.get("ENCOURS_UPLOAD_MAX_MB", "1024")) * 1024 * 1024

AUTH_USER_MODEL = "tenancy.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_ADAPTER = "encours.web.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "5/m/ip,3/m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = "encours"
USERSESSIONS_TRACK_ACTIVITY = True  # by our middleware, once in ten minutes
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ADAPTER = "encours.web.signon.adapter.DirectoryAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a posted form could not lead away: form-action 'self'
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(os.environ)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("ENCOURS_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = int(os.environ.get("ENCOURS_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ENCOURS_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("ENCOURS_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("ENCOURS_SMTP_SECURITY", "") == "starttls"
EMAIL_USE_SSL = os.environ.get("ENCOURS_SMTP_SECURITY", "") == "ssl"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("ENCOURS_FROM", "encours@localhost")

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

HEARTBEAT_S = float(os.environ.get("ENCOURS_HEARTBEAT_S", "10"))
PROCRASTINATE_WORKER_DEFAULTS = {
    "update_heartbeat_interval": HEARTBEAT_S,
    "stalled_worker_timeout": 3 * HEARTBEAT_S,
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""  # by the worker alone: `operations.working`

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("ENCOURS_LOG", "WARNING")},
}
