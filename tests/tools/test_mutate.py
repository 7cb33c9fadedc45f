"""The list of small changes still fits the source, and the tool that makes them finds what tests do not notice."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mutate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate", Path(__file__).with_name("mutate.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutate"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


LISTED = """
[[numbers]]
name = "minus for plus"
file = "sum.py"
old = "a + b"
new = "a - b"

[[numbers]]
name = "the docstring changed"
file = "sum.py"
old = "Two numbers"
new = "Three numbers"

[[loops]]
name = "a loop without end"
file = "sum.py"
old = "    return"
new = "    while True: pass\\n    return"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A package of one function with a test that sees its sum and nothing else."""
    root = tmp_path / "project"
    (root / "gatedrnn_course").mkdir(parents=True)
    (root / "tests").mkdir()
    (root / "gatedrnn_course" / "__init__.py").touch()
    (root / "gatedrnn_course" / "sum.py").write_text('def add(a, b):\n    """Two numbers."""\n    return a + b\n')
    (root / "tests" / "test_sum.py").write_text(
        "from gatedrnn_course.sum import add\n\ndef test(): assert add(2, 3) == 5\n"
    )
    (root / "list.toml").write_text(LISTED)
    return root


def test_every_entry_of_the_list_fits_the_source_and_has_a_name_of_its_own(mutate: ModuleType) -> None:
    mutations = mutate.read()
    assert [f"{m.name}: {fault}" for m in mutations if (fault := m.fault(ROOT))] == []
    names = [(m.room, m.name) for m in mutations]
    assert [name for name in set(names) if names.count(name) > 1] == []
    assert len(mutations) > 200


def test_what_no_test_notices_survives_and_is_named(
    mutate: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tree / "gatedrnn_course" / "sum.py").read_text()
    options = ["--results", str(tree / "results")]
    assert mutate.main(["--room", "numbers", *options], tree, tree / "list.toml") == 1
    told = capsys.readouterr().out.splitlines()
    assert [line.split() for line in told[:3]] == [["room", "noticed", "of"], ["numbers", "1", "2"], ["all", "1", "2"]]
    assert told[3:] == ["survives: numbers: the docstring changed (gatedrnn_course/sum.py)"]
    assert (tree / "gatedrnn_course" / "sum.py").read_text() == before
    assert mutate.main(["--named", "minus", *options], tree, tree / "list.toml") == 0
    assert mutate.main(["--only", "1", *options], tree, tree / "list.toml") == 0


@pytest.fixture
def answers(mutate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[bool | None]:
    """What the tests say from now on, first without any change, then with one, and so on; no test is run."""
    said: list[bool | None] = []
    monkeypatch.setattr(mutate, "passes", lambda *_args: said.pop(0))
    return said


def test_a_change_whose_tests_do_not_end_is_noticed(
    mutate: ModuleType, tree: Path, answers: list[bool | None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers += [True, None]
    assert mutate.main(["--room", "loops", "--results", str(tree / "results")], tree, tree / "list.toml") == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["loops", "1", "1"]
    assert '"found": "no end"' in (tree / "results").read_text()


def test_what_was_asked_is_kept_until_source_or_test_change(
    mutate: ModuleType, tree: Path, answers: list[bool | None]
) -> None:
    options = ["--named", "minus", "--results", str(tree / "results")]
    answers += [True, False]
    for _time in range(2):
        assert mutate.main(options, tree, tree / "list.toml") == 0
    (tree / "tests" / "test_sum.py").write_text("def test(): pass\n")
    answers += [True, True]
    assert mutate.main(options, tree, tree / "list.toml") == 1
    assert answers == []
    assert len((tree / "results").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('old = "a + b"', 'old = "a * b"', "its old text stands 0 times in gatedrnn_course/sum.py, not once"),
        ('old = "a + b"', 'old = "a"', "its old text stands 3 times"),
        ('new = "a - b"', 'new = "a + b"', "it changes nothing"),
        ('name = "minus for plus"\nfile = "sum.py"', 'name = "minus for plus"\nfile = "gone.py"', "there is no "),
    ],
)
def test_an_entry_that_fits_no_more_is_an_error_by_name(
    mutate: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    assert old in LISTED
    (tree / "list.toml").write_text(LISTED.replace(old, new, 1))
    assert mutate.main(["--room", "loops", "--results", str(tree / "results")], tree, tree / "list.toml") == 2
    told = capsys.readouterr().err
    assert told.startswith("numbers: minus for plus: ") and words in told


def test_tests_that_fail_without_any_change_are_an_error(
    mutate: ModuleType, tree: Path, answers: list[bool | None], capsys: pytest.CaptureFixture[str]
) -> None:
    answers += [False]
    assert mutate.main(["--results", str(tree / "results")], tree, tree / "list.toml") == 2
    assert "Without any change these fail, or take 300 s: tests/test_sum.py" in capsys.readouterr().err


def test_an_unknown_room_is_told(mutate: ModuleType, tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        mutate.main(["--room", "kitchen"], tree, tree / "list.toml")
    assert "no such room: kitchen; there are numbers, loops" in capsys.readouterr().err
