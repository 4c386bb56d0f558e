"""Addresses of pages of another area, where they exist."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def to(name: str, *args: int) -> str:
    """Return an address, or nothing while no page has that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def customer(customer_id: int | None) -> str:
    """Return the address of a customer's page."""
    return to("customer", customer_id) if customer_id else ""
