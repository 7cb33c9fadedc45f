from __future__ import annotations

import re

import pytest

from gatedrnn_course.lab import variants
from gatedrnn_course.lab.variants import ASKED, FUNCTIONS, STEPS, explore_variants, own_variants
from gatedrnn_course.studies.odyssey.variants import VARIANTS


@pytest.fixture(scope="module")
def widget():
    return explore_variants()


def seen(svg: str) -> list[str]:
    """The rows of equations that can be seen."""
    return re.findall(r'<g opacity="1"><text[^>]*>(.*?)</text>', svg)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_shows_its_edit(widget, name: str) -> None:
    widget.move(variant=name)
    svg = widget.picture().svg
    assert len(seen(svg)) == 6
    looks = dict(re.findall(r'<g opacity="1"><text x="8" y="\d+" ([^>]*)>(\w+)', svg))
    edited = {row for look, row in looks.items() if "font-weight" in look}
    assert bool(edited) == (name != "V")
    assert sum("line-through" in one for one in re.findall(r'opacity="1"><text[^>]*>', svg)) == sum(
        change.after is None for change in VARIANTS[name].changes
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("V", "c = 0.76 and -0.76, h = 0.64 and -0.64."),
        ("NFG", "c = 0.76 and 0.00"),
        ("NIAF", "c = 1.00 and -1.00"),
        ("NOAF", "h = 0.76 and -0.76"),
        ("CIFG", "V does the same here."),
        ("NP", "V does the same here."),
        ("FGR", "V does the same here."),
    ],
)
def test_what_each_keeps_and_shows(widget, name: str, says: str) -> None:
    widget.move(variant=name, size=1, others=0)
    assert says in widget.read_out()


def test_without_input_gate_all_comes_in(widget) -> None:
    widget.move(variant="NIG", size=1, others=0)
    quiet = widget.read_out()
    widget.move(variant="NIG", size=1, others=1)
    assert quiet != widget.read_out() and "V differs by up to" in widget.read_out()


def test_it_asks_after_it_writes() -> None:
    first, second = variants.WRITES
    assert first < ASKED[0] < second < ASKED[-1] <= STEPS


def test_the_variants_are_the_learner_s_own_once_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def mine() -> str:
        return VARIANTS["NIG"].cell.text.replace("c_tilde", "new")

    monkeypatch.setattr(variants, "owned", lambda **ours: ({**ours, "no_input_gate": mine}, ("no_input_gate",)))
    cells, yours = own_variants()
    assert yours == ("no_input_gate",) and "new" in cells["NIG"].text and set(cells) == {"V", *FUNCTIONS}
    assert "no_input_gate" in explore_variants().whose
