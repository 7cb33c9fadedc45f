"""The filter of system calls: a list of those allowed, as a program that the kernel runs before each call.

A call that is not on the list fails with EPERM; `clone3` fails with ENOSYS, after which the C library starts threads by
`clone`. The program is generated here from the table of numbers, for the processor at hand: there is no binary to keep.

Source: `seccomp(2)`, `linux/filter.h`, `linux/seccomp.h`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Mapping

from .syscalls import CHECKED, NUMBERS
from .system import prctl

__all__ = ["ARCHITECTURES", "program", "take_away_system_calls"]

ARCHITECTURES: Mapping[str, tuple[int, int]] = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""By the name of a processor: its number in `linux/audit.h`, and its column in the table."""

SET_SECCOMP, FILTER = 22, 2
LOAD, AND, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
X32 = 0x40000000  # calls of a third kind, on x86_64 only
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
CLONE_THREAD = 0x00010000
Instruction = tuple[int, int, int, int]
Program = list[Instruction]

IOCTLS = (0x5401, 0x541B, 0x5421, 0x5450, 0x5451, 0x5413)  # TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX TIOCGWINSZ
FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)  # up to F_SETLKW; F_DUPFD_CLOEXEC, F_GETPIPE_SZ
NAMES_OF_THREADS = (15, 16)  # PR_SET_NAME, PR_GET_NAME
AF_UNIX = 1


def _low(position: int) -> Instruction:
    return (LOAD, 0, 0, ARGUMENTS + 8 * position)


def _one_of(position: int, *values: int) -> Program:
    """Allow if the argument at a position, of 32 bits, is one of these."""
    tests = [(EQUAL, len(values) - 1 - k, 0, value) for k, value in enumerate(values)]
    last = (EQUAL, 0, 1, values[-1])
    return [_low(position), *tests[:-1], last, _return(ALLOW), _return(REFUSE | errno.EPERM)]


def _is_null(position: int) -> Program:
    """Allow if the argument at a position, of 64 bits, is 0."""
    high = (LOAD, 0, 0, ARGUMENTS + 8 * position + 4)
    return [_low(position), (EQUAL, 0, 3, 0), high, (EQUAL, 0, 1, 0), _return(ALLOW), _return(REFUSE | errno.EPERM)]


def _has(position: int, bits: int) -> Program:
    """Allow if the argument at a position has all these bits."""
    masked = (AND, 0, 0, bits)
    return [_low(position), masked, (EQUAL, 0, 1, bits), _return(ALLOW), _return(REFUSE | errno.EPERM)]


def _return(what: int) -> Instruction:
    return (RETURN, 0, 0, what)


def _checks(pid: int) -> Mapping[str, Program]:
    itself = _one_of(0, pid)
    return {
        "clone": _has(0, CLONE_THREAD),
        "clone3": [_return(REFUSE | errno.ENOSYS)],
        "fcntl": _one_of(1, *FCNTLS),
        "ioctl": _one_of(1, *IOCTLS),
        "kill": itself,
        "prctl": _one_of(0, *NAMES_OF_THREADS),
        "prlimit64": _is_null(2),
        "rt_sigqueueinfo": itself,
        "rt_tgsigqueueinfo": itself,
        "sendto": _is_null(4),
        "socketpair": _one_of(0, AF_UNIX),
        "tgkill": itself,
    }


def program(machine: str, pid: int) -> bytes:
    """The filter for one process.

    Args:
        machine: A name in `ARCHITECTURES`.
        pid: The process, which may send signals to itself.

    Returns:
        Instructions of 8 bytes each, for a machine of little-endian order.
    """
    audit, column = ARCHITECTURES[machine]
    made: Program = [(LOAD, 0, 0, ARCHITECTURE), (EQUAL, 1, 0, audit), _return(KILL), (LOAD, 0, 0, NUMBER)]
    if machine == "x86_64":
        made += [(AT_LEAST, 0, 1, X32), _return(REFUSE | errno.EPERM)]
    for name, check in _checks(pid).items():
        made += _when(CHECKED[name][column], check)
    for numbers in NUMBERS.values():
        made += _when(numbers[column], [_return(ALLOW)])
    made.append(_return(REFUSE | errno.EPERM))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in made)


def _when(number: int | None, then: Program) -> Program:
    """Instructions for one call; what they do ends the program, and any other call jumps over them."""
    return [] if number is None else [(EQUAL, 0, len(then), number), *then]


def take_away_system_calls() -> None:
    """Put the filter in force for this process and all it becomes. Nothing takes it off again.

    Raises:
        OSError: If the kernel refuses.
    """
    code = program(platform.machine(), os.getpid())
    buffer = ctypes.create_string_buffer(code, len(code))

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    given = Filter(len(code) // 8, ctypes.addressof(buffer))
    prctl(SET_SECCOMP, FILTER, ctypes.byref(given))
