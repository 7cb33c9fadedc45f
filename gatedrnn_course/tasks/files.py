"""Files of real data: where they come from, what they must hash to, and where they are on this machine."""

from __future__ import annotations

import hashlib
import logging
import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal

from gatedrnn_course.errors import CourseError
from gatedrnn_course.text import _

__all__ = ["VARIABLE", "DataFile", "MissingData", "StandIn", "fetch", "optional"]

VARIABLE = "GATEDRNN_DATA"
"""Environment variable naming a folder that already holds the files, as `folder/name`; it is looked into first."""

StandIn = Literal["never", "offline", "always"]
"""Whether a task on real data may be a small generated set: never, only when the data cannot be had, or always."""


class MissingData(CourseError):
    """Real data that is neither on this machine nor to be downloaded now."""


@dataclass(frozen=True)
class DataFile:
    """A file with a public address.

    Attributes:
        folder: Name of its data set.
        name: Name of the file.
        address: Where it is public, at a fixed commit.
        sha256: Hash of its content; empty if only what is inside can be checked (an archive packed anew at each
            download).
        licence: The licence as its origin states it.
    """

    folder: str
    name: str
    address: str
    sha256: str
    licence: str


def optional(package: str) -> ModuleType:
    """A package that only real data needs; raises `MissingData` with the way to install it."""
    try:
        return import_module(package)
    except ImportError as problem:
        raise MissingData(
            _("Reading real data with the package {package}.").format(package=package),
            _("It is not installed."),
            do=_(
                'Install it with: pip install "gatedrnn-course[data]"; or make the task with stand_in="offline" '
                "to go on with a small generated set."
            ),
        ) from problem


def fetch(file: DataFile) -> Path:
    """The file on this machine: from the folder named by `GATEDRNN_DATA`, else from the cache, else downloaded once.

    A download shows a progress bar and the licence.

    Raises:
        MissingData: It is absent and cannot be downloaded, or its content is not the expected one.
    """
    given = os.environ.get(VARIABLE)
    if given and (path := Path(given, file.folder, file.name)).is_file():
        return _checked(path, file)
    pooch = optional("pooch")
    pooch.get_logger().setLevel(logging.WARNING)
    cache = Path(pooch.os_cache("gatedrnn_course"), file.folder)
    expected = f"sha256:{file.sha256}" if file.sha256 else None
    if not (cache / file.name).is_file():
        notice = _("Downloading {name} from {address}. Licence: {licence}.")
        print(notice.format(name=file.name, address=file.address, licence=file.licence))
    try:
        return Path(pooch.retrieve(file.address, expected, file.name, cache, progressbar=True))
    except (OSError, ValueError) as problem:
        raise MissingData(
            _("The file {name} of the data set {folder}.").format(name=file.name, folder=file.folder),
            _("It is not on this machine, and {address} gave no good copy: {problem}.").format(
                address=file.address, problem=type(problem).__name__
            ),
            do=_(
                "Connect to the internet and run again; or set {variable} to a folder that holds {folder}/{name}; "
                'or make the task with stand_in="offline" to go on with a small generated set.'
            ).format(variable=VARIABLE, folder=file.folder, name=file.name),
        ) from problem


def _checked(path: Path, file: DataFile) -> Path:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if file.sha256 and found != file.sha256:
        raise MissingData(
            _("The file {name} in the folder that {variable} names.").format(name=file.name, variable=VARIABLE),
            _("Its sha256 is {found}.").format(found=found),
            _("It should be {expected}.").format(expected=file.sha256),
            _("Replace it with the file from {address}.").format(address=file.address),
        )
    return path
