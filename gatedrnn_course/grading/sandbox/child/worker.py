"""Entry of the child process, run as a script: `python -S -s -P worker.py OPTIONS`, OPTIONS in JSON.

Why these flags: `-S` leaves out `site`, hence `.pth` files, by which an editable install would put the course's own
package on the path; the parent names the folders that hold NumPy and torch instead. `-s` leaves out the user's folder
and `-P` this one, so that an answer's `import frames` finds nothing here. `-I` would also ignore PYTHONHASHSEED, which
the parent sets, and the environment holds nothing else of the kind, so it is not used.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent
PACKAGE = "_judge_child"


def main() -> None:
    """Limit the process, make the jail's package importable, then serve until the parent hangs up."""
    options = json.loads(sys.argv[1])
    sys.argv[:] = [""]
    _package(PACKAGE, FOLDER)
    kept = importlib.import_module(f"{PACKAGE}.limits").apply(options["limits"], options["parent"])
    sys.path.extend(options["path"])
    sys.modules[f"{PACKAGE}.gatedrnn_course"] = _package("gatedrnn_course", FOLDER / "gatedrnn_course")
    serve = importlib.import_module(f"{PACKAGE}.serve").serve
    sys.path.insert(0, os.getcwd())  # after our own imports: a submitted `random.py` hides nothing from them
    serve(options["fd"], kept, options["seed"], options["frame_bytes"])


def _package(name: str, folder: Path) -> ModuleType:
    within = [str(folder)] if name == PACKAGE else []  # the jail's package holds no file that an answer could import
    spec = importlib.util.spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=within)
    assert spec is not None and spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
