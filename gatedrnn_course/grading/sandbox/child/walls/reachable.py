"""Which paths of the libraries a child may read, leaving out some that lie among them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

__all__ = ["carve", "shared_libraries"]

MAPS = Path("/proc/self/maps")
PACKAGES = ("site-packages", "dist-packages")


def carve(folder: str, hidden: Sequence[str]) -> Iterator[str]:
    """The largest paths in a folder, or the folder itself, that hold no hidden one.

    Args:
        folder: A path without links in it.
        hidden: Such paths.
    """
    if not any(one.startswith(folder + "/") for one in hidden):
        yield folder
        return
    for entry in os.scandir(folder):
        if entry.path in hidden:
            continue
        if entry.is_dir():
            yield from carve(entry.path, hidden)
        else:
            yield entry.path


def shared_libraries(hidden: Sequence[str]) -> list[str]:
    """Folders of the shared libraries that this process has loaded; of one that holds more than those, its files."""
    loaded = {line.split(maxsplit=5)[-1].strip() for line in MAPS.read_text().splitlines() if ".so" in line}
    found: list[str] = []
    for folder in sorted({os.path.dirname(path) for path in loaded if path.startswith("/")}):
        if any(os.path.basename(part) in PACKAGES for part in Path(folder).parents):
            continue
        if any(name.startswith("python") for name in os.listdir(folder)) or any(
            one.startswith(folder + "/") for one in hidden
        ):
            found += [entry.path for entry in os.scandir(folder) if ".so" in entry.name and entry.is_file()]
        else:
            found.append(folder)
    return found
