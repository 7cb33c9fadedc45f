"""Asks the tests what they would not notice: one small change of the source at a time, and the tests that should fail.

    python tests/tools/mutate.py                            # every change of the list; minutes to an hour
    python tests/tools/mutate.py --room tasks --only 10     # the first ten of one room
    python tests/tools/mutate.py --named "slope of relu"    # those whose name holds these words

The changes stand in `mutations.toml` beside this file, by room. Each is made in a temporary copy of the tree, never in
place. A change is noticed when a test fails or none ends in time; it survives when all pass. What was found is kept in
`--results`, one line a change, and is asked again only when the change, its file or one of its test files is another.
Exit status: 0 when nothing survives, 1 when something does, 2 when an entry no longer fits the source or the tests
fail without any change.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[2]
PACKAGE = "gatedrnn_course"
LIST = Path(__file__).with_name("mutations.toml")
RESULTS = Path(tempfile.gettempdir(), "gatedrnn_mutations.jsonl")
SECONDS = 300
IGNORED = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "*.pyc")


@dataclass(frozen=True)
class Mutation:
    """One small change.

    Attributes:
        room: The part of the package it belongs to.
        name: What is wrong after the change, in words.
        file: The file, relative to the tree's root; in the list, to the package.
        old: A text that stands in the file exactly once.
        new: What stands there after the change.
        tests: The tests to run, as pytest takes them; in the list, relative to `tests`, and where left out the file's
            own: `tests/tasks/test_adding.py` for `tasks/adding.py`.
    """

    room: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def key(self, root: Path) -> str:
        """The same for as long as the change, its file and its tests are the same."""
        files = [self.file, *(test.partition("::")[0] for test in self.tests)]
        content = [Path(root, file).read_bytes() for file in files if Path(root, file).is_file()]
        return hashlib.sha256(repr((self.old, self.new, self.tests, content)).encode()).hexdigest()[:16]

    def fault(self, root: Path) -> str:
        """Why the entry cannot be used on this tree; empty when it can."""
        if missing := [test for test in self.tests if not Path(root, test.partition("::")[0]).exists()]:
            return f"there is no {missing[0]}"
        if not Path(root, self.file).is_file():
            return f"there is no {self.file}"
        if self.old == self.new:
            return "it changes nothing"
        times = Path(root, self.file).read_text(encoding="utf-8").count(self.old)
        return "" if times == 1 else f"its old text stands {times} times in {self.file}, not once"


class Stale(Exception):
    """An entry that no longer fits the source, or tests that fail without any change."""


def read(path: Path = LIST) -> list[Mutation]:
    """The changes of a list, in its order."""
    rooms = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_mutation(room, **entry) for room, entries in rooms.items() for entry in entries]


def _mutation(room: str, name: str, file: str, old: str, new: str, tests: Sequence[str] = ()) -> Mutation:
    own = Path(file).parent / f"test_{Path(file).name}"
    asked = tuple(f"tests/{test}" for test in (tests or [own.as_posix()]))
    return Mutation(room, name, f"{PACKAGE}/{file}", old, new, asked)


def refuse_stale(mutations: Iterable[Mutation], root: Path) -> None:
    """Raise `Stale` with the name of every entry that cannot be used on this tree."""
    faults = [f"{m.room}: {m.name}: {fault}" for m in mutations if (fault := m.fault(root))]
    if faults:
        raise Stale("\n".join(faults))


def passes(tree: Path, tests: Sequence[str], seconds: float) -> bool | None:
    """Whether the tests pass in a tree; None when they do not end in time."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *tests]
    surroundings = {**os.environ, "PYTHONPATH": str(tree), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    with subprocess.Popen(
        command,
        cwd=tree,
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None
    return status == 0


@contextmanager
def changed(tree: Path, mutation: Mutation) -> Iterator[None]:
    """The tree with one change made. The file's time moves too, or Python would take its compiled form of before."""
    path = tree / mutation.file
    text, before = path.read_text(encoding="utf-8"), path.stat()
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    os.utime(path, (before.st_atime + 10, before.st_mtime + 10))
    try:
        yield
    finally:
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()


def ask(mutations: Sequence[Mutation], root: Path, results: Path, seconds: float = SECONDS) -> dict[Mutation, str]:
    """What happens to each change: `noticed`, `no end` or `survives`."""
    kept = {}
    if results.is_file():
        kept = {line["key"]: line["found"] for line in map(json.loads, results.read_text().splitlines())}
    found: dict[Mutation, str] = {}
    sound: set[tuple[str, ...]] = set()
    with tempfile.TemporaryDirectory(prefix="mutate_") as folder, results.open("a") as log:
        tree = Path(folder, "tree")
        shutil.copytree(root, tree, ignore=IGNORED)
        for mutation in tqdm(mutations, unit="change", disable=None):
            key = mutation.key(root)
            if key not in kept:
                if mutation.tests not in sound and not passes(tree, mutation.tests, seconds):
                    raise Stale(f"Without any change these fail, or take {seconds:g} s: {' '.join(mutation.tests)}")
                sound.add(mutation.tests)
                with changed(tree, mutation):
                    passed = passes(tree, mutation.tests, seconds)
                kept[key] = {True: "survives", False: "noticed", None: "no end"}[passed]
                line = {"key": key, "found": kept[key], "room": mutation.room, "name": mutation.name}
                log.write(json.dumps(line) + "\n")
                log.flush()
            found[mutation] = kept[key]
    return found


def table(found: dict[Mutation, str]) -> str:
    """Noticed and all changes by room, then each that survives."""
    rooms = dict.fromkeys(m.room for m in found)
    lines = [f"{'room':<16}{'noticed':>8}{'of':>5}"]
    for room in rooms:
        here = [what for m, what in found.items() if m.room == room]
        lines.append(f"{room:<16}{sum(what != 'survives' for what in here):>8}{len(here):>5}")
    lines.append(f"{'all':<16}{sum(what != 'survives' for what in found.values()):>8}{len(found):>5}")
    lines += [f"survives: {m.room}: {m.name} ({m.file})" for m, what in found.items() if what == "survives"]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT, listed: Path = LIST) -> int:
    """Run from the command line; see the top of this file."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--room", action="append", help="only this room; may be given several times")
    parser.add_argument("--only", type=int, metavar="N", help="only the first N of them")
    parser.add_argument("--named", default="", metavar="WORDS", help="only those whose name holds these words")
    parser.add_argument(
        "--results", type=Path, default=RESULTS, metavar="FILE", help="kept answers, default %(default)s"
    )
    parser.add_argument("--seconds", type=float, default=SECONDS, help="a change's tests may take, default %(default)s")
    options = parser.parse_args(arguments)
    mutations = read(listed)
    if unknown := set(options.room or ()) - {m.room for m in mutations}:
        parser.error(
            f"no such room: {', '.join(sorted(unknown))}; there are {', '.join({m.room: 0 for m in mutations})}"
        )
    try:
        refuse_stale(mutations, root)
        chosen = [m for m in mutations if m.room in (options.room or [m.room]) and options.named in m.name]
        found = ask(chosen[: options.only], root, options.results, options.seconds)
    except Stale as problem:
        print(problem, file=sys.stderr)
        return 2
    print(table(found))
    return int("survives" in found.values())


if __name__ == "__main__":
    sys.exit(main())
