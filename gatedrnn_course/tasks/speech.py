"""From sound to features: mel-frequency cepstra, energy, and how both change, as used for TIMIT."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from collections.abc import Sequence as Many
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FEATURES", "features", "frame_centres", "read_wav", "standardised"]

FEATURES = 39
CEPSTRA = 12
FILTERS = 26
WINDOW, STRIDE = 0.025, 0.010
"""Length and distance of the frames, in seconds."""

PRE_EMPHASIS = 0.97
FLOOR = 1e-10  # keeps the logarithm of silence finite


def read_wav(content: bytes) -> tuple[NDArray[np.float64], int]:
    """Samples in [-1, 1) and their rate in hertz, from 16-bit mono PCM in a RIFF file."""
    with wave.open(io.BytesIO(content)) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        return samples / 2.0**15, sound.getframerate()


def frame_centres(samples: int, rate: int) -> NDArray[np.int64]:
    """The middle sample of each frame; only whole frames count, and a sound shorter than one frame has one."""
    window, stride = round(WINDOW * rate), round(STRIDE * rate)
    return np.arange(max(0, samples - window) // stride + 1) * stride + window // 2


def features(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """12 cepstra and the log energy of each frame, then their first and their second derivatives: `(frames, 39)`.

    Pre-emphasis x[t] - 0.97 x[t-1]; Hamming windows of 25 ms every 10 ms; power spectrum; 26 triangular filters, even
    on the mel scale up to half the rate; logarithm; cosine transform. The energy is that of the frame before
    pre-emphasis.

    Args:
        samples: `(N,)`; padded with zeros to one frame if shorter.
        rate: Samples a second.

    Source: Greff et al. 2017, section IV.A. The number of filters (26) and the derivative (over two frames each way)
    are not in the paper; they are those of HTK, its usual tool.
    """
    window = round(WINDOW * rate)
    samples = np.pad(samples, (0, max(0, window - len(samples))))
    places = frame_centres(len(samples), rate)[:, None] + np.arange(window) - window // 2
    energy = np.log(np.sum(samples[places] ** 2, axis=1) + FLOOR)
    emphasised = np.append(samples[:1], samples[1:] - PRE_EMPHASIS * samples[:-1])
    points = 2 ** int(np.ceil(np.log2(window)))
    power = np.abs(np.fft.rfft(emphasised[places] * np.hamming(window), points)) ** 2
    cepstra = np.log(power @ _filters(rate, points).T + FLOOR) @ _cosines().T
    static = np.column_stack([cepstra, energy])
    first = _derivative(static)
    return np.column_stack([static, first, _derivative(first)])


def standardised(
    parts: Mapping[Any, Many[NDArray[np.float64]]], by: Any = "train"
) -> dict[Any, list[NDArray[np.float64]]]:
    """Every feature moved and scaled to zero mean and unit variance over the frames of the part `by`."""
    frames = np.concatenate(parts[by])
    mean, deviation = frames.mean(axis=0), frames.std(axis=0)
    return {name: [(part - mean) / deviation for part in arrays] for name, arrays in parts.items()}


def _derivative(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slope over two frames each way, the ends repeated: sum of n (v[t+n] - v[t-n]) over 10, for n = 1, 2."""
    padded = np.pad(values, ((2, 2), (0, 0)), mode="edge")
    return np.asarray((padded[3:-1] - padded[1:-3] + 2 * (padded[4:] - padded[:-4])) / 10)


@cache
def _filters(rate: int, points: int) -> NDArray[np.float64]:
    """Triangles on the mel scale, `(26, points/2 + 1)`."""
    highest = 2595 * np.log10(1 + rate / 2 / 700)
    corners = 700 * (10 ** (np.linspace(0, highest, FILTERS + 2) / 2595) - 1)
    frequencies = np.arange(points // 2 + 1) * rate / points
    low, peak, high = corners[:-2, None], corners[1:-1, None], corners[2:, None]
    return np.maximum(0, np.minimum((frequencies - low) / (peak - low), (high - frequencies) / (high - peak)))


@cache
def _cosines() -> NDArray[np.float64]:
    """Rows 1 to 12 of the orthonormal cosine transform of 26 values, `(12, 26)`."""
    k, n = np.arange(1, CEPSTRA + 1)[:, None], np.arange(FILTERS)
    return np.asarray(np.sqrt(2 / FILTERS) * np.cos(np.pi * k * (n + 0.5) / FILTERS))
