"""Builds the page into a wheel or source archive where Node is; `make page` does for an editable install."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildPage(BuildHookInterface[Any]):
    """The hook that hatchling calls before it packs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page from `page/`; keep what is there where that cannot be done, and say so."""
        del build_data
        root = Path(self.root)
        built = root / "src" / "modelatlas" / "web" / "built" / "index.html"
        if version == "editable" or not (root / "page" / "package.json").is_file():
            return
        npm = shutil.which("npm")
        if npm is None:
            if not built.is_file():
                self.app.display_warning("No Node: the page at / is not built, and will say so.")
            return
        for words in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run([npm, *words], cwd=root / "page", check=True)  # noqa: S603 - npm, by its path
