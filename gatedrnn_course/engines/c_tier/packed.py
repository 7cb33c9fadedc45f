"""Parameters in the order of a kernel, kept from call to call while nobody writes into them.

The numbers themselves are looked at: reading them is several times faster than to bring them into another order. A
tensor's version would not do, as torch counts no writes through `.data`, such as `p.data[0] += 1e-6`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from functools import cache
from weakref import ref

from torch import Tensor
from torch.utils.weak import WeakIdKeyDictionary

from gatedrnn_course.engines.c_tier.bind import Kernel, Shape
from gatedrnn_course.engines.c_tier.build.library import load_text
from gatedrnn_course.engines.c_tier.text_digest import DIGEST

__all__ = ["packed"]

_WORD = 4  # bytes that the digest takes at once


class _Areas:
    """The memory of some tensors, as the digest takes it. It holds addresses only: the tensors must be there."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        self._count = len(tensors)
        self._begin = (ctypes.c_void_p * self._count)(*(t.data_ptr() for t in tensors))
        self._words = (ctypes.c_long * self._count)(*(t.nbytes // _WORD for t in tensors))

    def digest(self) -> int:
        """A number that would be another one if any word were, but for a coincidence."""
        return _digest()(self._begin, self._words, self._count)


@cache
def _digest() -> Callable[..., int]:
    function = load_text(DIGEST, _WORD)["digest"]
    function.restype, function.argtypes = ctypes.c_uint64, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long]
    return function


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was packed, and how its source was then.

    Attributes:
        kernel: Whose order it is.
        rest: The stacks but the first, which is the key.
        begin: Where all begin.
        areas: Where they lie.
        digest: Of what lay there.
        numbers: The parameters in the order of the kernel.
    """

    kernel: Kernel
    rest: tuple[ref[Tensor], ...]
    begin: list[int]
    areas: _Areas
    digest: int
    numbers: Tensor


_kept: MutableMapping[Tensor, _Kept] = WeakIdKeyDictionary()


def packed(kernel: Kernel, shape: Shape, stacks: Sequence[Tensor], like: Tensor) -> Tensor:
    """The parameters in the order of the kernel, for reading only.

    Args:
        kernel: The kernel.
        shape: The sizes of a call.
        stacks: Parameters as `stacks.stack` puts them together, contiguous.
        like: A tensor of their type.
    """
    begin = [s.data_ptr() for s in stacks]
    known = _kept.get(stacks[0]) if stacks else None
    if known is not None and known.kernel is kernel and known.begin == begin:
        same = all(r() is s for r, s in zip(known.rest, stacks[1:], strict=True))
        if same and known.digest == known.areas.digest():
            return known.numbers
    numbers = like.new_empty(shape.parameters)
    kernel.pack(shape.sizes, kernel.inside(shape.sizes, stacks), numbers.data_ptr())
    if stacks:
        areas = _Areas(stacks)
        _kept[stacks[0]] = _Kept(kernel, tuple(map(ref, stacks[1:])), begin, areas, areas.digest(), numbers)
    return numbers
