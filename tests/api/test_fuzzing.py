"""What no person would send: no 5xx, no answer that the OpenAPI does not say, no other tenant."""

from __future__ import annotations

import os
from typing import Any

import pytest
from tests.api import fuzzing

pytestmark = pytest.mark.django_db(transaction=True)
SOAK_S = float(os.environ.get("ENCOURS_SOAK_S", "600"))


@pytest.fixture(autouse=True)
def unlimited(settings: Any, tmp_path: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 10**9
    settings.IMPORTS_ROOT = settings.DOCUMENTS_ROOT = tmp_path


def test_the_whole_openapi() -> None:
    calls = fuzzing.fuzz(seconds=0, examples=2, derandomize=True)

    assert calls >= 2 * len(fuzzing.operations())


@pytest.mark.slow
@pytest.mark.skipif("ENCOURS_SOAK" not in os.environ, reason="minutes: make soak")
def test_the_whole_openapi_for_ten_minutes() -> None:
    assert fuzzing.fuzz(seconds=SOAK_S, examples=20, derandomize=False)
