"""The machine's own C compiler: which one, with which flags, and why there is none."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from itertools import product
from pathlib import Path

from gatedrnn_course.engines.c_tier.build.cache import keep, kept
from gatedrnn_course.text import _

__all__ = ["Compiler", "available", "find_compiler", "why"]

NAMES = ("cc", "gcc", "clang")
FLAGS = ("-std=gnu11", "-O2", "-fPIC", "-shared", "-fno-math-errno", "-w")
NATIVE = ("-march=native", "-mcpu=native", "")
"""How compilers are asked for all that this machine's processor can do; the first that works is taken."""
LINKS = (("-Wl,-z,noseparate-code", "-Wl,-z,norelro"), ())
"""How linkers are asked for libraries of two memory maps instead of five; a process has room for about 65,000."""
SECONDS = 120
_SMALL = "typedef float V __attribute__((vector_size(16))); V twice(V a) { return a + a; }\n"


@dataclass(frozen=True)
class Compiler:
    """A C compiler.

    Attributes:
        path: Where it is.
        flags: What it is called with.
        version: The first line it says about itself.
        identity: A name for this compiler on this processor.
    """

    path: str
    flags: tuple[str, ...]
    version: str
    identity: str

    def compile(self, source: Path, library: Path, *more: str) -> None:
        """Compile one source into one library, with more flags.

        Raises:
            OSError: If the compiler fails; the message is the end of what it printed. Only where it could not be
                started does the error have a number.
        """
        command = [self.path, *self.flags, *more, str(source), "-o", str(library), "-lm"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise OSError(f"{self.path} did not finish within {SECONDS} seconds") from error
        if done.returncode:
            raise OSError(done.stderr[-2000:] or f"{self.path} failed")


def available() -> bool:
    """Whether kernels can be compiled here. `GATEDRNN_KERNEL=0` switches them off."""
    return find_compiler() is not None


def why() -> str:
    """One sentence on whether kernels can be compiled here, and with what."""
    if os.environ.get("GATEDRNN_KERNEL") == "0":
        return _("Compiled kernels are switched off by GATEDRNN_KERNEL=0; everything runs without them.")
    found = find_compiler()
    if found is None:
        names = ", ".join(NAMES)
        return _("No C compiler works here ({names} were tried); everything runs without compiled kernels.").format(
            names=names
        )
    return _("Kernels are compiled by {path} ({version}).").format(path=found.path, version=found.version)


def find_compiler() -> Compiler | None:
    """The first compiler on the path that compiles a small program, or None."""
    if os.environ.get("GATEDRNN_KERNEL") == "0":
        return None
    return _search(os.environ.get("CC", ""), os.environ.get("PATH", ""))


@cache
def _search(wanted: str, path: str) -> Compiler | None:
    for name in dict.fromkeys([*([wanted] if wanted else []), *NAMES]):
        found = shutil.which(name, path=path)
        if found:
            identity = _identity(Path(found).resolve())
            note = f"compiler-{identity}.json"
            compiler = _read(kept(note) or b"") or _try(found, identity)
            if compiler:
                keep(note, json.dumps(asdict(compiler)).encode())
                return compiler
    return None


def _identity(path: Path) -> str:
    """A name for a compiler and the processor it compiles for, found without starting it."""
    about = path.stat()
    return sha256(
        repr((str(path), about.st_size, about.st_mtime_ns, _processor(), NATIVE, LINKS, FLAGS)).encode()
    ).hexdigest()


def _processor() -> str:
    """What tells processors apart: their instruction sets where the system lists them."""
    try:
        rows = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        rows = []
    told = {row for row in rows if row.startswith(("flags", "Features", "model name", "CPU part"))}
    return repr((platform.machine(), platform.processor(), sorted(told)))


def _read(note: bytes) -> Compiler | None:
    """What was found out about a compiler earlier."""
    try:
        found = json.loads(note)
        return Compiler(found["path"], tuple(found["flags"]), found["version"], found["identity"])
    except (ValueError, KeyError, TypeError):
        return None


def _try(path: str, identity: str) -> Compiler | None:
    """The compiler with the first flags that give a small library."""
    version = _version(path)
    for native, links in product(NATIVE, LINKS):
        compiler = Compiler(path, (*FLAGS, *links, *([native] if native else [])), version, identity)
        try:
            with tempfile.TemporaryDirectory(prefix="gatedrnn-") as folder:
                source = Path(folder) / "try.c"
                source.write_text(_SMALL)
                compiler.compile(source, source.with_suffix(".so"))
        except OSError:
            continue
        return compiler
    return None


def _version(path: str) -> str:
    """The first line of what a compiler says about itself."""
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, errors="replace", timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition("\n")[0]
