"""The network and every other way to talk: an answer reaches nobody, and nobody reaches it."""

from __future__ import annotations

import contextlib
import socket
import time
from pathlib import Path

import pytest
from hostile import Attacker, Host, text_of

HEARD_S = 0.02  # a listener notes a connection a moment after it was made

REACH = {
    "TCP": "socket.create_connection(('127.0.0.1', TCP), 2)",
    "TCP by name": "socket.create_connection(('localhost', TCP), 2)",
    "TCP of the other kind": "socket.create_connection(('::ffff:127.0.0.1', TCP), 2)",
    "TCP to every address": "socket.create_connection(('0.0.0.0', TCP), 2)",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', UDP))",
    "a socket in the file system": "socket.socket(socket.AF_UNIX).connect(UNIX)",
    "a socket with an abstract name": "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '\\0' + TOKEN)",
    "a message to an abstract name": (
        "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', '\\0' + TOKEN)"
    ),
    "an address on the web": "__import__('urllib.request').request.urlopen(f'http://127.0.0.1:{TCP}', timeout=2)",
    "asyncio": "__import__('asyncio').run(__import__('asyncio').open_connection('127.0.0.1', TCP))",
    "the C library": (
        "[fd := libc.socket(2, 1, 0), libc.connect(fd, (2).to_bytes(2, 'little') + TCP.to_bytes(2, 'big')"
        " + bytes([127, 0, 0, 1]) + bytes(8), 16)]"
    ),
    "a raw system call": (
        "[fd := libc.syscall(41, 2, 1, 0), libc.syscall(42, fd, (2).to_bytes(2, 'little') + TCP.to_bytes(2, 'big')"
        " + bytes([127, 0, 0, 1]) + bytes(8), 16)]"
    ),
    "data with the handshake": ("socket.socket(socket.AF_INET).sendto(b'x', socket.MSG_FASTOPEN, ('127.0.0.1', TCP))"),
    "an inherited descriptor": (
        "[socket.socket(fileno=fd).connect(('127.0.0.1', TCP)) for fd in range(3, 50) if fd in OPEN]"
    ),
    "queues of Python": "__import__('multiprocessing.connection').connection.Client(('127.0.0.1', TCP))",
}

MADE = {
    "a packet socket": "socket.socket(17, socket.SOCK_RAW)",
    "a raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
    "netlink": "socket.socket(16, socket.SOCK_RAW)",
    "to the hypervisor": "socket.socket(40, socket.SOCK_STREAM)",
    "to the kernel's ciphers": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "Bluetooth": "socket.socket(31, socket.SOCK_RAW, 1)",
    "the name of a host": "socket.create_connection(('example.org', 80), 2)",
}

SERVER = """
import socket, time
server = socket.create_server(("127.0.0.1", PORT))
def attack():
    server.settimeout(1)
    return len(server.accept())
"""
REFUSED = ("PermissionError", "OSError", "gaierror", "ZeroDivisionError", "ConnectionRefusedError", "TimeoutError")


def attack(expression: str) -> str:
    return (
        f"import socket, urllib.request, multiprocessing.connection\ndef attack(): return tried(lambda: {expression})"
    )


@pytest.mark.parametrize("expression", REACH.values(), ids=REACH)
def test_nobody_is_reached(attacker: Attacker, host: Host, expression: str) -> None:
    attacker.promised("network")
    attacker.run(attack(expression))
    time.sleep(HEARD_S)
    host.untouched()


@pytest.mark.parametrize("expression", MADE.values(), ids=MADE)
def test_no_door_to_a_network_is_made(attacker: Attacker, expression: str) -> None:
    attacker.promised("network")
    assert text_of(attacker.run(attack(expression))) in REFUSED


def test_nobody_can_come_in(attacker: Attacker) -> None:
    attacker.promised("network")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    attacker.session.load([f"PORT = {port}\n{SERVER}"])
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), 0.2).close()
        pytest.fail("an answer opened a port of the host")
    attacker.close()


def test_no_descriptor_leaves_by_the_channel(attacker: Attacker, host: Host) -> None:
    """A descriptor sent beside the answer is dropped; the answer may count, the grader keeps nothing open."""
    source = """
import array, gc, socket
def attack():
    for one in gc.get_objects():
        if isinstance(one, socket.socket):
            one.sendmsg([b""], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))])
    return 1
"""
    attacker.run("def attack(): return 1")
    before = _open()
    attacker.run(source, deadline=5)
    attacker.run("def attack(): return 1")
    assert _open() <= before
    host.untouched()


def _open() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
