"""The one form in which a notebook is written, whatever machine built or ran it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from gatedrnn_course.authoring.identity import stable_hex
from gatedrnn_course.authoring.notebook import METADATA, copy

__all__ = ["MACHINE_PATH", "normal", "stripped"]

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
_MODEL = re.compile(r"IPY_MODEL_([0-9a-f-]+)")
MACHINE_PATH = re.compile(r"(?<![\w:/.])(?:/[\w.@+-]+){2,}\.py\b|\b[A-Z]:\\[\w\\.-]+|\bipykernel_\d+|\b0x[0-9a-f]{6,}")
"""A file, a process or an address of the machine that ran a cell."""


def normal(notebook: NotebookNode, salt: str) -> NotebookNode:
    """The notebook in normal form: counts 1 to n, no times, widgets with stable ids and only those shown.

    Args:
        notebook: A notebook; it stays as it is.
        salt: What widget ids are made from, the same for every build of this notebook.

    Returns:
        A new notebook. The normal form of a normal form is itself.
    """
    widgets = notebook.metadata.get("widgets", {}).get(STATE, {})
    made = copy(notebook, metadata=METADATA)
    for place, cell in enumerate((cell for cell in made.cells if cell.cell_type == "code"), 1):
        cell.metadata.pop("execution", None)
        cell.execution_count = None if cell.execution_count is None else place
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = place
            if output.output_type == "error" and MACHINE_PATH.search("\n".join(output.traceback)):
                output.traceback = [f"{output.ename}: {output.evalue}"]
    state = widgets.get("state", {})
    shown = _shown_models(made, state)
    if shown:
        kept = {**widgets, "state": {model: _without_defaults(state[model]) for model in shown}}
        made.metadata["widgets"] = {STATE: kept}
    return _renamed(made, {model: stable_hex(salt, k, length=32) for k, model in enumerate(shown)})


def _shown_models(notebook: NotebookNode, state: dict[str, Any]) -> list[str]:
    """The widgets the outputs show and those they are made of, each once, in the order they are met."""
    met: dict[str, None] = {}

    def visit(model: str) -> None:
        if model in state and model not in met:
            met[model] = None
            for part in _MODEL.findall(json.dumps(state[model], sort_keys=True)):
                visit(part)

    for view in _views(notebook):
        visit(view["model_id"])
    return list(met)


def _views(notebook: NotebookNode) -> Iterator[Any]:
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if VIEW in output.get("data", {}):
                yield output.data[VIEW]


def _without_defaults(model: Any) -> Any:
    """A layout names some forty properties, nearly all of them unset: leave those out."""
    if model["model_name"] != "LayoutModel":
        return model
    return {**model, "state": {key: value for key, value in model["state"].items() if value is not None}}


def _renamed(notebook: NotebookNode, names: dict[str, str]) -> NotebookNode:
    """The notebook with widget ids replaced wherever they stand."""
    if not names:
        return notebook
    pattern = re.compile("|".join(map(re.escape, names)))
    text = pattern.sub(lambda match: names[match[0]], json.dumps(notebook))
    return copy(json.loads(text))


def stripped(notebook: NotebookNode) -> NotebookNode:
    """The notebook without anything that running it made."""
    bare = copy(notebook)
    bare.metadata.pop("widgets", None)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return bare
