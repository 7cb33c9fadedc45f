from __future__ import annotations

import io
import wave

import numpy as np
import pytest
from scipy.fft import dct
from scipy.signal import lfilter

from gatedrnn_course.tasks.speech import features, frame_centres, read_wav, standardised

RNG = np.random.default_rng(0)


def tone(frequency: float, seconds: float = 0.5, rate: int = 8000) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * rate)) / rate)


def test_39_features_every_10_ms():
    assert features(tone(440), 8000).shape == ((4000 - 200) // 80 + 1, 39)
    assert features(tone(440, rate=16_000), 16_000).shape == ((8000 - 400) // 160 + 1, 39)


def test_a_sound_shorter_than_a_frame_has_one_frame():
    assert features(np.ones(3), 8000).shape == (1, 39)
    assert frame_centres(3, 8000).tolist() == [100]


def test_cepstra_agree_with_scipys_filter_and_transform():
    samples = RNG.normal(size=1000)
    found = features(samples, 8000)
    emphasised = lfilter([1, -0.97], [1], samples)
    frame = emphasised[160:360] * np.hamming(200)
    power = np.abs(np.fft.rfft(frame, 256)) ** 2
    mel = 2595 * np.log10(1 + np.arange(129) * 8000 / 256 / 700)
    edges = np.linspace(0, 2595 * np.log10(1 + 4000 / 700), 28)
    corners = 700 * (10 ** (edges / 2595) - 1)
    hertz = 700 * (10 ** (mel / 2595) - 1)
    energies = [np.interp(hertz, corners[k : k + 3], [0, 1, 0]) @ power for k in range(26)]
    cepstra = dct(np.log(energies), norm="ortho")
    np.testing.assert_allclose(found[2, :12], cepstra[1:13], rtol=1e-8, atol=1e-8)
    assert found[2, 12] == pytest.approx(np.log(np.sum(samples[160:360] ** 2)))


def test_derivatives_of_a_straight_line_are_its_slope():
    quiet_to_loud = tone(440, 1.0) * np.exp(np.linspace(0, 5, 8000))
    found = features(quiet_to_loud, 8000)
    slope = np.polyfit(np.arange(len(found)), found[:, 12], 1)[0]
    np.testing.assert_allclose(found[5:-5, 25], slope, atol=0.01)
    np.testing.assert_allclose(found[5:-5, 38], 0, atol=0.01)


def test_loudness_moves_the_energy_and_not_the_cepstra():
    samples = RNG.normal(size=2000)
    soft, loud = features(samples, 8000), features(3 * samples, 8000)
    np.testing.assert_allclose(soft[:, :12], loud[:, :12], atol=1e-6)
    np.testing.assert_allclose(loud[:, 12] - soft[:, 12], 2 * np.log(3))


def test_silence_stays_finite():
    assert np.isfinite(features(np.zeros(4000), 8000)).all()


def test_standardised_features_have_mean_0_and_variance_1_on_the_training_part():
    parts = {"train": [RNG.normal(3, 2, (40, 4)), RNG.normal(5, 1, (20, 4))], "test": [np.zeros((5, 4))]}
    scaled = standardised(parts)
    frames = np.concatenate(scaled["train"])
    np.testing.assert_allclose(frames.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(frames.std(axis=0), 1)
    raw = np.concatenate(parts["train"])
    np.testing.assert_allclose(scaled["test"][0][0], -raw.mean(axis=0) / raw.std(axis=0))


def test_wav_files_are_read_as_numbers_below_one():
    memory = io.BytesIO()
    with wave.open(memory, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(np.array([0, 16384, -32768], "<i2").tobytes())
    samples, rate = read_wav(memory.getvalue())
    assert samples.tolist() == [0, 0.5, -1]
    assert rate == 8000
