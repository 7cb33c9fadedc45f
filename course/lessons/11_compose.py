# %% [markdown]
# # 11 · Compose: a cell of your own writes chorales
#
# **You will be able to** measure how much a piece surprises a network, let a cell write music step by step, and choose a cell for it by
# measuring.
#
# **Needs:** units 00 to 03; 04, 07 and 08 help. **Takes:** 35 minutes. **Costs:** 15 seconds of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import explore_temperature, made_chorales, play, plot, predict
from gatedrnn_course import reveal, show_roll, show_timeline, sigmoid, train_composers

# %% [markdown]
# ## What comes next?
#
# Here are twelve steps of a chorale in four voices. Time runs to the right, pitch upwards; a bar is a note, as long as it sounds.

# %%
test = made_chorales("test")  # (32 steps, 40 chorales, 88 keys of a piano)
show_roll(test[:12, 0], "The beginning of a chorale.")

# %% [markdown]
# Which notes sound at step 13? Before you look, press play: the ear is a better composer than the eye.

# %%
play(test[:12, 0])

# %%
predict(
    "next chord",
    "You have heard twelve steps. Could you name all notes of step 13?",
    ["Yes, all of them", "Some are likelier than others", "No, every key is as likely"],
)

# %%
with reveal(
    "next chord",
    "Some are likelier than others",
    "A few chords fit, each with a few voicings. So a network does not say a chord: it "
    "gives each of the 88 keys a probability.",
):
    show_roll(test[:20, 0], "Twenty steps of the same chorale.")

# %% [markdown]
# These chorales are made by rule: phrases of eight steps in C major, each ended by a cadence. Bach's own come at the end of the lesson: they
# have to be fetched, and yours must run without a network, too.

# %% [markdown]
# ## Surprise has a unit
#
# A key that sounds although its probability was $p$ costs $-\log p$; a silent one costs $-\log (1 - p)$. Added up over the keys and averaged
# over the steps, this is the **negative log-likelihood**, in nats a step. From raw outputs $a$, without a logarithm of 0:


# %%
def nll(a, notes):
    cost = np.logaddexp(0, a) - notes * a  # log(1 + exp(a)), less a where it sounds
    return cost.sum(axis=-1)


# %%
predict(
    "coin",
    "A coin is tossed for each of the 88 keys. How many nats does a step cost?",
    ["0.69", "8.7", "61"],
)

# %%
with reveal(
    "coin",
    "61",
    "Each key costs log 2 = 0.69 nats, whatever it does, and there are 88.",
):
    print(f"{nll(np.zeros(88), test[0, 0]):.1f} nats")

# %% [markdown]
# Most keys are silent nearly always. Two models without a network are the yardsticks: one knows how often each key sounds, one also whether
# it sounded a step ago, a **Markov chain** for each key.

# %%
train = made_chorales("train")


def logit(p):
    return np.log(p / (1 - p))


often = logit((train.sum(axis=(0, 1)) + 0.5) / (train[..., 0].size + 1))
before, after = train[:-1], train[1:]
stays = (after * before).sum(axis=(0, 1)) + 0.5
comes = (after * (1 - before)).sum(axis=(0, 1)) + 0.5
stays = logit(stays / (before.sum(axis=(0, 1)) + 1))
comes = logit(comes / ((1 - before).sum(axis=(0, 1)) + 1))

# %%
heard, due = test[:-1], test[1:]
surprise = {
    "how often": nll(often, due),
    "Markov chain": nll(np.where(heard > 0, stays, comes), due),
}
for name, cost in surprise.items():
    print(f"{name:<13} {cost.mean():5.2f} nats a step")

# %% [markdown]
# The step before says little about the next one, key by key. A network hears all keys at once, and remembers.

# %% [markdown]
# ## Choose a cell by measuring
#
# Three kinds, with about 24,000 parameters each, read-out and all: an RNN of 90 units, a GRU of 48, an LSTM of 40. Three of each learn from
# the same 200 chorales, each from a start of its own.

# %%
predict(
    "which cell",
    "Which kind is least surprised by chorales it did not hear?",
    ["The RNN", "The GRU", "The LSTM", "No kind: starts differ as much"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "which cell",
    "No kind: starts differ as much",
    "The ranges overlap. Nothing in these chorales has to be kept for longer than "
    "a phrase of eight steps, and gates pay where something must be kept.",
):
    cells = {"RNN": ("RNN", 90), "GRU": ("GRU", 48), "LSTM": ("LSTM", 40)}
    made = train_composers(cells, seeds=3)
    for name, kinds in made.items():
        each = sorted(nll(one.outputs(heard), due).mean() for one in kinds)
        print(f"{name:<5} {each[0]:.2f} to {each[-1]:.2f} nats a step")

# %% [markdown]
# Two nats below the Markov chain, whichever you take. Three starts and one learning rate do not choose a cell: unit 09 says how to compare
# fairly, and the exercise lets you take any cell you built. On Bach's own chorales LSTMs reach 8.4.

# %% [markdown]
# ## Where it is surprised
#
# The mean hides the music. Here is the surprise at each step, averaged over 40 chorales.

# %%
predict(
    "where",
    "At which step of a phrase of eight is a trained cell least surprised?",
    ["The first", "The fourth", "The seventh or eighth"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "where",
    "The seventh or eighth",
    "There the cadence comes, and a Markov chain does not know where in the phrase it "
    "is. The third phrase ends in another cadence: nobody expects that one.",
):
    surprise |= {
        name: nll(made[name][0].outputs(heard), due) for name in ("RNN", "LSTM")
    }
    curves = {name: cost.mean(axis=1) for name, cost in surprise.items()}
    plot(curves, x="step", y="nats", at=range(2, 33))

# %% [markdown]
# To expect the odd cadence of the third phrase, a cell would have to count phrases: more than twenty steps. None of ours has learned that.

# %% [markdown]
# ## A cell that knows the place
#
# Something in the LSTM counts the steps of a phrase. Of the units that keep, with forget gates above one half in the mean: whose $c$ depends
# most on the place?

# %% tags=["nbval-ignore-output"]
lstm = made["LSTM"][1]
run = lstm.run(heard)
place = np.arange(31) % 8
means = np.stack([run["c"][place == k].mean(axis=(0, 1)) for k in range(8)])
share = means.var(axis=0) / run["c"].var(axis=(0, 1))
unit = int(np.argmax(share * (run["f"].mean(axis=(0, 1)) > 0.5)))
lanes = {name: run[name][:, :, unit].mean(axis=1) for name in ("c", "f", "i", "o")}
show_timeline(lanes, mark=8)

# %% [markdown]
# The lanes are means over 40 different chorales: what is left is a clock. $c$ goes one way from step to step, and where a phrase begins, $f$
# shuts and it starts again. Nobody told it that phrases exist.

# %% [markdown]
# ## It writes
#
# The read-out gives probabilities. To write, let chance decide, key by key, and let the cell hear what it wrote. A **temperature** divides
# the outputs first.

# %%
outputs = np.array([-3.0, -1.0, 0.5, 3.0])
uniform = np.array([0.02, 0.40, 0.40, 0.99])  # one number from chance for each key
for temperature in (0.5, 1.0, 2.0):
    print(temperature, (uniform < sigmoid(outputs / temperature)).astype(int))

# %%
predict(
    "cold",
    "Most keys have a probability far below one half. What does a low temperature do?",
    ["More notes", "Fewer notes", "As many, but others"],
)

# %%
with reveal(
    "cold",
    "Fewer notes",
    "Dividing by a number below 1 pushes every probability away from one half: small "
    "ones towards 0, large ones towards 1. Most are small.",
):
    p = np.array([0.02, 0.2, 0.7])
    for temperature in (0.5, 1.0, 2.0):
        print(temperature, np.round(sigmoid(logit(p) / temperature), 3))

# %% [markdown]
# ## Play
#
# A small LSTM, stored with the course, writes after one chord. The random numbers stay when you move the slider.
#
# - Go down to 0.25. What happens to the voices?
# - Go up to 2. Does it leave C major?
# - Change the random numbers at 0.25, then at 1. Where do the pieces differ more?

# %%
explore_temperature()

# %% [markdown]
# Each key is drawn by itself. So a chord comes out whole only if the network is sure of it: the probabilities say nothing about which keys go
# together.

# %% [markdown]
# ## Listen
#
# Eight steps of a chorale it never heard, and sixteen more by the LSTM, at temperature 0.7. Grey was given, blue is written.

# %% tags=["nbval-ignore-output"]
written = lstm.write(test[:8, 0], steps=16, temperature=0.7)
show_roll(written, "Written by the LSTM.", given=8)
play(written[8:])

# %% [markdown]
# It is no Bach. It keeps the key, moves like four voices and comes to a close in time; it repeats no phrase. `save_midi(written,
# "chorale.mid")` writes a file for a player or a notation program.

# %% [markdown]
# ## Bach
#
# The papers use 382 chorales of Bach, in quarter notes, moved to C. Nats a step, over all steps but the first, as here:

# %% [markdown]
# | model | test |
# | --- | --- |
# | how often | 11.09 |
# | Markov chain | 10.49 |
# | GRU (Chung and others 2014) | 8.54 |
# | best run of Greff and others 2017 | 8.38 |
# | our LSTM of 200 units | 8.39 |

# %% [markdown]
# The last line is printed by `python benchmarks/jsb.py`, which fetches the chorales and takes about a minute a run. Compare only what is
# averaged alike: over steps, not first within pieces.

# %% [markdown]
# ## What you now know
#
# - A piece costs a network nats; 88 coins cost 61 a step.
# - To write is to draw, and to hear what was drawn.
# - Temperature trades surprise for safety.
# - Which cell is best is measured, and depends on what must be kept.

# %% [markdown]
# **Open:** how would a network draw a whole chord at once, or learn that phrase two repeats phrase one? **Next:** in
# `exercises/en/11_compose.ipynb` you build all of this, and your own cell writes a chorale.
