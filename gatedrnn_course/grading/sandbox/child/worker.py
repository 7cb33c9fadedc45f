"""Entry of the child process, run as a script: `python -S -s -P worker.py OPTIONS`, OPTIONS in JSON.

Why these flags: `-S` leaves out `site`, hence `.pth` files, by which an editable install would put the course's own
package on the path; the parent names the folders that hold NumPy and torch instead. `-s` leaves out the user's folder
and `-P` this one, so that an answer's `import frames` finds nothing here. `-I` would also ignore PYTHONHASHSEED, which
the parent sets, and the environment holds nothing else of the kind, so it is not used.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from types import ModuleType

GRADING = Path(__file__).resolve().parents[2]
PACKAGE = "_judge"  # stands for gatedrnn_course.grading here, with just the two folders that this process needs


def main() -> None:
    """Make the jail's package importable, limit the process, then serve until the parent hangs up.

    With `control` among the options it serves nobody: children that do are forked from it.
    """
    options = json.loads(sys.argv[1])
    sys.argv[:] = [""]
    for name, folder in {
        "": None,
        ".exchange": "exchange",
        ".sandbox": None,
        ".sandbox.child": "sandbox/child",
    }.items():
        _package(PACKAGE + name, folder)
    if "control" in options:
        importlib.import_module(f"{PACKAGE}.sandbox.child.template").run(options, f"{PACKAGE}.sandbox.child")
        return
    kept = importlib.import_module(f"{PACKAGE}.sandbox.child.limits").apply(options["limits"], options["parent"])
    sys.path.extend(options["path"])
    importlib.import_module(f"{PACKAGE}.sandbox.child.jail").install()
    serve = importlib.import_module(f"{PACKAGE}.sandbox.child.serve").serve
    sys.path.insert(0, os.getcwd())  # after our own imports: a submitted `random.py` hides nothing from them
    serve(options["fd"], kept, options["seed"], options["frame_bytes"])


def _package(name: str, folder: str | None) -> None:
    """An importable package over a folder of the grader, or over none; nothing above it is run."""
    module = sys.modules[name] = ModuleType(name)
    module.__path__ = [str(GRADING / folder)] if folder else []


if __name__ == "__main__":
    main()
