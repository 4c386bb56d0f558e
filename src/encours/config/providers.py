"""Every adapter that ships with encours, by port and code: the only list of them."""

from __future__ import annotations


def register() -> None:
    """Fill the registries of the ports; third parties come by entry points."""
