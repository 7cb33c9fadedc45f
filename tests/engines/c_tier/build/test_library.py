"""Compiling for real: without a compiler, twice at once, from the cache, and many cells in one run."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.build.cache import cache_folder, write_whole

compiled = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")

PROGRAM = """
import torch
from gatedrnn_course.cells import catalogue
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.shared.stacks import by_name
cells = [catalogue[name] for name in ("RNN", "MGU")]
c_tier.kernels_of(cells, 4)
cell = cells[0]
p = [torch.full([{"D": 2, "H": 3}[s] for s in cell.shape(n)], 0.5) for n in cell.parameters]
print(by_name(c_tier.run)(cell, torch.ones(4, 2), [1] * 4, [torch.zeros(1, 3)], p)[0].tolist())
"""

WITHOUT = """
import torch
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.population import Population
from gatedrnn_course.cells import catalogue
print(c_tier.available(), c_tier.usable(catalogue["LSTM"], torch.zeros(1, 1)))
print(c_tier.why())
population = Population(["LSTM", "FGR"], 2, 1, 3)
population.step(torch.zeros(3, 2, 2), torch.zeros(3, 2, 1))
print(population.tier)
try:
    Population("LSTM", 2, 1, 3, tier="c")
except Exception as error:
    print(type(error).__name__)
"""


def start(program, cache, words=(), **more):
    root = str(Path(c_tier.__file__).parents[3])
    environment = {**os.environ, "PYTHONPATH": root, "GATEDRNN_CACHE": str(cache), "GATEDRNN_LANG": "en", **more}
    command = [sys.executable, "-W", "error::UserWarning:gatedrnn_course", "-c", program, *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(process):
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out, err


@compiled
def test_two_processes_build_at_once(tmp_path):
    both = [start(PROGRAM, tmp_path) for _ in range(2)]
    (first, quiet), (second, _) = map(finish, both)
    assert first == second and "0." in first and quiet == ""
    assert len(list((tmp_path / "kernels").glob("*.so"))) == 1  # both made the same
    assert len(list((tmp_path / "kernels").glob("*.in"))) == 2
    assert not list((tmp_path / "kernels").glob(".new-*"))


@compiled
def test_the_cache_spares_the_compiler_and_many_cells_are_one_run(tmp_path):
    real = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    folder, log = tmp_path / "bin", tmp_path / "log"
    folder.mkdir()
    wrapper = folder / "cc"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    first, _ = finish(start(PROGRAM, tmp_path, PATH=path, CC=""))
    calls = log.read_text().splitlines()
    assert sum("kernel.c" in call for call in calls) == 1
    second, _ = finish(start(PROGRAM, tmp_path, PATH=path, CC=""))
    assert log.read_text().splitlines() == calls and first == second


@pytest.mark.parametrize("how", [{"PATH": "", "CC": ""}, {"GATEDRNN_KERNEL": "0"}])
def test_without_a_compiler_everything_runs_without_noise(tmp_path, how):
    out, err = finish(start(WITHOUT, tmp_path, **how))
    available, why, tier, error = out.splitlines()
    assert available == "False False" and tier == "torch" and error == "CourseError"
    assert why.endswith(("everything runs without them.", "everything runs without compiled kernels."))
    assert err == ""


def test_a_compiler_that_fails_is_no_compiler(tmp_path):
    for name in ("cc", "gcc", "clang"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    out, err = finish(start(WITHOUT, tmp_path, PATH=str(tmp_path), CC=""))
    assert out.startswith("False False") and err == ""


PARITY = """
import sys, torch
from gatedrnn_course.cells import ODYSSEY, catalogue
from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.c_tier.build import compiler
from gatedrnn_course.engines.population import Population
compiler.NATIVE = (sys.argv[1],)
c_tier.kernels_of([ODYSSEY["FGR"], catalogue["MUT1"]], 4)
for cell in (ODYSSEY["FGR"], catalogue["MUT1"]):
    for dtype in (torch.float32, torch.float64):
        for H in (1, 5, 19):
            torch.manual_seed(0)
            ours, theirs = (Recurrent(cell, 3, H, dtype=dtype, tier=tier) for tier in ("c", "torch"))
            theirs.load_state_dict(ours.state_dict())
            x = torch.randn(4, 3, 3, dtype=dtype)
            found = []
            for module in (ours, theirs):
                hs = module(x)[0]
                found.append([hs, *torch.autograd.grad(hs.square().sum(), list(module.parameters()))])
            apart = max(float((a - b).abs().max()) for a, b in zip(*found))
            assert apart < (1e-5 if dtype == torch.float32 else 1e-10), (cell.name, dtype, H, apart)
for loss in ("mse", "cross_entropy", "bernoulli"):
    told = torch.zeros(4, 3) if loss == "cross_entropy" else x.float()[..., :2]
    losses = [Population(["V", "GRU"], 3, 2, [5, 16], tier=tier, optimiser="adam", loss=loss, noise=0.1)
              .step(x.float(), told) for tier in ("c", "torch")]
    assert abs(losses[0] - losses[1]).max() < 1e-6, (loss, losses)
print(c_tier.kernel_of(cell, 4).lanes)
"""


@compiled
@pytest.mark.skipif(platform.machine() != "x86_64", reason="these are instruction sets of x86-64")
@pytest.mark.parametrize(("flag", "lanes"), [("-march=x86-64", 4), ("-march=x86-64-v3", 8)])
def test_without_avx512_and_without_avx_the_numbers_are_the_same(flag, lanes, tmp_path):
    out, _ = finish(start(PARITY, tmp_path, words=(flag,)))
    assert out.strip() == str(lanes)


@compiled
def test_more_cells_than_go_into_one_run_are_several(tmp_path, monkeypatch):
    program = PROGRAM.replace("c_tier.kernels_of", "from gatedrnn_course.engines.c_tier.build import library\n"
                              "library.PORTION = 1\nc_tier.kernels_of")  # fmt: skip
    whole, parts = (finish(start(text, tmp_path / name))[0] for text, name in ((PROGRAM, "a"), (program, "b")))
    assert whole == parts
    libraries = [{file.read_bytes() for file in (tmp_path / name).rglob("*.so")} for name in "ab"]
    assert list(map(len, libraries)) == [1, 2]


@compiled
def test_why_names_the_compiler():
    assert "compiled by" in c_tier.why()


def test_a_file_is_put_in_the_cache_whole(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEDRNN_CACHE", str(tmp_path))
    folder = cache_folder()
    assert folder.is_dir() and tmp_path in folder.parents
    write_whole(folder / "a", b"one")
    write_whole(folder / "a", b"two")
    assert (folder / "a").read_bytes() == b"two" and len(list(folder.iterdir())) == 1


@pytest.mark.skipif(os.name != "posix", reason="rights of folders are those of POSIX")
def test_a_folder_others_can_write_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setenv("GATEDRNN_CACHE", str(tmp_path))
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels").chmod(0o777)
    assert tmp_path not in cache_folder().parents


CAREFUL = PROGRAM.replace("p = [", "print(c_tier.supports(cells, torch.float32))\np = [")
OTHERWISE = """
import ctypes, errno, os
from gatedrnn_course.engines.c_tier.build import cache
from gatedrnn_course.errors import CourseError
here, load, write = str(cache.cache_folder()), ctypes.CDLL, os.fdopen
def refuse(name, *more):
    if {where}:
        raise OSError(errno.ENOEXEC, "failed to map segment from shared object")
    return load(name, *more)
def full(handle, *more):
    if {where}:
        os.close(handle)
        raise OSError(errno.ENOSPC, "No space left on device")
    return write(handle, *more)
{what}
"""
WITHOUT_LIBRARIES = """
import torch
from gatedrnn_course.cells import catalogue
from gatedrnn_course.engines import Recurrent, c_tier
from gatedrnn_course.engines.population import Population
print(c_tier.supports([catalogue["RNN"]], torch.float32), Population("MGU", 2, 1, 3).tier)
print(tuple(Recurrent("RNN", 2, 3)(torch.ones(4, 1, 2))[0].shape))
"""


def spoil_half(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def spoil_bytes(file):
    file.write_bytes(bytes(byte ^ 0xFF for byte in file.read_bytes()))


def spoil_all(file):
    file.write_bytes(b"")


def spoil_kind(file):
    file.unlink()
    file.mkdir()


@pytest.fixture(scope="module")
def full_cache(tmp_path_factory):
    """A cache with two kernels, and what the program prints that filled it."""
    folder = tmp_path_factory.mktemp("cache")
    wanted, _ = finish(start(CAREFUL, folder))
    assert wanted.startswith("True")
    return folder, wanted


@compiled
@pytest.mark.parametrize("spoil", [spoil_half, spoil_bytes, spoil_all, spoil_kind])
def test_a_spoiled_cache_is_built_anew(tmp_path, full_cache, spoil):
    folder, wanted = full_cache
    shutil.copytree(folder, tmp_path / "cache")
    files = list((tmp_path / "cache" / "kernels").iterdir())
    assert {file.suffix for file in files} == {".so", ".in", ".json"}
    for file in files:
        spoil(file)
    assert finish(start(CAREFUL, tmp_path / "cache")) == (wanted, "")
    if spoil is not spoil_kind:
        assert all(file.read_bytes() == (folder / "kernels" / file.name).read_bytes() for file in files)


@compiled
@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("ctypes.CDLL = refuse", "here in str(name)"),
        ("cache.os.fdopen = full", "here in os.readlink(f'/proc/self/fd/{handle}')"),
    ],
)
def test_a_cache_that_runs_or_takes_nothing_is_passed_by(tmp_path, full_cache, what, where):
    """As on a disk mounted noexec, and on a full one."""
    if "/proc" in where and not Path("/proc/self/fd").exists():
        pytest.skip("what a handle stands for is read from /proc")
    before = OTHERWISE.replace("{what}", what).replace("{where}", where)
    assert finish(start(before + CAREFUL, tmp_path)) == (full_cache[1], "")


@compiled
@pytest.mark.parametrize("what", ["ctypes.CDLL = refuse", "cache.os.fdopen = full"])
def test_where_no_library_can_be_loaded_the_next_tier_runs(tmp_path, what):
    before = OTHERWISE.replace("{what}", what).replace("{where}", "True")
    out, err = finish(start("import torch" + before + WITHOUT_LIBRARIES, tmp_path))
    assert (out, err) == ("False torch\n(4, 1, 3)\n", "")


MAPS = """
from pathlib import Path
import torch
from gatedrnn_course.cells import parse
from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.build.cache import cache_folder
def maps():
    return sum(str(cache_folder()) in line for line in Path("/proc/self/maps").read_text().splitlines())
cells = [parse(f"h = tanh(0.{k + 1} * h_prev + W_h @ x)") for k in range(6)]
for cell in cells[:2]:
    c_tier.kernel_of(cell, 4)
print(maps())
c_tier.kernels_of(cells[2:], 4)
print(maps())
"""


@compiled
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="memory maps are counted where Linux lists them")
def test_a_process_has_room_for_many_cells(tmp_path):
    """Two maps a library (of about 65,000), and one library for all cells compiled together."""
    for _ in ("compiled", "from the cache"):
        alone, together = map(int, finish(start(MAPS, tmp_path))[0].split())
        assert alone <= 2 * 2 and together <= 3 * 2
    assert len(list((tmp_path / "kernels").glob("*.so"))) == 3
