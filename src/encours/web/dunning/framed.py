"""What comes from a message is shown in a frame that may do nothing."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.utils.html import escape

POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
PAGE: Final = (
    "<!doctype html><html><head><meta charset='utf-8'><title>Message</title></head>"
    "<body style='background:#fff;color:#1f2933;margin:1rem'><pre style='white-space:pre-wrap;"
    "font:14px/1.5 ui-monospace,monospace'>{text}</pre></body></html>"
)


def framed(html: str, text: str = "") -> HttpResponse:
    """Show a body with no script, no remote image, no form, no link out of its frame."""
    answer = HttpResponse(html or PAGE.format(text=escape(text)))
    answer["Content-Security-Policy"] = POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    return answer


def downloaded(
    body: bytes, *, name: str, content_type: str, is_shown: bool = False
) -> HttpResponse:
    """Give a file; only a PDF may be shown in place."""
    answer = HttpResponse(body, content_type=content_type)
    kind = "inline" if is_shown and content_type == "application/pdf" else "attachment"
    plain = "".join(sign for sign in name if sign.isalnum() or sign in "-_.") or "document"
    answer["Content-Disposition"] = f'{kind}; filename="{plain}"'
    return answer
