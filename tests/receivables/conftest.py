"""Property tests of the ledger: no clock judges them, two cores are shared by the whole suite."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("encours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("encours")
