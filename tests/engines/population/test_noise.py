"""The noise of populations: the published numbers of its generator, its distribution, and C against NumPy."""

import ctypes

import numpy as np
import pytest

from gatedrnn_course.engines import c_tier
from gatedrnn_course.engines.c_tier.build.library import load_text
from gatedrnn_course.engines.population.noise import noise_key, normals, threefry
from gatedrnn_course.engines.population.text_train import TRAIN

compiled = pytest.mark.skipif(not c_tier.available(), reason="no C compiler works here")
ALL = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("word", "rounds", "wanted"),
    [
        (0, 13, "531c7e4f 39491ee5 2c855a92 3d6abf9a"),
        (ALL, 13, "c4189358 1c9cc83a d5881c67 6a0a89e0"),
        (0, 20, "9c6ca96a e17eae66 fc10ecd4 5256a7d8"),
        (ALL, 20, "2a881696 57012287 f6c7446e a16a6732"),
    ],
)
def test_threefry_gives_the_numbers_its_authors_publish(word, rounds, wanted):
    found = threefry([word] * 4, [word] * 4, rounds)
    assert " ".join(f"{int(part[0]):08x}" for part in found) == wanted


def test_numbers_are_from_a_normal_distribution_and_do_not_depend_on_each_other():
    count = 400_000
    z = normals(noise_key(7), 3, count)
    for power, moment in enumerate((0, 1, 0, 3, 0, 15), 1):
        assert abs(np.mean(z**power) - moment) < 0.1 * max(1, moment) ** 0.5
    assert abs(np.mean(z)) < 0.01 and abs(np.std(z) - 1) < 0.01
    for lag in (1, 16, 32, 64):
        assert abs(np.mean(z[lag:] * z[:-lag])) < 0.01
        assert abs(np.mean((z[lag:] ** 2 - 1) * (z[:-lag] ** 2 - 1))) < 0.02
    other = normals(noise_key(7), 4, count), normals(noise_key(8), 3, count)
    assert all(abs(np.mean(z * one)) < 0.01 for one in other)


def test_rounded_numbers_are_the_same():
    whole, rounded = (normals(noise_key(2), 1, 10_000, real) for real in (np.float64, np.float32))
    assert rounded.dtype == np.float32
    np.testing.assert_allclose(rounded, whole, rtol=0, atol=1e-6)


def test_a_number_depends_on_its_key_its_step_and_its_place_alone():
    long = normals(noise_key(1), 5, 1000)
    for count in (0, 1, 63, 64, 65, 999):
        np.testing.assert_array_equal(normals(noise_key(1), 5, count), long[:count])


def by_kernel(rows, D, ldx, seed, step, real):
    """Inputs of all ones with noise of strength 0.5, by the C text."""
    number = {4: ctypes.c_float, 8: ctypes.c_double}[np.dtype(real).itemsize]
    add = load_text(TRAIN, np.dtype(real).itemsize).add_noise
    add.restype = None
    add.argtypes = [ctypes.c_long] * 3 + [ctypes.c_void_p, number, ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p]
    x, found = np.zeros((rows, ldx), real), np.full((rows + 1, ldx), 9, real)
    x[:, :D] = 1
    add(rows, D, ldx, x.ctypes.data, 0.5, (ctypes.c_uint * 4)(*noise_key(seed)), step, found.ctypes.data)
    assert (found[rows:] == 9).all()  # nothing is written behind the last row
    return found[:rows]


@compiled
@pytest.mark.parametrize(("real", "tolerance"), [(np.float32, 1e-6), (np.float64, 1e-14)])
@pytest.mark.parametrize("size", [(1, 1), (5, 3), (40, 8), (7, 88), (300, 65), (1600, 2), (3, 0)])
def test_the_kernel_draws_the_same(size, real, tolerance):
    rows, D = size
    wanted = 1 + 0.5 * normals(noise_key(11), 2**31 + 5, rows * D).reshape(rows, D)
    for ldx in (D, D + 5):
        found = by_kernel(rows, D, ldx, 11, 2**31 + 5, real)
        np.testing.assert_allclose(found[:, :D], wanted, rtol=0, atol=tolerance)
        assert not found[:, D:].any()
