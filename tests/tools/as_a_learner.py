"""Runs notebooks as a learner has them: `as_a_learner.py [ARGUMENTS OF PYTEST] notebooks solutions exercises`.

The kernels have what the extra `lab` brings and nothing else of what is installed here, their home folder is missing,
and they can write in a folder for temporary files only: the course's own folder is read-only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory

from landlock import has_landlock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

__all__ = ["environment", "installed_for", "kernel"]

ROOT = Path(__file__).resolve().parents[2]
KERNEL = "as-a-learner"
COURSE = "gatedrnn-course"
NBVAL = ("--nbval", "--nbval-cell-timeout", "60", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval.cfg"))


def installed_for(extras: Iterable[str]) -> dict[str, Distribution]:
    """What is installed here of all that the course with these extras needs, by name.

    The course itself is among it. What a marker leaves out on this system is not.
    """
    here = {canonicalize_name(one.name): one for one in distributions()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    table = project["optional-dependencies"]
    found = {COURSE: here[COURSE]}
    asked = [*project["dependencies"], *(line for extra in extras for line in table[extra])]
    waiting = [(Requirement(line), frozenset({""})) for line in asked]
    seen = set()
    while waiting:
        need, wanted = waiting.pop()
        name = canonicalize_name(need.name)
        if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in wanted):
            continue
        if name == COURSE:
            waiting += [(Requirement(line), frozenset({""})) for extra in need.extras for line in table[extra]]
        elif name in here and (name, frozenset(need.extras)) not in seen:
            seen.add((name, frozenset(need.extras)))
            found[name] = here[name]
            waiting += [(Requirement(line), frozenset({"", *need.extras})) for line in here[name].requires or ()]
    return found


def environment(folder: Path, extras: Iterable[str] = ("lab",)) -> Path:
    """Make an environment with the course of this folder and what it needs, out of what is installed here.

    Nothing is copied or fetched: its files are links.

    Args:
        folder: Where to put it.
        extras: Extras of the course.

    Returns:
        Its Python.
    """
    venv.EnvBuilder(symlinks=True).create(folder)
    (site,) = folder.glob("lib/python3.*/site-packages")
    (site / "course.pth").write_text(f"{ROOT}\n", "utf-8")
    wanted = installed_for(extras)
    shared = {top for one in distributions() if canonicalize_name(one.name) not in wanted for top in _by_top(one)}
    for name, one in wanted.items():
        for top, paths in _by_top(one).items():
            if name == COURSE and top != ".." and not top.endswith(".dist-info"):
                continue  # it is found by the path above
            for path in paths if top == ".." or top in shared else [top]:
                place = Path(os.path.normpath(site / path))
                if not place.exists() and place.parent.name != "bin":
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.symlink_to(str(one.locate_file(path)))
    return folder / "bin" / "python"


def _by_top(one: Distribution) -> dict[str, list[str]]:
    """The files of a distribution by the first part of their path, compiled ones left out."""
    found: dict[str, list[str]] = {}
    for file in one.files or ():
        if "__pycache__" not in file.parts:
            found.setdefault(file.parts[0], []).append(str(file))
    return found


def kernel(python: Path, folder: Path) -> dict[str, str]:
    """Write the description of a kernel with that Python, a home that is missing and a folder for temporary files.

    Args:
        python: The Python.
        folder: Where Jupyter is to look for it.

    Returns:
        The variables for whoever starts it: none of those that say where something of the course or of Python lies.
    """
    place, temporary = folder / "kernels" / KERNEL, folder / "tmp"
    place.mkdir(parents=True)
    temporary.mkdir()
    argv = [str(python), str(ROOT / "tests" / "tools" / "landlock.py"), "-f", "{connection_file}"]
    env = {"HOME": f"{os.devnull}/none", "TMPDIR": str(temporary)}
    said = {"argv": argv, "display_name": "As a learner", "language": "python", "env": env}
    (place / "kernel.json").write_text(json.dumps(said), "utf-8")
    mine = ("GATEDRNN_", "PYTHON", "XDG_", "IPYTHON", "JUPYTER_", "MPL")
    return {name: value for name, value in os.environ.items() if not name.startswith(mine)} | {
        "JUPYTER_PATH": str(folder)
    }


def main(words: list[str]) -> int:
    """Run the notebooks and compare what they show."""
    if not has_landlock():
        print("This system has no Landlock: the notebooks run in folders that can be written.", flush=True)
    with TemporaryDirectory() as name:
        folder = Path(name)
        variables = kernel(environment(folder / "venv"), folder)
        nbval = (*NBVAL, "--nbval-kernel-name", KERNEL, "-p", "no:cacheprovider")
        return subprocess.run([sys.executable, "-m", "pytest", *nbval, *words], check=False, env=variables).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
