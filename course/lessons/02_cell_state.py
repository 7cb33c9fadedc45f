# %% [markdown]
# # 02 · The cell state: a path that leaves a number alone
#
# **You will be able to** say why the cell of 1997 adds instead of mixing, set its gates by hand, and see the same idea in
# residual and highway layers.
#
# **Needs:** units 00 and 01. **Takes:** 40 minutes. **Costs:** ten seconds of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bit_sequences, catalogue, draw_params, explore_carousel
from gatedrnn_course import explore_depth, gradient_over_depth, parse, plot, predict
from gatedrnn_course import random_params, read_bit, reveal, run_cell, show_cell
from gatedrnn_course import show_timeline

# %% [markdown]
# ## Hold one number
#
# Start small: one unit with one weight. It is given a number, then nothing more comes. It is to hold its number for 40 steps.
# Below it tries with a small weight and with a large one, from 0.5 and from 1.


# %%
def held(w, start, squash=np.tanh):
    """The numbers that h = squash(w * h) holds over 40 steps."""
    h = [start]
    for _step in range(40):
        h.append(squash(w * h[-1]))
    return h


runs = {f"w = {w}, from {s}": held(w, s) for w in (0.9, 1.2) for s in (0.5, 1.0)}
plot(runs, x="step", y="h")

# %% [markdown]
# The small weight shrinks both numbers to 0. The large one drives both to the same number: the unit then knows that something
# came, and no longer what. The weights between lose it too, only later. What would hold a number?

# %% [markdown]
# ## Take tanh away
#
# Without tanh the unit is $h_t = w\,h_{t-1}$: each step multiplies the number by $w$.

# %%
predict(
    "self weight",
    "h_t = w h_{t-1}, without tanh. Which w holds 0.5 for 40 steps?",
    ["w = 0.95", "w = 1", "w = 1.05"],
)

# %%
with reveal(
    "self weight",
    "w = 1",
    "0.95 to the power of 40 is 0.13, and 1.05 to the power of 40 is 7. "
    "Only 1 stays 1, however often it is multiplied.",
):
    linear = {f"w = {w}": held(w, 0.5, lambda a: a) for w in (0.95, 1, 1.05)}
    plot(linear, x="step", y="h")

# %% [markdown]
# The same factor meets the error on its way back, since $\partial h_t / \partial h_{t-1} = w$. Where it is one, an error goes round
# and round and arrives as it left. Hochreiter and Schmidhuber (1997) call this unit the **constant error carousel**. One with
# $w < 1$ is a *leaky integrator*.

# %% [markdown]
# ## A carousel alone adds everything
#
# Now inputs come. As in lesson 01 a sequence begins with a bit, $-1$ or $1$, and a mark beside it; 39 distractors follow. The
# carousel adds whatever arrives: $c_t = c_{t-1} + v_t$, where $v_t$ is the value. As there, a straight line through the state is
# to tell the bit.

# %%
xs, bits = bit_sequences(4000)
value = xs[:, :, 0]
show_timeline({"value": value[:, 0], "mark": xs[:, 0, 1]}, mark=1)

# %%
predict(
    "everything added",
    "The carousel adds all 40 values. How often does the sum still tell the bit?",
    ["Always", "A little more often than by chance", "Never"],
)

# %%
with reveal(
    "everything added",
    "A little more often than by chance",
    "Nothing is lost, and the bit drowns: it is 1 of 40 things in the sum. "
    "The leaky integrators lose it sooner. 0.5 is chance.",
):
    told = {}
    for w in (0.5, 0.9, 1.0):
        c = [np.zeros(4000)]
        for v in value:
            c.append(w * c[-1] + v)
        told[f"c = {w:g} c_prev + v"] = [read_bit(s[:, None], bits) for s in c[1:]]
    plot(told, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# So a second thing is needed: something that decides **what comes in**. And a third: what the unit holds is of no use to the
# others until somebody asks, so something decides **what is shown**.

# %% [markdown]
# ## Two gates
#
# A gate is a number between 0 and 1 that multiplies. The sigmoid $\sigma$ gives such numbers. The **input gate** $i_t$ weighs
# the **candidate** $\tilde{c}_t$, and their product is added:
#
# << equation("LSTM 1997", "i") >>
#
# << equation("LSTM 1997", "c_tilde") >>
#
# << equation("LSTM 1997", "c") >>

# %%
show_cell("LSTM 1997", upto="c", lit="c")

# %% [markdown]
# Follow the thick line: from left to right nothing multiplies the **cell state**, no weight, no matrix, no tanh. Along this line
# $\partial c_t / \partial c_{t-1}$ is the identity.
#
# The **output gate** decides what the **hidden state** shows:
#
# << equation("LSTM 1997", "o") >>
#
# << equation("LSTM 1997", "h") >>

# %%
show_cell("LSTM 1997", lit=("o", "h"))

# %% [markdown]
# This is the core of the cell of 1997. The paper's own version squashes with scaled sigmoids, and its gates see each other's
# last values too. There is no forget gate: that came in 2000.

# %% [markdown]
# ## Hold the bit
#
# One unit is enough. At the mark the input gate opens and the candidate takes the bit; after it the gate is shut. One weight
# and one bias do this.

# %%
hold = draw_params(catalogue["LSTM 1997"], 2, 1, np.random.default_rng(0), scale=0.0)
# All parameters are 0, but for these:
hold.W_i[0, 1], hold.b_i[0] = 16.0, -8.0  # i: open at the mark, else shut
hold.W_c[0, 0] = 3.0  # c_tilde: looks at the value
hold.b_o[0] = 8.0  # o: always open

# %%
predict(
    "held",
    "A sequence began with the bit -1. Which number is c after 39 distractors?",
    ["About 0", "About -1", "The sum of all values"],
)

# %%
with reveal(
    "held",
    "About -1",
    "The bit went in at the mark. After it i is 0.0003, so next to nothing is added, "
    "and what is there stays: no gate has to keep it.",
):
    run, k = run_cell("LSTM 1997", hold, xs), np.argmin(bits)
    lanes = {name: run[name][:, k, 0] for name in ("i", "c_tilde", "c", "o", "h")}
    show_timeline({"value": xs[:, k, 0], "mark": xs[:, k, 1], **lanes})
    told["the cell of 1997"] = [read_bit(c, bits) for c in run["c"]]
    plot(told, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# ## What it cannot do
#
# Now marked bits keep coming, one every 10 steps. The cell is to hold the newest.

# %%
predict(
    "newest",
    "Five bits 1 came, then a bit -1. What does the cell hold?",
    ["-1, the newest", "4, the sum", "0"],
)

# %%
with reveal(
    "newest",
    "4, the sum",
    "The old bits cannot go, so the new one joins them. At c = 4 the hidden state "
    "is 0.999: it says 1.",
):
    stream = np.zeros((60, 1, 2))
    stream[::10, 0, 0], stream[::10, 0, 1] = [1, 1, 1, 1, 1, -1], 1.0
    run = run_cell("LSTM 1997", hold, stream)
    lanes = {name: run[name][:, 0, 0] for name in ("i", "c", "h")}
    show_timeline({"value": stream[:, 0, 0], "mark": stream[:, 0, 1], **lanes})

# %% [markdown]
# A carousel **never forgets**, and nothing bounds what it collects. Here nobody set the gates: cells of 16 units with random
# weights read 300 steps. The paper knew this *drift*, and began with input gates that are nearly shut.

# %%
long, _bits = bit_sequences(50, steps=300)
drift = {}
for b_i in (0, -2, -4):
    ps = random_params("LSTM 1997", 6, b_i=b_i)
    sizes = [np.abs(run_cell("LSTM 1997", p, long)["c"]).mean(axis=(1, 2)) for p in ps]
    drift[f"b_i = {b_i}"] = np.mean(sizes, axis=0)
plot(drift, x="step", y="mean size of c", at=range(1, 301))

# %% [markdown]
# That slows the drift and does not end it. Where $c$ is large, $h = o \odot \tanh(c)$ is stuck near $o$ or $-o$, whatever comes
# in. Gers, Schmidhuber and Cummins (2000) mended this by a gate on the thick line.

# %% [markdown]
# ## Play: a carousel and a leaky integrator
#
# Pulses of size 1 come in.
#
# - One pulse: with which weight does the leaky integrator keep about half of it?
# - One pulse, and the input gate always open: what becomes of each of the two?
# - A pulse every 15 steps: which of the two stays bounded?

# %%
explore_carousel()

# %% [markdown]
# ## Slow c, fast h
#
# Leave the gates to chance: six cells of 16 units with random weights read the sequences of 40 steps. How far does a state move
# in one step, beside its own spread over the 40 steps?

# %%
predict(
    "slow and fast",
    "Which moves more in one step, beside its own spread?",
    ["c does", "h does", "Both about the same"],
)

# %%
with reveal(
    "slow and fast",
    "h does",
    "First six bars: c goes its way in small sums, mostly the one way of the drift. "
    "h goes through o, which follows the input at every step. "
    "Last picture: one unit of the sixth cell.",
):
    moves = {"c": [], "h": []}
    for p in random_params("LSTM 1997", 6):
        run = run_cell("LSTM 1997", p, xs[:, :200])
        for name, rows in moves.items():
            step = np.abs(np.diff(run[name], axis=0)).mean()
            rows.append(step / run[name].std(axis=0).mean())
    show_timeline({f"{name}, move": rows for name, rows in moves.items()}, x="cell")
    show_timeline({name: run[name][:, 0, 0] for name in ("o", "c", "h")})

# %% [markdown]
# **Slow c, fast h** is a saying about the LSTM too. There it needs a forget gate near 1, as lesson 03 measures.

# %% [markdown]
# ## How it was trained in 1997
#
# Back along the thick line an error arrives whole. There is a second way back: $h_{t-1}$ enters gates and candidate through
# $U$. In 1997 the error on that way was used for the weights it met and then cut off: *truncated* gradients. Today it is
# followed; units 04 and 05 look at it.

# %% [markdown]
# ## Depth is like time
#
# A deep network multiplies as often as a long sequence does, only that each layer has weights of its own. Here is a plain
# layer, where $\ell$ counts layers: $h_\ell = \tanh(W h_{\ell-1} + b)$. Fifty of them stand on each other. A gradient of
# norm 1 starts behind the last one.

# %%
plain = parse("h = tanh(W_h @ h_prev + b_h)", name="plain layer")
depth = {"plain": gradient_over_depth(plain)}
plot(depth, x="layer, from the input", y="norm of the gradient", log=True)

# %% [markdown]
# At the input almost nothing arrives. A **residual layer** (He and others, 2015) does over depth what the carousel does over
# time: it keeps what was there and adds a change.
#
# << equations("residual layer") >>

# %%
show_cell("residual layer", lit="h")

# %% [markdown]
# A **highway layer** (Srivastava, Greff and Schmidhuber, 2015) puts a gate on the line. Where the *transform gate* $t_\ell$ is 0
# the old layer is carried on, where it is 1 it is replaced:
#
# << equations("highway layer") >>
#
# The letter $t$ stands for *transform* here and not for time.

# %%
show_cell("highway layer", lit=("t", "h"))

# %%
predict(
    "transform bias",
    "While weights are small, t is about sigmoid(b_t). With which b_t does the "
    "most gradient reach the input of 50 highway layers?",
    ["b_t = 4", "b_t = 0", "b_t = -4"],
)

# %%
with reveal(
    "transform bias",
    "b_t = -4",
    "Each layer carries 1 - t. With b_t = -4 that is 0.982, and 0.982 to the power "
    "of 50 is 0.40. With b_t = 0 it is one half, 50 times over.",
):
    depth["residual"] = gradient_over_depth("residual layer")
    for b_t in (0, -2, -4):
        name = f"highway, b_t = {b_t}"
        depth[name] = gradient_over_depth("highway layer", b_t=b_t)
    plot(depth, x="layer, from the input", y="norm of the gradient", log=True)

# %% [markdown]
# A **negative transform bias** opens the way at the start of training. It is the sister of a positive forget bias, and its
# authors say that they took it from there. Each curve is a mean over four random networks.

# %% [markdown]
# ## How much do the weights matter?
#
# All weights above were rather small. Now let their size grow, and look at the gradient that reaches the input.

# %%
predict(
    "weight size",
    "The weights go from half to four times that size. "
    "Whose gradient at the input changes least?",
    ["Plain layers", "Residual layers", "Highway layers with b_t = -4"],
)

# %%
with reveal(
    "weight size",
    "Highway layers with b_t = -4",
    "Plain layers need weights of just the right size. Residual layers lose nothing "
    "here and let the gradient grow: each adds to what the identity passes on. "
    "In the highway layer the gate decides, and the weights hardly count.",
):
    sizes, kinds = (0.25, 0.5, 1.0, 1.5, 2.0), {"plain": (plain, {})}
    kinds["residual"] = "residual layer", {}
    kinds["highway, b_t = -4"] = "highway layer", {"b_t": -4}
    arrive = {
        name: [gradient_over_depth(cell, size, **bias)[0] for size in sizes]
        for name, (cell, bias) in kinds.items()
    }
    plot(arrive, x="size of the weights", y="norm at the input", at=sizes, log=True)

# %% [markdown]
# An identity path does not make a gradient *right*; it sees to it that a gradient arrives. Residual networks tame the growth in
# other ways, such as normalisation or a branch that starts small.

# %% [markdown]
# ## Play: depth as time
#
# The axis counts layers back from the last one, as unit 01 counts steps back in time.
#
# - With which transform biases does at least half of the gradient come down 25 layers?
# - With such a bias, change the size of the weights. What do the other two kinds of layers do?

# %%
explore_depth()

# %% [markdown]
# ## What you now know
#
# - Hold a number: add to it and never multiply it. Then $\partial c_t / \partial c_{t-1}$ is the identity.
# - Adding needs a gate for what comes in and one for what is shown.
# - Residual and highway layers do over depth what a cell state does over time.

# %% [markdown]
# **Open:** a carousel can never forget, and sooner or later it must. Unit 03 puts the forget gate on the thick line, and the
# factor 1 becomes a number that the cell chooses. **Next:** `exercises/en/02_cell_state.ipynb`, where you build all of this.
