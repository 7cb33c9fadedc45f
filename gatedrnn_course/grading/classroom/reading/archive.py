"""What is packed: a zip or a gzip file, whatever its name says. Never more is unpacked than a notebook may hold."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from gatedrnn_course.text import _

from .cell import Unreadable
from .names import is_export_name, is_notebook_name

__all__ = ["ungzipped", "unzipped"]

_MOST_NAMES = 2000
_MOST_NOTEBOOKS = 10
_DOCUMENTS = {"word/": "Word", "xl/": "Excel", "ppt/": "PowerPoint", "mimetype": "OpenDocument"}


def unzipped(raw: bytes, most: int) -> list[tuple[str, bytes]]:
    """The notebooks in a zip file, or what they were exported to where there are none.

    Args:
        raw: The file.
        most: How many bytes are unpacked at most, all together.

    Returns:
        Their names and contents.

    Raises:
        Unreadable: If there are none, or more is in it than a notebook may hold.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            entries = packed.infolist()
            if len(entries) > _MOST_NAMES:
                raise Unreadable(_("it is a zip file with too many files in it. Hand in the file NAME.ipynb itself."))
            names = [entry.filename for entry in entries]
            if kind := next(
                (kind for start, kind in _DOCUMENTS.items() if any(n.startswith(start) for n in names)), ""
            ):
                text = _("it is a document of {kind}. Hand in the file NAME.ipynb that Jupyter saves.")
                raise Unreadable(text.format(kind=kind))
            wanted = list(_notebooks(entries, is_notebook_name)) or list(_notebooks(entries, is_export_name))
            if not wanted:
                raise Unreadable(_("it is a zip file without a notebook in it. Hand in the file NAME.ipynb itself."))
            found = []
            for entry in wanted[:_MOST_NOTEBOOKS]:
                with packed.open(entry) as file:
                    content = file.read(most + 1)
                most -= len(content)
                if most < 0:
                    raise Unreadable(_too_large())
                found.append((entry.filename, content))
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise Unreadable(_("it is a zip file that is damaged. Hand in the file NAME.ipynb itself.")) from error
    except RuntimeError as error:
        raise Unreadable(_("it is a zip file with a password. Hand in the file NAME.ipynb itself.")) from error


def _notebooks(entries: list[zipfile.ZipInfo], wanted: object) -> Iterator[zipfile.ZipInfo]:
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if not entry.is_dir() and not hidden and callable(wanted) and wanted(path.name):
            yield entry


def ungzipped(raw: bytes, most: int) -> bytes:
    """What a gzip file holds.

    Args:
        raw: The file.
        most: How many bytes are unpacked at most.

    Raises:
        Unreadable: If it is damaged or holds more.
    """
    unpacking = zlib.decompressobj(wbits=31)
    try:
        found = unpacking.decompress(raw, most + 1)
    except zlib.error as error:
        raise Unreadable(_("it is a gzip file that is damaged. Hand in the file NAME.ipynb itself.")) from error
    if len(found) > most:
        raise Unreadable(_too_large())
    return found


def _too_large() -> str:
    return _("what is packed in it is too large for a notebook. Hand in the file NAME.ipynb itself, outputs cleared.")
