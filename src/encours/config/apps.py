"""Wires the adapters to the ports when the program starts."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class Config(AppConfig):
    """Fills every registry once Django knows the models."""

    name = "encours.config"
    label = "config"

    def ready(self) -> None:
        """Register the shipped adapters, then those of third parties."""
        import_module("encours.config.providers").register()
