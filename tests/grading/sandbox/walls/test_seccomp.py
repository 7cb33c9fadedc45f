"""The program that the kernel runs before each system call, run here by an interpreter of its own."""

from __future__ import annotations

import errno
import re
import struct
import sys
from pathlib import Path

import pytest

from gatedrnn_course.grading.sandbox.child.walls.seccomp import ARCHITECTURES, program
from gatedrnn_course.grading.sandbox.child.walls.syscalls import CHECKED, NUMBERS

ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
PID = 4711
MACHINES = pytest.mark.parametrize("machine", ARCHITECTURES)
FORBIDDEN = [
    "execve",
    "execveat",
    "fork",
    "vfork",
    "socket",
    "connect",
    "bind",
    "listen",
    "accept",
    "accept4",
    "sendmsg",
    "sendmmsg",
    "recvmsg",
    "memfd_create",
    "shmget",
    "chmod",
    "fchmod",
    "fchmodat",
    "chown",
    "fchown",
    "fchownat",
    "utime",
    "utimes",
    "utimensat",
    "truncate",
    "setxattr",
    "removexattr",
    "mknod",
    "mknodat",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_open",
    "pidfd_send_signal",
    "pidfd_getfd",
    "unshare",
    "setns",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "bpf",
    "perf_event_open",
    "io_uring_setup",
    "userfaultfd",
    "keyctl",
    "add_key",
    "sched_setaffinity",
    "setpriority",
    "setuid",
    "setgid",
    "setresuid",
    "capset",
    "kexec_load",
    "init_module",
    "reboot",
    "personality",
    "tkill",
    "name_to_handle_at",
    "open_by_handle_at",
]


def runs(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the program says to a call."""
    data = struct.pack("<iIQ6Q", number, audit or ARCHITECTURES[machine][0], 0, *arguments, *[0] * (6 - len(arguments)))
    code = [struct.unpack_from("<HBBI", program(machine, PID), at) for at in range(0, len(program(machine, PID)), 8)]
    at = held = 0
    while True:
        operation, true, false, operand = code[at]
        at += 1
        if operation == 0x20:
            held = struct.unpack_from("<I", data, operand)[0]
        elif operation == 0x54:
            held &= operand
        elif operation in (0x15, 0x35):
            holds = held == operand if operation == 0x15 else held >= operand
            at += true if holds else false
        else:
            assert operation == 0x06
            return int(operand)


def number(machine: str, name: str) -> int:
    found = {**NUMBERS, **CHECKED}[name][ARCHITECTURES[machine][1]]
    assert found is not None
    return found


@MACHINES
def test_what_is_on_the_list_is_allowed_and_nothing_else(machine: str) -> None:
    column = ARCHITECTURES[machine][1]
    listed = {numbers[column] for numbers in NUMBERS.values()}
    checked = {numbers[column] for numbers in CHECKED.values()}
    for k in set(range(600)) - checked:
        assert runs(machine, k) == (ALLOW if k in listed else REFUSE | errno.EPERM), k
    assert len(program(machine, PID)) // 8 < 4096


@MACHINES
def test_no_dangerous_call_is_on_the_list(machine: str) -> None:
    assert not set(FORBIDDEN) & {*NUMBERS, *CHECKED}


@MACHINES
@pytest.mark.parametrize(
    ("name", "arguments", "allowed"),
    [
        ("clone", (0x00010000 | 0x100,), True),
        ("clone", (17,), False),
        ("clone", (0x10000000,), False),
        ("kill", (PID, 9), True),
        ("kill", (PID + 1, 9), False),
        ("kill", (0xFFFFFFFF, 9), False),
        ("kill", (0, 9), False),
        ("tgkill", (PID, 5, 9), True),
        ("tgkill", (1, 5, 9), False),
        ("rt_sigqueueinfo", (1, 9, 0), False),
        ("prctl", (15, 0), True),
        ("prctl", (4, 1), False),
        ("prctl", (22, 2), False),
        ("prlimit64", (0, 7, 0, 0x7FFFFFFF0000), True),
        ("prlimit64", (0, 7, 0x7FFF00000000, 0), False),
        ("prlimit64", (0, 7, 8, 0), False),
        ("ioctl", (1, 0x5401), True),
        ("ioctl", (1, 0x5412), False),
        ("fcntl", (1, 3), True),
        ("fcntl", (1, 1033), False),
        ("fcntl", (1, 8), False),
        ("sendto", (3, 1, 1, 0, 0, 0), True),
        ("sendto", (3, 1, 1, 0, 0x100000000, 16), False),
        ("socketpair", (1, 1, 0), True),
        ("socketpair", (16, 1, 0), False),
    ],
)
def test_arguments_decide(machine: str, name: str, arguments: tuple[int, ...], allowed: bool) -> None:
    assert runs(machine, number(machine, name), *arguments) == (ALLOW if allowed else REFUSE | errno.EPERM)


@MACHINES
def test_threads_start_by_the_older_call(machine: str) -> None:
    assert runs(machine, number(machine, "clone3")) == REFUSE | errno.ENOSYS


@MACHINES
def test_calls_by_the_rules_of_another_processor_end_the_process(machine: str) -> None:
    assert runs(machine, number(machine, "read"), audit=0x40000003) == KILL  # i386
    if machine == "x86_64":
        assert runs(machine, 0x40000000 | number(machine, "read")) == REFUSE | errno.EPERM


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
OTHER_NAMES = {"newfstatat": "fstatat"}


@MACHINES
def test_the_numbers_are_those_of_the_headers(machine: str) -> None:
    if not sys.platform.startswith("linux") or not HEADERS[machine].exists():
        pytest.skip(f"no header of Linux for {machine} is installed here")
    text = HEADERS[machine].read_text()
    defined = {m[1]: int(m[2]) for m in re.finditer(r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", text, re.MULTILINE)}
    for name, numbers in {**NUMBERS, **CHECKED}.items():
        known = defined.get(name, defined.get(OTHER_NAMES.get(name, name)))
        assert numbers[ARCHITECTURES[machine][1]] == known or known is None, name
