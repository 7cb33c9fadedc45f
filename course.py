#!/usr/bin/env python3
"""Sets the course up and runs it: `python3 course.py COMMAND`; on Windows `py course.py COMMAND`.

Needs Python 3.11 or newer and nothing else. Everything it installs goes into the folder .venv beside this file,
in the versions of constraints.txt; delete that folder and nothing is left.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP, LOG = VENV / "course.json", VENV / "course-setup.log"
# JupyterLab asks no question about news over the first notebook.
LAB_SETTINGS = '{"@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}}\n'
PRODUCTS = ("notebooks", "exercises", "solutions")

START = "py course.py" if os.name == "nt" else "python3 course.py"
USAGE = """\
{start} COMMAND [ARGUMENTS]

{commands}

--torch-index URL  install PyTorch from that index instead of PyPI. On Linux PyPI's build carries CUDA, several GB;
                   https://download.pytorch.org/whl/cpu has the small one for computers without an NVIDIA GPU.
Arguments after the command go to JupyterLab, `gatedrnn grade`, pytest or the notebook builder.
Each command installs what it needs when it first runs, and again when pyproject.toml or constraints.txt changed."""


class Stop(Exception):
    """Nothing more can be done: a sentence for the person and the exit status."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def say(sentence: str) -> None:
    """Print at once, so that it stands before what the programs run next print."""
    print(sentence, flush=True)


def run(program: str, *words: str, cwd: Path = ROOT) -> int:
    """Run a program, of .venv if it has it, in the foreground and return its exit status."""
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    found = shutil.which(program, path=path)
    if not found:
        raise Stop(f"{program} is missing from {VENV}. Delete that folder and run this command again.", 127)
    process = subprocess.Popen([found, *words], cwd=cwd, env={**os.environ, "PATH": path, "VIRTUAL_ENV": str(VENV)})
    while True:
        try:
            status = process.wait()
            return status if status >= 0 else 128 - status
        except KeyboardInterrupt:
            continue  # the program got the Ctrl-C too, and decides what it means


def fingerprint() -> str:
    """What an installation depends on: the project table and the pinned versions."""
    import tomllib  # not in older Pythons, whose users are to read a sentence instead of a traceback

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    parts = [project["project"], project["build-system"], pins]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def pip(*words: str) -> None:
    """Install into .venv, showing one moving line on a terminal and keeping all of it in a log."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["-c", "constraints.txt", *words]
    last: deque[str] = deque(maxlen=12)
    width = shutil.get_terminal_size().columns - 4 if sys.stdout.isatty() else 0
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    with process, LOG.open("a", encoding="utf-8") as log:
        for raw in process.stdout or ():
            line = raw.decode(errors="replace").rstrip()
            log.write(f"{line}\n")
            last.append(line)
            if width > 0:
                print(f"\r  {line.strip()[:width]:<{width}}", end="", flush=True)
    if width > 0:
        print(f"\r{' ' * (width + 2)}\r", end="")
    if process.returncode:
        tail = "\n".join(f"  | {line}" for line in last)
        raise Stop(
            f"pip could not install that. Its last words:\n{tail}\n"
            f"All it said is in {LOG}. Mend the cause, often the network or a full disk, and run this command again.",
            process.returncode,
        )


def make(stamp: dict[str, object]) -> None:
    """Make .venv, from nothing if it is broken or was moved; an environment made by hand is kept and used."""
    say(f"Making {VENV} with Python {sys.version.split()[0]}.")
    clear = ["--clear"] if stamp or not PYTHON.exists() else []
    command = [sys.executable, "-m", "venv", *clear, str(VENV)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)
    if made.returncode:
        hint = " On Debian and Ubuntu: apt install python3-venv." if sys.platform == "linux" else ""
        raise Stop(f"Python could not make {VENV}.{hint}\n{made.stdout}{made.stderr}".rstrip(), made.returncode)


def ready(extras: set[str], index: str | None) -> None:
    """Make .venv hold the project with these extras; where it does already, this costs nothing."""
    stamp = json.loads(STAMP.read_text(encoding="utf-8")) if STAMP.exists() else {}
    index = index or stamp.get("torch_index")
    home = {"root": str(ROOT), "torch_index": index}
    whole = PYTHON.exists() and home.items() <= stamp.items()
    if whole and stamp.get("fingerprint") == fingerprint() and extras <= set(stamp["extras"]):
        return
    start = time.monotonic()
    if not whole:
        make(stamp)
        stamp = home
        STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    if stamp.get("fingerprint") != fingerprint():
        say("Installing PyTorch, the largest part.")
        pip("torch", *(("--index-url", index) if index else ()))
    chosen = sorted(extras.union(stamp.get("extras", ())))
    say(f"Installing the course{' with ' if chosen else ''}{', '.join(chosen)}. The first time, this takes minutes.")
    pip("-e", f".[{','.join(chosen)}]" if chosen else ".")
    STAMP.write_text(json.dumps({**home, "extras": chosen, "fingerprint": fingerprint()}), encoding="utf-8")
    say(f"Installed in {time.monotonic() - start:.0f} s.")


def trust() -> None:
    """Sign the course's notebooks: JupyterLab shows saved widgets and pictures only in notebooks it trusts."""
    found = [str(path) for folder in PRODUCTS for path in sorted((ROOT / folder).rglob("*.ipynb"))]
    command = [str(PYTHON), "-m", "nbformat.sign", *found]
    if found and subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode:
        say("The notebooks could not be signed: JupyterLab may show saved pictures only after a cell is run.")


def browser() -> None:
    """See that the browser tests have a browser, where it can be had without asking."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    if not any(map(shutil.which, names)) and not from_the_system("chromium", "fonts-dejavu"):
        say("Found no Chromium or Chrome: browser tests will be skipped. Install one so that it is on the PATH.")


def walls() -> None:
    """See that the grader has bubblewrap, its strongest sandbox, where it can be had without asking."""
    if sys.platform == "linux" and not shutil.which("bwrap") and not from_the_system("bubblewrap"):
        say("Found no bubblewrap: the grader uses its second sandbox. `gatedrnn doctor` says what works here.")


def from_the_system(*packages: str) -> bool:
    """Install packages of the system, where that takes no password; whether they are there now."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {packages[0]} with apt-get.")
    install = ("apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages)
    return run("apt-get", "update", "-qq") == 0 and run(*install) == 0


def lab(words: Sequence[str]) -> int:
    """Open the course in JupyterLab."""
    trust()
    settings = VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(LAB_SETTINGS, encoding="utf-8")
    options = [f"--ServerApp.root_dir={ROOT}"]
    if lessons := sorted((ROOT / "notebooks" / "en").glob("*.ipynb")):
        options.append(f"--LabApp.default_url=/lab/tree/notebooks/en/{lessons[0].name}")
    if os.environ.get("CI") or (sys.platform == "linux" and not os.environ.keys() & {"DISPLAY", "WAYLAND_DISPLAY"}):
        say("No display here: open the address printed below in a browser.")
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return run("python", "-m", "jupyterlab", *options, *words)


def grade(words: Sequence[str]) -> int:
    """Grade the sample class; with arguments your own: grade FOLDER --unit 03."""
    walls()
    if words:
        return run("gatedrnn", "grade", *words, cwd=Path.cwd())
    say("Grading the sample class, examples/class_03.")
    return run("gatedrnn", "grade", "examples/class_03", "--unit", "03", "--out", "build/grades", "--jobs", "2")


def test(words: Sequence[str]) -> int:
    """Run every test, then every notebook, comparing what it shows; with arguments, only those tests."""
    start = time.monotonic()
    browser()
    walls()
    with TemporaryDirectory() as home:
        os.environ["GATEDRNN_HOME"] = home  # what a learner has got right here is neither seen nor changed
        return tested(words, start)


def tested(words: Sequence[str], start: float) -> int:
    """The tests, then the notebooks."""
    side_by_side = () if words else ("-n", "2", "--dist", "loadfile")
    failed = ["tests"] if run("python", "-m", "pytest", *side_by_side, *words) else []
    folders = [] if words else [name for name in PRODUCTS if any((ROOT / name).rglob("*.ipynb"))]
    if folders:
        say("Running every notebook with what a learner has, and comparing what it shows.")
        notebooks = ("-q", "-n", "2", "--dist", "loadfile", *folders)
        failed += ["notebooks"] if run("python", "tests/tools/as_a_learner.py", *notebooks) else []
    done = f"tests{' and notebooks' if folders else ''}, {time.monotonic() - start:.0f} s"
    say(f"FAILED: {' and '.join(failed)} ({done})." if failed else f"PASSED: {done}.")
    return 1 if failed else 0


def check(words: Sequence[str]) -> int:
    """Check format, lint, types, imports between rooms, and notebooks against their sources."""
    checks = {
        "format": ("python", "-m", "ruff", "format", "--check", "."),
        "lint": ("python", "-m", "ruff", "check", "."),
        "types": ("python", "-m", "mypy"),
        "imports": ("lint-imports", "--no-logo", "--no-cache"),
        "notebooks": ("python", "-m", "gatedrnn_course.authoring", "--check"),
    }
    if unknown := set(words) - set(checks):
        raise Stop(f"There is no check called {', '.join(sorted(unknown))}. There are: {', '.join(checks)}.", 2)
    outcome = {}
    for name in words or checks:
        say(f"-- {name}")
        outcome[name] = run(*checks[name]) == 0
    say("\n" + "\n".join(f"{name:<10} {'ok' if good else 'FAILED'}" for name, good in outcome.items()))
    return 0 if all(outcome.values()) else 1


def notebooks(words: Sequence[str]) -> int:
    """Build notebooks, exercises and solutions from course/; --execute refreshes what they show."""
    return run("python", "-m", "gatedrnn_course.authoring", *words)


def setup(_: Sequence[str]) -> int:
    """Install what all of these need."""
    browser()
    walls()
    trust()
    say(f"Ready. `{START} lab` opens the course.")
    return 0


# Each command, and what it needs installed, as the extras of pyproject.toml.
COMMANDS = {
    lab: {"lab", "data"},
    grade: set(),
    test: {"cluster", "lab", "data", "author", "test"},
    check: {"cluster", "lab", "data", "author", "check"},
    notebooks: {"lab", "data", "author"},
    setup: {"cluster", "lab", "lessons", "data", "author", "test", "check", "docs"},
}


def main(arguments: Sequence[str]) -> int:
    """Read the command line, install what is missing, run the command and return its exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - older Pythons do start this file
        raise Stop(f"The course needs Python 3.11 or newer; this is {sys.version.split()[0]}. Install a newer one.")
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--torch-index")
    options, words = parser.parse_known_args(arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        commands = "\n".join(f"  {each.__name__:<10} {each.__doc__}" for each in COMMANDS)
        say(USAGE.format(start=START, commands=commands))
        return 0
    for command, extras in COMMANDS.items():
        if command.__name__ == words[0]:
            if command is setup and words[1:]:
                raise Stop(f"setup takes no arguments but --torch-index URL; it got {' '.join(words[1:])}.", 2)
            ready(extras, options.torch_index)
            return command(words[1:])
    there = ", ".join(each.__name__ for each in COMMANDS)
    raise Stop(f"There is no command called {words[0]}. There are: {there}.", 2)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        print(stop, file=sys.stderr)
        sys.exit(stop.status)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(130)
