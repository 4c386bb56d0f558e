"""Property tests of the ledger: no deadline, since two cores are shared by the whole suite."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("encours", deadline=None)
settings.load_profile("encours")
