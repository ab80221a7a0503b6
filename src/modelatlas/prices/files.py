"""The curated files of this package, and those of the operator's own directory."""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from modelatlas.domain.errors import Misconfigured
from modelatlas.prices.file import Curated, read_file

SUFFIX: Final = ".toml"


@cache
def bundled() -> Mapping[str, Curated]:
    """Return the curated files that come with the program, by slug. Raises `Misconfigured`."""
    folder = resources.files("modelatlas.prices")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(SUFFIX))
    slugs = [name.removesuffix(SUFFIX) for name in names]
    return {slug: read_file(slug, (folder / f"{slug}{SUFFIX}").read_bytes()) for slug in slugs}


def with_own(directory: Path) -> Mapping[str, Curated]:
    """Return the bundled files, the operator's own in the place of those of the same name.

    Raises `Misconfigured`.
    """
    found = dict(bundled())
    for path in sorted(directory.glob(f"*{SUFFIX}")) if directory.is_dir() else ():
        try:
            found[path.stem] = read_file(path.stem, path.read_bytes())
        except OSError as error:
            raise Misconfigured(f"{path} cannot be read ({error.strerror})") from error
    return found
