"""Files of the host: an answer reads none, changes none, and fills no disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import Attacker, Host, text_of

ROOT = Path(__file__).parents[2]

CHANGES = {
    "write": "open(VICTIM, 'w').write('x')",
    "append": "open(VICTIM, 'a').write('x')",
    "write in place": "open(VICTIM, 'r+b').write(b'x')",
    "open to truncate": "os.open(VICTIM, os.O_WRONLY | os.O_TRUNC)",
    "truncate by path": "os.truncate(VICTIM, 0)",
    "truncate in C": "1 / (libc.truncate(VICTIM.encode(), 0) == 0)",
    "permissions": "os.chmod(VICTIM, 0o777)",
    "permissions of the folder": "os.chmod(PLACE, 0o777)",
    "permissions in C": "1 / (libc.fchmodat(-100, VICTIM.encode(), 0o777, 0) == 0)",
    "owner": "os.chown(VICTIM, 12345, 12345)",
    "times": "os.utime(VICTIM, (1, 1))",
    "an attribute": "os.setxattr(VICTIM, 'user.x', b'x')",
    "remove": "os.remove(VICTIM)",
    "rename": "os.rename(VICTIM, VICTIM + '2')",
    "replace": "[open('mine', 'w').close(), os.replace('mine', VICTIM)]",
    "take away": "os.rename(VICTIM, 'mine')",
    "a link to it": "[os.link(VICTIM, 'mine'), open('mine', 'w').write('x')]",
    "a symbolic link to it": "[os.symlink(VICTIM, 'soft'), open('soft', 'w').write('x')]",
    "a symbolic link beside it": "os.symlink('/', PLACE + '/link')",
    "a folder beside it": "os.mkdir(PLACE + '/made')",
    "a pipe beside it": "os.mkfifo(PLACE + '/made')",
    "a node beside it": "os.mknod(PLACE + '/made', 0o100644)",
    "everything beside it": "__import__('shutil').rmtree(PLACE)",
    "by a relative path": "open(os.path.relpath(VICTIM), 'w').write('x')",
    "by the root of the process": "open(os.path.join('/proc/self', 'root') + VICTIM, 'w').write('x')",
    "by the root of the grader": "open(os.path.join('/proc', str(GRADER), 'root') + VICTIM, 'w').write('x')",
    "by the folder's descriptor": "os.open('victim.txt', os.O_WRONLY | os.O_TRUNC, dir_fd=os.open(PLACE, os.O_RDONLY))",
    "by mapping it": "__import__('mmap').mmap(os.open(VICTIM, os.O_RDWR), 1).write(b'x')",
    "by NumPy": "np.array([1.0]).tofile(VICTIM)",
    "by an archive": "np.savez(PLACE + '/made.npz', a=np.ones(1))",
    "a gradebook": "__import__('sqlite3').connect(PLACE + '/gradebook.db').execute('create table grade (x)')",
    "a file in the place for all": "open('/tmp/' + TOKEN, 'w').write('x')",
    "another in the place for all": "open('/var/tmp/' + TOKEN, 'w').write('x')",
    "beside NumPy": "open(os.path.dirname(np.__file__) + '/' + TOKEN, 'w').write('x')",
    "programs": "os.mkdir('/usr/' + TOKEN)",
    "settings": "open('/etc/' + TOKEN, 'w').write('x')",
    "mounted over": "1 / (libc.mount(b'none', PLACE.encode(), b'tmpfs', 0, None) == 0)",
}

READS = {
    "open": "open(PRIVATE).read()",
    "a descriptor": "os.read(os.open(PRIVATE, os.O_RDONLY), 100)",
    "a mapping": "__import__('mmap').mmap(os.open(PRIVATE, os.O_RDONLY), 0, access=1)[:]",
    "NumPy": "np.fromfile(PRIVATE, np.uint8).tobytes()",
    "the line cache": "__import__('linecache').getline(PRIVATE, 1)",
    "C": "[b := ctypes.create_string_buffer(99), libc.read(libc.open(PRIVATE.encode(), 0), b, 98), b.value][2]",
    "a copy": "[__import__('shutil').copy(PRIVATE, 'mine'), open('mine').read()]",
    "a link": "[os.symlink(PRIVATE, 'to'), open('to').read()]",
    "a hard link": "[os.link(PRIVATE, 'hard'), open('hard').read()]",
    "the root of the process": "open(os.path.join('/proc/self', 'root') + PRIVATE).read()",
    "the root of the grader": "open(os.path.join('/proc', str(GRADER), 'root') + PRIVATE).read()",
    "its parents": "open(os.path.relpath(PRIVATE)).read()",
    "names": "[one for one in os.listdir(PLACE) if 'private' in one and secret_names.append(one) is None]",
    "the environment": "os.environ.get('ATTACK_SECRET')",
    "the environment in C": "(setattr(libc.getenv, 'restype', ctypes.c_char_p), libc.getenv(b'ATTACK_SECRET'))[1]",
    "the environment it began with": "open('/proc/self/environ', 'rb').read()",
    "the environment of its parent": "open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "the environment of the grader": "open(f'/proc/{GRADER}/environ', 'rb').read()",
    "the environment of another": "open(f'/proc/{DECOY}/environ', 'rb').read()",
    "all it can see": "[o for o in __import__('gc').get_objects() if isinstance(o, str) and o.startswith('secret-')]",
}

OPENED = {  # to be written to; what an attack would write is left out, should one succeed
    "the judge's own code": "open(CODE, 'a')",
    "NumPy's code": "open(np.__file__, 'a')",
    "the interpreter": "open(os.path.realpath(PYTHON), 'r+b')",
    "the kernel's settings": "open('/proc/sys/kernel/hostname', 'w')",
    "the memory of the grader": "open(f'/proc/{GRADER}/mem', 'r+b')",
    "the system's memory": "open('/dev/mem', 'r+b')",
    "a device": "os.mknod('disk', 0o60660, os.makedev(8, 0))",
    "a terminal": "open('/dev/tty', 'w')",
}

FOREIGN = {
    "passwords": "open('/etc/shadow').read()",
    "the home of root": "os.listdir(HOMES[0])",
    "homes": "[open(home + '/.bashrc').read() for home in HOMES]",
    "the grader's folder": "os.listdir(PLACE)",
    "the kernel's view": "os.listdir('/sys/kernel')",
    "processes": "[one for one in os.listdir('/proc') if one == str(GRADER)][0]",
    "the grader's files": "os.listdir(f'/proc/{GRADER}/fd')",
    "the grader's maps": "open(f'/proc/{GRADER}/maps').read()[1]",
    "the judge": "open(JUDGE).read()[1]",
    "the answers": "open(ANSWERS).read()[1]",
    "the solutions": "os.listdir(COURSE)[0]",
    "the history of the course": "os.listdir(GIT)[0]",
}
OURS = {
    "CODE": str(ROOT / "gatedrnn_course/grading/exchange/frames.py"),
    "JUDGE": str(ROOT / "gatedrnn_course/grading/judging/judge.py"),
    "ANSWERS": str(ROOT / "gatedrnn_course/cells/catalogue.py"),
    "COURSE": str(ROOT / "course"),
    "GIT": str(ROOT / ".git"),
    "HOMES": [str(Path("~root").expanduser()), str(Path.home())],
}
REFUSED = ("PermissionError", "FileNotFoundError", "OSError", "IndexError", "NotADirectoryError")
WITHOUT_FILES = ("the environment", "the environment in C", "all it can see")  # kept by any sandbox


def attack(expression: str) -> str:
    ours = "".join(f"{name} = {known!r}\n" for name, known in OURS.items())
    return f"{ours}secret_names = []\ndef attack(): return tried(lambda: {expression})"


@pytest.mark.parametrize("expression", CHANGES.values(), ids=CHANGES)
def test_nothing_of_the_hosts_is_changed(attacker: Attacker, host: Host, expression: str) -> None:
    attacker.promised("filesystem")
    attacker.run(attack(expression))
    host.untouched()


@pytest.mark.parametrize("expression", OPENED.values(), ids=OPENED)
def test_nothing_that_grades_can_be_written_to(attacker: Attacker, expression: str) -> None:
    attacker.promised("filesystem")
    assert text_of(attacker.run(attack(expression))) in REFUSED


@pytest.mark.parametrize("way", READS)
def test_no_secret_is_read(attacker: Attacker, host: Host, way: str) -> None:
    attacker.promised("environment" if way in WITHOUT_FILES else "filesystem")
    came = text_of(attacker.run(attack(READS[way])))
    assert host.secret not in came and "private" not in came.replace(str(host.private), "")


@pytest.mark.parametrize("expression", FOREIGN.values(), ids=FOREIGN)
def test_what_is_nobodys_business_cannot_be_seen(attacker: Attacker, expression: str) -> None:
    attacker.promised("filesystem")
    assert text_of(attacker.run(attack(expression))) in REFUSED


FILL = """
def attack():
    sizes = [0]
    try:
        for k in range(12):
            with open(f"large{k}", "wb") as file:
                for _ in range(50): sizes.append(file.write(bytes(2 ** 20)))
    except OSError: pass
    return sum(sizes)
"""
MANY = """
def attack():
    made = 0
    try:
        for k in range(6000):
            os.mkdir(f"made{k}")
            made += 1
    except OSError: pass
    return made
"""


@pytest.mark.parametrize(("source", "most"), [(FILL, 128 << 20), (MANY, 5000)], ids=["bytes", "names"])
def test_no_disk_is_filled(attacker: Attacker, host: Host, source: str, most: int) -> None:
    attacker.promised("disk")
    came = attacker.run(source, deadline=20).value
    assert came is not None and int(came) < most  # type: ignore[call-overload]
    attacker.close()


def test_no_file_grows_without_end(attacker: Attacker) -> None:
    attacker.promised("file size")
    source = "def attack():\n    with open('large', 'wb') as file: file.seek(2 ** 27)\n    file = open('large', 'wb')\n"
    problem = attacker.run(f"{source}    file.truncate(2 ** 27)\n    return 1").problem
    assert problem is not None and problem.type in ("OSError", "PermissionError", "FileNotFoundError")


def test_what_is_open_is_no_file_of_the_hosts(attacker: Attacker) -> None:
    source = """
import stat
def attack():
    kinds = []
    for fd in range(4096):
        try: found = os.fstat(fd)
        except OSError: continue
        if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) or stat.S_ISBLK(found.st_mode): kinds.append(fd)
    return len(kinds)
"""
    attacker.close()
    assert attacker.run(source).value == 0
