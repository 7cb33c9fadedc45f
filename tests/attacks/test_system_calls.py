"""System calls by their numbers: those that lead out of a sandbox, or reach deep into the kernel, are refused."""

from __future__ import annotations

import platform
import socket

import pytest
from hostile import Attacker, Host, text_of

if platform.machine() != "x86_64":
    pytest.skip("the numbers are those of x86_64", allow_module_level=True)

# Each with arguments that do little harm where it is let through.
CALLS = {
    "fork": (57,),
    "vfork in a child of its own": (56, 0x4000 | 17),
    "clone3": (435, 0, 0),
    "execve": (59, b"/bin/true\0", 0, 0),
    "execveat": (322, -100, b"/bin/true\0", 0, 0, 0),
    "unshare of the user": (272, 0x10000000),
    "unshare of mounts": (272, 0x00020000),
    "unshare of the network": (272, 0x40000000),
    "setns": (308, 0, 0),
    "mount": (165, b"none\0", b"/tmp\0", b"tmpfs\0", 0, 0),
    "umount": (166, b"/proc\0", 2),
    "pivot_root": (155, b".\0", b".\0"),
    "chroot": (161, b".\0"),
    "open_tree": (428, -100, b"/\0", 1),
    "fsopen": (430, b"tmpfs\0", 0),
    "ptrace of itself": (101, 0, 0, 0, 0),
    "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "pidfd_open": (434, 1, 0),
    "pidfd_getfd": (438, 0, 0, 0),
    "kcmp": (312, 1, 1, 0, 0, 0),
    "bpf": (321, 0, b"\0" * 128, 128),
    "perf_event_open": (298, b"\0" * 128, 0, -1, -1, 0),
    "userfaultfd": (323, 1),
    "io_uring": (425, 8, b"\0" * 120),
    "add_key": (248, b"user\0", b"atk\0", b"x", 1, -2),
    "keyctl": (250, 0, -3, 0),
    "kexec_load": (246, 0, 0, 0, 0),
    "init_module": (175, b"", 0, b"\0"),
    "iopl": (172, 3),
    "modify_ldt": (154, 0, b"\0" * 16, 16),
    "acct": (163, b"/nowhere\0"),
    "swapon": (167, b"/nowhere\0", 0),
    "quotactl": (179, 0x80000100, 0, 0, 0),
    "syslog": (103, 3, b"\0" * 16, 16),
    "setuid": (105, 0),
    "setgroups": (116, 0, 0),
    "capset": (126, b"\0" * 8, b"\xff" * 24),
    "fanotify": (300, 0, 0),
    "name_to_handle_at": (303, -100, b"/\0", b"\x80" + bytes(200), b"\0" * 8, 0),
    "open_by_handle_at": (304, -100, b"\0" * 136, 0),
    "memfd_create": (319, b"atk\0", 0),
    "memfd_secret": (447, 0),
    "shmget": (29, 0, 4096, 0o600),
    "mq_open": (240, b"atk\0", 0o102, 0o600, 0),
    "socket": (41, 2, 1, 0),
    "mknod": (133, b"node\0", 0o20600, 0x103),
    "sched_setaffinity of another": (203, 1, 8, b"\1" + bytes(7)),
    "setpriority of another": (141, 0, 1, 5),
    "vmsplice": (278, 1, 0, 0, 0),
    "lookup_dcookie": (212, 0, 0, 0),
    "sethostname": (170, b"attacked", 8),
    "seccomp back to nothing": (317, 0, 0, 0),
    "personality that reads as it executes": (135, 0x0400000),
}

SOURCE = """
arguments = {arguments!r}
number, *rest = arguments
def attack():
    kept = [ctypes.c_char_p(one) if isinstance(one, bytes) else ctypes.c_long(one) for one in rest]
    before = os.getpid()
    came = libc.syscall(ctypes.c_long(number), *kept)
    if os.getpid() != before: os._exit(0)
    return tried(lambda: f"came {{came}}" if came >= 0 else "refused")
"""


@pytest.mark.parametrize("name", CALLS)
def test_a_system_call_that_leads_out_is_refused(attacker: Attacker, host: Host, name: str) -> None:
    attacker.promised("filesystem")
    before = socket.gethostname()
    reply = attacker.run(SOURCE.format(arguments=CALLS[name]), deadline=3)
    assert text_of(reply).startswith("refused") or reply.problem is not None, text_of(reply)
    assert socket.gethostname() == before
    host.untouched()


def test_another_table_of_calls_is_refused_too(attacker: Attacker) -> None:
    """The calls of 32 bit and of x32 have other numbers; a filter by number alone would let them through."""
    attacker.promised("filesystem")
    assert text_of(attacker.run(SOURCE.format(arguments=(0x40000000 | 41, 2, 1, 0)))).startswith("refused")
    kill = "asm = bytes.fromhex('b814000000cd80c3')"  # getpid by int 0x80
    source = f"""
{kill}
def attack():
    import mmap
    page = mmap.mmap(-1, 4096, prot=7)
    page.write(asm)
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return tried(lambda: "refused" if call() < 0 else "came")
"""
    reply = attacker.run(source, deadline=3)
    assert text_of(reply) == "refused" or reply.problem is not None, text_of(reply)
