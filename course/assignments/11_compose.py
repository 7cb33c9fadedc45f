# %% [markdown]
# # 11 · Compose: your cell writes a chorale
#
# You build what a composer needs: a measure of surprise, a draw, a loop that hears itself, notes and tones. Then a cell of your own choice
# learns, and writes. << unit.points >> points together.
#
# **Needs:** the lesson `notebooks/en/11_compose.ipynb`. **Takes:** 35 to 50 minutes. **Costs:** half a minute of computing, no GPU.

# %% [markdown]
# How to work: replace the line `...  # your code here`, run the cell, run the check. Stuck? `hint(chorale_nll)` gives one hint at a
# time. A function that is wrong or not written yet does no harm: the notebook runs on.
#
# How it is graded:
#
# << terms() >>

# %%
# << first_cell >>
import numpy as np

from gatedrnn_course import check, earlier, example, explore_temperature, hint
from gatedrnn_course import made_chorales, play, progress, save_midi, show_roll
from gatedrnn_course import sigmoid, train_composer, trained_by

lstm_step = earlier("lstm_step")
peephole_equations = earlier("peephole_equations")

# %% [markdown]
# ## Before you start
#
# A piece is an array of 0 and 1, `(T, B, 88)`: steps, pieces side by side, keys. The functions below work for any number of keys. Shorter
# pieces are padded; a mask `(T, B)` is 1 where a step counts.

# %%
outputs, targets, mask = example("chorale_nll")
print("outputs", outputs.shape, "targets", targets.shape, "mask", mask.shape)

# %% [markdown]
# ## 1. How surprised? (<< points("chorale_nll") >> points)
#
# A key that sounds costs $-\log p$, a silent one $-\log(1 - p)$, with $p = \sigma(a)$ and raw output $a$. Written without a logarithm of 0, a
# key costs $\log(1 + e^a) - y a$. Add up the keys; average over all steps that count.


# %% tags=["answer"]
def chorale_nll(outputs, targets, mask):
    # BEGIN SOLUTION
    cost = np.logaddexp(0, outputs) - targets * outputs
    return (cost.sum(axis=-1) * mask).sum() / mask.sum()
    # END SOLUTION


# %% tags=["check"]
check(chorale_nll)

# %% [markdown]
# ## 2. Let chance decide (<< points("sample_notes") >> points)
#
# `uniform` holds a number between 0 and 1 for each key. A key sounds where that number lies below its probability. The temperature divides
# the outputs first.


# %% tags=["answer"]
def sample_notes(outputs, uniform, temperature):
    # BEGIN SOLUTION
    return 1.0 * (uniform < sigmoid(outputs / temperature))
    # END SOLUTION


# %% tags=["check"]
check(sample_notes)

# %% [markdown]
# ## 3. Hear what you wrote (<< points("write_chorale") >> points)
#
# An LSTM, starting from zeros, hears `first`. Its read-out is `h @ p.W_y.T + p.b_y`. What is sampled from it at temperature 1, with
# `uniforms[t]`, is what the cell hears next. Hand back the T steps it wrote, without `first`.

# %%
first, uniforms, p = example("write_chorale")
print("first", first.shape, "uniforms", uniforms.shape)
print("W_y", p.W_y.shape, "b_y", p.b_y.shape, "b_f", p.b_f.shape)


# %% tags=["answer"]
def write_chorale(first, uniforms, p):
    # BEGIN SOLUTION
    x, rows = first, []
    h = c = np.zeros((len(first), len(p.b_f)))
    for uniform in uniforms:
        h, c = lstm_step(x, h, c, p)
        x = sample_notes(h @ p.W_y.T + p.b_y, uniform, 1.0)
        rows.append(x)
    return np.stack(rows)
    # END SOLUTION


# %% tags=["check"]
check(write_chorale)

# %% [markdown]
# Once it is right, this widget writes with your function:

# %%
explore_temperature()

# %% [markdown]
# ## 4. Notes (<< points("to_notes") >> points)
#
# A player wants notes: which pitch, from which step on, how long. Column $k$ is the MIDI pitch $21 + k$. A key that sounds at several steps in
# a row is **one** note. Hand back an array with a row `pitch, start, length` for each, sorted by start, then by pitch.


# %% tags=["answer"]
def to_notes(roll):
    # BEGIN SOLUTION
    rows = []
    for start, sounds in enumerate(roll):
        for k in np.flatnonzero(sounds):
            if start > 0 and roll[start - 1, k]:
                continue  # it began earlier
            end = start
            while end < len(roll) and roll[end, k]:
                end += 1
            rows.append((21 + k, start, end - start))
    return np.array(rows)
    # END SOLUTION


# %% tags=["check"]
check(to_notes)

# %% [markdown]
# ## 5. Tones (<< points("pitch_frequency") >> points)
#
# Pitch 69 is the a of 440 hertz. Twelve steps up are an octave: twice the frequency, in twelve equal factors.


# %% tags=["answer"]
def pitch_frequency(pitch):
    # BEGIN SOLUTION
    return 440 * 2 ** ((pitch - 69) / 12)
    # END SOLUTION


# %% tags=["check"]
check(pitch_frequency)

# %% [markdown]
# ## 6. Your composer (<< points("composer") >> points)
#
# Now choose a cell. Hand back its equations as a text, in the language of unit 03: those you wrote,
# such as `peephole_equations()`, or new ones. It reads `x` and hands on `h`; any further states are its own.


# %% tags=["answer"]
def composer():
    # BEGIN SOLUTION
    return peephole_equations()
    # END SOLUTION


# %% [markdown]
# It learns from 200 chorales; the curve is the surprise on chorales it does not hear. You can stop it, and go on later. The file
# `composer.npz` is handed in with the notebook.

# %% tags=["nbval-ignore-output"]
train_composer(composer)

# %% [markdown]
# Judged is the surprise on 200 fresh chorales: at most 7.75 nats a step. How often each key sounds alone gives 8.75; a Markov chain for
# each key 8.55.

# %% tags=["check"]
check(composer)

# %% [markdown]
# ## It writes
#
# Eight steps are given, sixteen are your cell's. Change temperature and seed.

# %% tags=["nbval-ignore-output"]
mine = trained_by(composer)
if mine:
    given = made_chorales("test")[:8, 0]
    written = mine.write(given, steps=16, temperature=0.7, seed=0)
    show_roll(written, "Written by your cell.", given=8)
    play(written[8:])

# %% [markdown]
# For a player or a notation program: `save_midi(written, "chorale.mid")`. With Bach's own chorales: `Music()` of `gatedrnn_course.tasks` is
# this task, and `benchmarks/jsb.py` shows how it is trained and measured.

# %%
progress("11")
