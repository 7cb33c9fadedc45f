"""The first cell where the course is missing, with pip itself, out of a folder of small stand-ins for packages."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from gatedrnn_course.authoring.first_cell import first_cell

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
ON_COLAB = {"torch": "2.9.0+cu126", "numpy": "2.0.2", "scikit-learn": "1.6.1", "scipy": "1.16.3"}
NEWEST = "99.0"


def wheel(folder: Path, name: str, version: str, needs: Iterable[str] = (), extras: Iterable[str] = ()) -> Path:
    """A package of one empty module."""
    stem = f"{name.replace('-', '_')}-{version}"
    head = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}", *(f"Provides-Extra: {one}" for one in extras)]
    files = {
        f"{name.replace('-', '_')}_stand_in.py": "",
        f"{stem}.dist-info/METADATA": "\n".join([*head, *(f"Requires-Dist: {need}" for need in needs)]) + "\n",
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {path: hashlib.sha256(text.encode()).digest() for path, text in files.items()}
    record = f"{stem}.dist-info/RECORD"
    rows = (f"{path},sha256={base64.urlsafe_b64encode(d).decode().rstrip('=')}," for path, d in digests.items())
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        for name_, text in (*files.items(), (record, "\n".join([*rows, f"{record},,"]))):
            file.writestr(name_, text)
    return path


@pytest.fixture(scope="module")
def fetched(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is installed, by name, after the first cell ran on a machine that has what Colab has."""
    folder = tmp_path_factory.mktemp("colab")
    index = folder / "index"
    index.mkdir()
    lines = [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]
    for name in {Requirement(line).name for line in lines} - {PROJECT["name"]}:
        wheel(index, name, NEWEST)
    under = (f'{line}; extra == "{extra}"' for extra in EXTRAS for line in EXTRAS[extra])
    course = wheel(folder, PROJECT["name"], PROJECT["version"], [*PROJECT["dependencies"], *under], EXTRAS)
    there = [wheel(folder, name, version) for name, version in ON_COLAB.items()]
    venv.EnvBuilder(with_pip=False).create(folder / "venv")

    def pip(*words: str) -> str:
        command = [sys.executable, "-m", "pip", "--python", str(folder / "venv"), *words, "--disable-pip-version-check"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    pip("install", "--no-index", *map(str, there))
    source, line = (each.strip() for each in first_cell().splitlines()[3:5])
    address = source.split('"')[1]
    assert line.startswith("%pip install --quiet ") and address.startswith("git+https://")
    words = line.removeprefix("%pip ").replace("{source}", course.as_uri()).replace('"', "")
    requirement = words.removeprefix("install --quiet ")
    pip("install", "--quiet", "--no-index", "--find-links", str(index), requirement)
    return dict(row.split("==") for row in pip("list", "--format=freeze").split())


def test_torch_and_what_else_is_there_stay_as_they_are(fetched: dict[str, str]) -> None:
    assert {name: fetched[name] for name in ON_COLAB} == ON_COLAB


def test_the_course_comes_with_what_it_and_the_lessons_need(fetched: dict[str, str]) -> None:
    needs = {Requirement(line).name for line in (*PROJECT["dependencies"], *EXTRAS["lessons"])}
    assert {"mido", "optuna", "anywidget"} <= needs
    assert fetched == {PROJECT["name"]: PROJECT["version"], **dict.fromkeys(needs, NEWEST), **ON_COLAB}


def test_jupyterlab_is_not_put_into_a_notebook_that_runs(fetched: dict[str, str]) -> None:
    assert not {"jupyterlab", "ipykernel", "pytest", "pooch"} & fetched.keys()
