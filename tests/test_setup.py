"""The set-up files agree with each other, and course.py starts on nothing but Python."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
COURSE = (ROOT / "course.py").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
CORE_OF_CONDA = {"jupyterlab", "numpy", "torch", "matplotlib", "ipywidgets", "nbval"}
COMMANDS = ("lab", "grade", "test", "check", "notebooks", "setup")


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def ranges() -> list[Requirement]:
    lines = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    return [need for need in map(Requirement, lines) if need.name != PROJECT["name"]]


def conda() -> tuple[dict[str, str], list[str]]:
    """The conda lines as name -> version spec, and the lines of the pip section."""
    lines = ENVIRONMENT["dependencies"]
    (section,) = (line["pip"] for line in lines if isinstance(line, dict))
    words = (line.split(maxsplit=1) for line in lines if isinstance(line, str))
    return {name: "".join(spec) for name, *spec in words}, section


def course(*words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-I", ROOT / "course.py", *words], check=False, capture_output=True, text=True, env=env
    )


@pytest.mark.parametrize("need", ranges(), ids=lambda need: need.name)
def test_every_dependency_is_pinned_within_its_range(need: Requirement) -> None:
    assert need.specifier.contains(pins()[canonicalize_name(need.name)])


def test_pins_hold_on_any_machine() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#") and not re.fullmatch(r"[\w.-]+==[\w.]+", line)] == []


def test_conda_has_the_core_packages_in_the_pinned_versions() -> None:
    specs, section = conda()
    torch = Requirement(next(line for line in section if line.startswith("torch")))
    found = {name: Version(spec.lstrip("=")) for name, spec in specs.items() if name in CORE_OF_CONDA}
    found["torch"] = Version(str(torch.specifier).lstrip("="))
    assert found == {name: pins()[name] for name in CORE_OF_CONDA}


def test_conda_python_is_one_the_project_takes() -> None:
    lowest = conda()[0]["python"].split(",")[0]
    assert lowest == PROJECT["requires-python"]
    assert lowest.removeprefix(">=") == PYPROJECT["tool"]["mypy"]["python_version"]


def test_conda_installs_the_project_with_real_extras() -> None:
    section = conda()[1]
    assert "-c constraints.txt" in section
    (line,) = (line for line in section if line.startswith("-e "))
    chosen = re.fullmatch(r"-e \.\[([\w,]+)\]", line)
    assert chosen is not None
    assert set(chosen[1].split(",")) <= set(EXTRAS)


def test_binder_takes_a_python_that_the_project_takes_and_the_tests_try() -> None:
    """Without this file a builder takes its own default, which may be older than the project needs."""
    found = re.fullmatch(r"python-(3\.\d+)\n", (ROOT / ".binder" / "runtime.txt").read_text("utf-8"))
    assert found is not None
    assert SpecifierSet(PROJECT["requires-python"]).contains(found[1])
    assert found[1] in WORKFLOW["jobs"]["learner"]["strategy"]["matrix"]["python"]


def test_binder_installs_the_project_with_real_extras_in_the_pinned_versions() -> None:
    lines = (ROOT / ".binder" / "requirements.txt").read_text("utf-8").splitlines()
    (constraints,) = (line.removeprefix("-c ") for line in lines if line.startswith("-c "))
    assert (ROOT / ".binder" / constraints).resolve() == ROOT / "constraints.txt"
    (torch,) = (line for line in lines if line.startswith("torch"))
    assert torch == f"torch=={pins()['torch']}"
    (chosen,) = (re.fullmatch(r"-e \.\[([\w,]+)\]", line) for line in lines if line.startswith("-e "))
    assert chosen is not None
    assert {"lab"} <= set(chosen[1].split(",")) <= set(EXTRAS)


def test_the_workflow_tries_the_learners_half_on_every_system() -> None:
    learner = WORKFLOW["jobs"]["learner"]
    matrix = learner["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert all(SpecifierSet(PROJECT["requires-python"]).contains(version) for version in matrix["python"])
    everywhere, elsewhere = (step for step in learner["steps"] if "course.py" in step.get("run", ""))
    assert "if" not in everywhere and elsewhere["if"] == "runner.os != 'Windows'"
    folders = re.findall(r"tests/[\w/]+", f"{everywhere['run']} {elsewhere['run']}")
    assert {"tests/lab", "tests/cells", "tests/grading/items", "tests/grading/judging"} <= set(folders)
    assert all((ROOT / folder).is_dir() for folder in folders)


def test_help_names_the_command_of_the_system() -> None:
    words = "py course.py" if os.name == "nt" else "python3 course.py"
    assert course("--help").stdout.startswith(f"{words} COMMAND")


def test_the_address_of_the_course_stands_in_one_place() -> None:
    address = PROJECT["urls"]["Repository"]
    assert re.fullmatch(r"https://[\w./-]+\.git", address)
    texts = [path for folder in ("course", "gatedrnn_course", ".binder") for path in (ROOT / folder).rglob("*.*")]
    plain = [path for path in (*texts, *ROOT.glob("*.md")) if path.suffix in (".py", ".md", ".txt", ".json", ".js")]
    assert len(plain) > 100
    assert [path for path in plain if address in path.read_text("utf-8")] == []


def test_dev_is_every_other_extra() -> None:
    (everything,) = map(Requirement, EXTRAS["dev"])
    assert everything.name == PROJECT["name"]
    assert everything.extras == set(EXTRAS) - {"dev"}


def test_the_contract_of_cells_forbids_every_dependency_but_numpy() -> None:
    contracts = PYPROJECT["tool"]["importlinter"]["contracts"]
    (forbidden,) = (each["forbidden_modules"] for each in contracts if each["name"] == "cells needs only NumPy")
    assert {Requirement(line).name for line in PROJECT["dependencies"]} - {"numpy"} <= set(forbidden)


def test_version_is_the_same_everywhere() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = re.findall(r"^## (\S+?)[,\s]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert PROJECT["version"] == citation["version"] == changes[0]


def test_course_imports_only_the_standard_library() -> None:
    tree = ast.parse(COURSE)
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in plain | named} <= sys.stdlib_module_names


def test_an_older_python_can_read_course_and_tell_its_version() -> None:
    ast.parse(COURSE, feature_version=(3, 8))


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_help_names_every_command(words: tuple[str, ...]) -> None:
    done = course(*words)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"\n  {command} " in done.stdout for command in COMMANDS)


def test_an_unknown_command_is_told_what_there_is() -> None:
    done = course("grad", "folder")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no command called grad" in done.stderr
    assert all(command in done.stderr for command in COMMANDS)


def test_extras_named_in_course_exist() -> None:
    table = next(
        node.value
        for node in ast.walk(ast.parse(COURSE))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMANDS"
    )
    named = {node.value for node in ast.walk(table) if isinstance(node, ast.Constant)}
    assert named <= set(EXTRAS)
    assert named | {"dev"} == set(EXTRAS)  # setup installs all of them


@pytest.mark.parametrize("path", ["course.py", ".ci/run", ".binder/postBuild"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no executable bit")
def test_scripts_can_be_started(path: str) -> None:
    assert os.access(ROOT / path, os.X_OK)
