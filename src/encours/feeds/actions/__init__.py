"""Writes of feeds: sources set up, tried, run; what they bring handed to the imports."""

from encours.feeds.actions.pushing import Pushed, receive_push
from encours.feeds.actions.running import Ran, run_source
from encours.feeds.actions.sources import (
    InvalidSource,
    UnknownSource,
    create_source,
    new_token,
    remove_source,
    set_enabled,
    update_source,
)
from encours.feeds.actions.trying import try_source

__all__ = (
    "InvalidSource",
    "Pushed",
    "Ran",
    "UnknownSource",
    "create_source",
    "new_token",
    "receive_push",
    "remove_source",
    "run_source",
    "set_enabled",
    "try_source",
    "update_source",
)
