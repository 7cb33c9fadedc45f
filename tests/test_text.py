"""Every sentence for learners goes through one lookup, at the moment it is shown."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

from gatedrnn_course import text
from gatedrnn_course.cells.edits import single_edits
from gatedrnn_course.grading.units import load

PACKAGE = Path(text.__file__).parent
SOURCES = [path for path in sorted(PACKAGE.rglob("*.py")) if "child" not in path.parts and path.name != "text.py"]
LOOKUPS = {"_": 1, "mark": 1, "n_": 2}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LOOKUPS:
            yield node


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[polib.POFile]:
    """A catalogue to add to; `save` it, then switch to it."""
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(text, "LOCALE", tmp_path)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=2; plural=(n > 1);"}
    catalogue.target = folder / f"{text.DOMAIN}.mo"
    yield catalogue
    text.set_language("en")


def speak(catalogue: polib.POFile, messages: dict[str, str]) -> None:
    catalogue.extend(polib.POEntry(msgid=english, msgstr=french) for english, french in messages.items())
    catalogue.save_as_mofile(str(catalogue.target))
    text.set_language("fr")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_looked_up_can_be_found_by_an_extractor(path: Path) -> None:
    for call in calls(ast.parse(path.read_text("utf-8"))):
        for argument in call.args[: LOOKUPS[call.func.id]]:
            assert not isinstance(argument, ast.JoinedStr), f"line {call.lineno}: an f-string is never in a catalogue"
            formatted = isinstance(argument, ast.Call) and ast.unparse(argument.func).endswith(".format")
            assert not formatted, f"line {call.lineno}: fill placeholders after the lookup"


# A command's language is in the environment before it starts, so its help texts may be looked up at once.
@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.name != "cli.py"], ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_nothing_is_looked_up_while_a_module_loads(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    inside = {
        id(call)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for call in calls(node)
    }
    early = [call.lineno for call in calls(tree) if call.func.id != "mark" and id(call) not in inside]
    assert early == [], "these sentences would stay in the language of the import"


def test_a_message_without_a_translation_stays_english(french: polib.POFile) -> None:
    speak(french, {"gate": "porte"})
    assert (text._("gate"), text._("cell")) == ("porte", "cell")


def test_an_unknown_language_stays_english() -> None:
    text.set_language("tlh")
    try:
        assert text._("gate") == "gate"
    finally:
        text.set_language("en")


def test_a_mistake_is_named_in_the_language_in_force_and_counted_in_english(french: polib.POFile) -> None:
    edit = next(e for e in single_edits(load("03").item("forget_gate").slice) if e.group == ("missing", "b"))
    english = edit.sentence
    speak(
        french,
        {
            "{line} has no bias: `{term}` is missing.": "{line} n'a pas de biais : il manque `{term}`.",
            "the forget gate": "la porte d'oubli",
        },
    )
    assert edit.sentence == "La porte d'oubli n'a pas de biais : il manque `b_f`."
    assert edit.key == english == "The forget gate has no bias: `b_f` is missing."


def test_one_and_several_things(french: polib.POFile) -> None:
    entry = polib.POEntry(msgid="{n} gate", msgid_plural="{n} gates", msgstr_plural={0: "{n} porte", 1: "{n} portes"})
    french.append(entry)
    speak(french, {})
    assert [text.n_("{n} gate", "{n} gates", n).format(n=n) for n in (1, 3)] == ["1 porte", "3 portes"]
