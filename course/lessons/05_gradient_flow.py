# %% [markdown]
# # 05 · Gradient flow: why some LSTMs learn and others do not
#
# **You will be able to** say how much of a gradient crosses an LSTM, along which paths, and choose biases with which it
# arrives.
#
# **Needs:** units 01 to 04. **Takes:** 40 minutes. **Costs:** half a minute of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bit_sequences, earlier, explore_flow, plot
from gatedrnn_course import predict, race_on_bits, random_params, reveal, run_cell
from gatedrnn_course import show_cell, show_timeline, sigmoid, step_jacobians

# %% [markdown]
# ## An LSTM that an RNN beats
#
# The test of unit 03: a bit, then distractors, and at the end the question which bit it was. Here a sequence has 25 steps.
# Eight plain RNNs and eight LSTMs train on the same sequences. The biases $b_f$ of the LSTMs begin at 0.


# %%
def forget_bias(value):
    """Sets the forget bias of a cell before it is trained."""

    def start(p, rng):
        p.b_f[:] = value

    return start


# %% tags=["nbval-ignore-output"]
first_starts = {"RNN": ("RNN", None), "LSTM, b_f = 0": ("LSTM", forget_bias(0))}
first_race = race_on_bits(first_starts, steps=25, seeds=8)
told = {name: shares.mean(axis=1) for name, shares in first_race.told.items()}
plot(told, x="rounds of training", y="share of bits told", at=first_race.rounds)

# %% [markdown]
# Most of the RNNs learn it. Not one of the LSTMs does: at 0.5 a network is guessing. And yet an LSTM was built to remember,
# and you know from unit 03 that one unit can hold the bit. The equations are right. What is missing?

# %% [markdown]
# ## What training needs
#
# The error stands at step 25, the bit at step 1. Training changes what step 1 writes only if the error *feels* it: if the
# gradient $\partial c_T / \partial c_1$ is not nearly 0. So ask of one step: by how much does $c_t$ move if $c_{t-1}$ does?
#
# << equation("LSTM", "c") >>

# %%
show_cell("LSTM", lit="c")

# %% [markdown]
# Along the lit line $c_{t-1}$ is multiplied by $f_t$, and something is added. So the slope is $f_t$, a number for each unit.
# Over many steps the slopes multiply, unit by unit:
#
# $$\text{direct path:}\quad \frac{\partial c_T}{\partial c_k} = f_{k+1} \odot f_{k+2} \odot \dots \odot f_T$$
#
# *Forget* means *keep* here, too: $f_t$ is the share that is kept.

# %%
predict(
    "half gates",
    "With b_f = 0 a gate is about 0.5. How much of the gradient crosses 24 steps?",
    ["About a half", "About 1/24", "Less than a millionth"],
)

# %%
with reveal(
    "half gates",
    "Less than a millionth",
    "0.5 to the power of 24 is 0.00000006. A gate is never above 1, so this product "
    "can only shrink: along c, too, a gradient can vanish.",
):
    lags = np.arange(25)
    shares = {f"f = {f}": f**lags for f in (0.99, 0.9, 0.73, 0.5)}
    plot(shares, x="steps back", y="what arrives", log=True)

# %% [markdown]
# So along $c$ an LSTM with $b_f = 0$ is deaf to step 1 when training begins. The cell state carries a gradient only where the
# forget gates are near 1. But is the RNN not deaf, too? And is there no other way than along $c$?

# %% [markdown]
# ## Three networks on one axis
#
# Now measure. The **Jacobian** of a step holds the slope of each new number by each old one. Over several steps these matrices
# multiply, later ones at the left. The largest **singular value** of the product says how much of a gradient arrives at most
# (unit 01).


# %%
def arrives(js, first=0):
    """What arrives over 0, 1, 2, ... steps, from the Jacobians of the steps."""
    product, sizes = np.eye(js.shape[-1]), [1.0]
    for j in js[:0:-1]:  # from the last step back
        product = product @ j
        block = product[first:, first:]
        sizes.append(np.linalg.norm(block, 2))  # largest singular value
    return sizes


# %% [markdown]
# `step_jacobians` finds the matrices by moving every number of the state a little. It works for any step. The three below are
# your own where your check has passed, else the course's.

# %% tags=["nbval-ignore-output"]
rnn_step, lstm_step = earlier("rnn_step"), earlier("lstm_step")
residual_layer = earlier("residual_layer")

# %% [markdown]
# Three kinds of network with 16 units, random weights about as large as torch draws them, and 40 steps. In a **ResNet**
# (unit 02) each layer adds something to what it got: depth takes the place of time, and each layer has its own weights.

# %%
H, SIZE = 16, 0.15
xs, zero = bit_sequences(1, 41)[0], np.zeros((1, H))


def jacobians(name, p):
    """The Jacobians of all steps: (41, 16, 16), or (41, 32, 32) for h and c."""
    if name == "RNN":
        return step_jacobians(rnn_step, [zero], p, xs)[:, 0]
    return step_jacobians(lstm_step, [zero, zero], p, xs)[:, 0]


# %%
predict(
    "three networks",
    "An RNN, an LSTM with b_f = 0, a ResNet: in which does the gradient shrink?",
    ["In the RNN only", "In the RNN and the LSTM", "In all three"],
)

# %%
with reveal(
    "three networks",
    "In the RNN and the LSTM",
    "Along c this LSTM does worse than the RNN. With b_f = 3 a good part arrives. In "
    "the ResNet x goes straight through, as if its f were 1: nothing shrinks.",
):
    curves = {"RNN": arrives(jacobians("RNN", *random_params("RNN", 1, SIZE)))}
    for b_f in (0, 1, 3):
        js = jacobians("LSTM", *random_params("LSTM", 1, SIZE, b_f=b_f))
        curves[f"LSTM along c, b_f = {b_f}"] = arrives(js[:, H:, H:])
    layers = random_params("residual layer", 41, SIZE)
    js = step_jacobians(residual_layer, [zero + 1.0], layers)[:, 0]
    curves["ResNet"] = arrives(js)
    plot(curves, x="steps back, or layers", y="what arrives", log=True)

# %% [markdown]
# In the code, `js[:, H:, H:]` is the part of the Jacobian that leads from $c_{t-1}$ to $c_t$. It has the gates $f_t$ on its
# diagonal and 0 elsewhere, so its products are the direct path. See for yourself:

# %%
p = random_params("LSTM", 1, SIZE, b_f=1)[0]
js = jacobians("LSTM", p)
f = run_cell("LSTM", p, xs)["f"][:, 0]
largest = np.abs(js[:, H:, H:] - f[:, None] * np.eye(H)).max()
print("the block from c to c is diag(f):", largest < 1e-6)

# %% [markdown]
# ## The path through h
#
# The direct path is not the whole gradient. $h_{t-1} = o_{t-1} \odot \tanh(c_{t-1})$ shows $c_{t-1}$, and enters all gates
# and the candidate of the next step through the matrices $U$. That is a second way from $c_{t-1}$ to later cell states, and
# from there a third, and so on.

# %%
show_cell("LSTM", lit=("h", "f", "i", "c_tilde", "o"))

# %% [markdown]
# All ways together are in the product of the **whole** Jacobians, for $h$ and $c$ side by side. Each has four blocks, and
# $h \leftarrow c$ says how the new $h$ answers to the old $c$. The block $c \leftarrow c$ of the product is the whole gradient
# $\partial c_T / \partial c_k$:
#
# $$J_T \cdots J_{k+2} \, J_{k+1}, \qquad J_t = \begin{pmatrix} h \leftarrow h & h \leftarrow c \\ c \leftarrow h & c \leftarrow
# c \end{pmatrix}$$

# %%
predict(
    "whole gradient",
    "b_f = 3. How large is the whole gradient over 40 steps, beside the direct path?",
    ["Smaller", "The same", "Larger, but below 1", "Larger, above 1"],
)

# %%
with reveal(
    "whole gradient",
    "Larger, above 1",
    "Much of it comes through h, more or less with each draw of the weights. Only the "
    "direct path can be read off the gates.",
):
    ps = random_params("LSTM", 4, SIZE, b_f=3)
    all_js = [jacobians("LSTM", p) for p in ps]
    direct = [arrives(js[:, H:, H:]) for js in all_js]
    curves = {"direct path, mean of four": np.mean(direct, axis=0)}
    for k, js in enumerate(all_js, 1):
        curves[f"whole gradient, weights {k}"] = arrives(js, first=H)
    plot(curves, x="steps back", y="what arrives", log=True)

# %% [markdown]
# Is it really the path through $h$ that makes the difference? Cut it: set all $U$ to 0, and the two must agree.

# %%
for p in ps:
    for name in ("U_f", "U_i", "U_c", "U_o"):
        p[name][:] = 0.0
    js = jacobians("LSTM", p)
    ends = arrives(js[:, H:, H:])[-1], arrives(js, first=H)[-1]
    print("direct {:.4f}, whole {:.4f}".format(*ends))

# %%
predict(
    "explode",
    "Weights seven times as large. What can the whole gradient of an LSTM do?",
    ["Vanish only", "Stay near 1: an LSTM is safe", "Explode"],
)

# %%
with reveal(
    "explode",
    "Explode",
    "Through h an LSTM is a recurrent network like any other. Only the direct path "
    "stays below 1, whatever the weights are.",
):
    curves = {}
    for k, p in enumerate(random_params("LSTM", 4, 1.0, b_f=3), 1):
        curves[f"whole gradient, weights {k}"] = arrives(jacobians("LSTM", p), first=H)
    plot(curves, x="steps back", y="what arrives", log=True)

# %% [markdown]
# ## Why the RNN could learn
#
# The RNN of the first picture began as deaf as the LSTM. Here are both again, before and after their training: what arrives
# along all paths, the median of the eight networks.

# %%
predict(
    "who opens up",
    "In which of the two did training open a way for the gradient?",
    ["In the RNN", "In the LSTM with b_f = 0", "In neither"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "who opens up",
    "In the RNN",
    "In every RNN that learned, U grew: bars below. In the LSTM every path, through h "
    "too, meets gates near 0.5, and training that hears nothing does not open them.",
):
    untrained, curves = race_on_bits(first_starts, 25, rounds=0, seeds=8), {}
    for key, (cell, _start) in first_starts.items():
        for when, race in (("before", untrained), ("after", first_race)):
            js = [jacobians(cell, p) for p in race.params[key]]
            rows = [arrives(one, H if cell == "LSTM" else 0)[:25] for one in js]
            curves[f"{key}, {when}"] = np.median(rows, axis=0)
    plot(curves, x="steps back", y="what arrives", log=True)

# %% [markdown]
# The size of $U$ is its largest singular value. It was near 1 in all eight before training.

# %% tags=["nbval-ignore-output"]
size = [np.linalg.norm(p.U_h, 2) for p in first_race.params["RNN"]]
lanes = {"size of U": size, "bits told": first_race.told["RNN"][-1]}
show_timeline(lanes, "the eight RNNs after training", x="RNN")

# %% [markdown]
# So two sentences that are often read are wrong: *the cell state solves vanishing gradients* (only while $f$ is near 1), and
# *LSTMs cannot explode* (through $h$ they can). People clip the gradient of an LSTM, too.

# %% [markdown]
# ## Play
#
# The four curves of this lesson, the forget bias as a slider:
#
# - At which $b_f$ does the direct path pass the RNN?
# - At which does the whole gradient stay above 1 over 40 steps?
# - Make the weights larger. Which curve hardly moves?

# %%
explore_flow()

# %% [markdown]
# ## Is 1 enough?
#
# Gers, Schmidhuber and Cummins (2000), who added the forget gate, began with a positive bias; then it was often forgotten.
# Jozefowicz, Zaremba and Sutskever (2015) searched ten thousand architectures. One of their findings needs none of them: with
# $b_f = 1$ the plain LSTM closes its gap to the GRU.

# %%
predict(
    "bias one",
    "b_f = 1, all else 0. After how many steps is half of the direct path left?",
    ["About 2", "About 20", "It stays: 1 means keep"],
)

# %%
with reveal(
    "bias one",
    "About 2",
    "sigmoid(1) is 0.73, and 0.73 squared is 0.53. The 1 is a bias, not a gate. It "
    "helps training off the ground; it keeps nothing for ever.",
):
    biases = np.linspace(-2, 6, 81)
    half_lives = np.log(0.5) / np.log(sigmoid(biases))
    curves = {"half-life": half_lives}
    plot(curves, x="b_f", y="steps until half is left", at=biases, log=True)

# %% [markdown]
# On this log axis the line is nearly straight above 1: each 0.7 more in $b_f$ doubles the half-life.

# %% [markdown]
# **In torch** an LSTM has two biases for each gate, and their sum is what counts. Both begin near 0. For $b_f = 1$ set one of
# the two to 1 and the other to 0; both at 1 give 2.

# %% [markdown]
# A gate moves with its inputs. Which half-life has a gate that says 0.99 at most steps and 0.3 at one in ten?

# %%
predict(
    "moving gate",
    "0.99 at nine steps of ten, 0.3 at the tenth; the mean is 0.92. Its half-life?",
    ["About 5 steps", "About 8, as for f = 0.92", "About 69, as for f = 0.99"],
)

# %%
with reveal(
    "moving gate",
    "About 5 steps",
    "Gates multiply, so their logarithms add up. The mean of log f decides, and one "
    "low gate costs more than nine high ones win back.",
):
    f = np.where(np.arange(41) % 10 == 5, 0.3, 0.99)
    steady = {f"always {g:.2f}": np.full(41, g).cumprod() for g in (0.99, f.mean())}
    plot({"0.99, at times 0.3": f.cumprod(), **steady}, x="steps", y="left", log=True)

# %% [markdown]
# ## Spans of all lengths: chrono
#
# One bias for all units means one span for all. Tallec and Ollivier (2018) give each unit a span of its own: $u$, drawn evenly
# from 1 to $T_{max} - 1$, where $T_{max}$ is the longest time that something may have to be kept.
#
# $$b_f = \log u, \qquad b_i = -b_f$$

# %% [markdown]
# Then $f = u / (1 + u)$, a gate that forgets in about $1 + u$ steps, and $i = 1 - f$: a unit that keeps long takes in little at
# a time. They call it **chrono** initialisation.


# %%
def chrono(T_max):
    """Spreads the spans of the units evenly before a cell is trained."""

    def start(p, rng):
        u = rng.uniform(1, T_max - 1, size=len(p.b_f))
        p.b_f[:] = np.log(u)
        p.b_i[:] = -p.b_f

    return start


# %%
curves, units = {}, range(1, H + 1)
starts = {"chrono, T_max = 100": chrono(100), "b_f = 1": forget_bias(1)}
for name, start in starts.items():
    p = random_params("LSTM", 1, SIZE)[0]
    start(p, np.random.default_rng(0))
    curves[name] = np.sort(np.log(0.5) / np.log(sigmoid(p.b_f)))
plot(curves, x="unit, the slowest last", y="half-life", at=units, log=True)

# %% [markdown]
# ## The race again
#
# Five starts, now with the bit 12, 25, 50 and 100 steps back. Three LSTMs each, 400 rounds. Chrono is told the length as
# $T_{max}$; the last start has its $b_f$ but leaves $b_i$ as it is.


# %%
def chrono_forget_only(T_max):
    """The forget biases of chrono, without its input biases."""

    def start(p, rng):
        p.b_f[:] = np.log(rng.uniform(1, T_max - 1, size=len(p.b_f)))

    return start


# %%
predict(
    "race",
    "Which LSTMs learn to tell a bit that is 100 steps back, all three of them?",
    ["b_f = 1", "b_f = 3", "chrono", "None"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "race",
    "chrono",
    "Each constant bias gives up at some length, a larger one later. Chrono's forget "
    "biases alone do not do it: its nearly shut input gates are needed, too.",
):
    lengths, ends = (12, 25, 50, 100), {}
    for T in lengths:
        starts = {f"b_f = {b}": ("LSTM", forget_bias(b)) for b in (0, 1, 3)}
        starts["chrono"] = ("LSTM", chrono(T))
        starts["chrono, b_f only"] = ("LSTM", chrono_forget_only(T))
        race = race_on_bits(starts, T, seeds=3)
        for name, shares in race.told.items():
            ends.setdefault(name, []).append(shares[-1].mean())
    plot(ends, x="steps", y="share of bits told", at=lengths)

# %% [markdown]
# Three seeds tell a large difference, no small one: do not read a ranking into curves that cross. And one start had an
# advantage: it was told the length. Where nobody knows it, people try a few values of $T_{max}$.

# %% [markdown]
# ## What training makes of a start
#
# A bias is where training begins. Where does it end? Below are the half-lives of the units of one chrono LSTM of the race over
# 100 steps, before and after training.

# %%
predict(
    "after training",
    "Does training leave the half-lives where chrono put them?",
    ["Yes, nearly", "No, they move apart"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "after training",
    "No, they move apart",
    "Some units now keep far longer than the task asks, others forget at once.",
):
    trained, seqs = race.params["chrono"][0], bit_sequences(64, 100, seed=5)[0]
    before = random_params("LSTM", 1, SIZE)[0]
    chrono(100)(before, np.random.default_rng(0))
    f = {"before": run_cell("LSTM", before, seqs)["f"]}
    f["after"] = run_cell("LSTM", trained, seqs)["f"]
    lives = {k: np.log(0.5) / np.log(v).mean(axis=(0, 1)) for k, v in f.items()}
    lives = {name: np.sort(values) for name, values in lives.items()}
    plot(lives, x="unit, the slowest last", y="half-life", at=units, log=True)

# %% [markdown]
# And this is what its slowest unit does with a bit. At step 1, marked, the bit leaves a small trace in $c$. The forget gate
# keeps it for 80 steps; the candidate, which sees $h$, makes it grow.

# %% tags=["nbval-ignore-output"]
run = run_cell("LSTM", trained, seqs)
slowest = np.log(run["f"]).mean(axis=(0, 1)).argmax()
lanes = {name: run[name][:80, 0, slowest] for name in ("f", "i", "c_tilde", "c", "h")}
show_timeline({"value": seqs[:80, 0, 0], **lanes}, "the slowest unit", mark=1)

# %% [markdown]
# ## What you now know
#
# - Along $c$ a gradient is multiplied by the $f_t$, each at most 1. It can vanish and cannot explode.
# - The whole gradient also goes through $h$ and $U$. It can explode.
# - $b_f = 1$ keeps half for two steps. It is a start for training; longer spans want larger biases.

# %% [markdown]
# **Open:** chrono wants to be told how long to remember. Can a cell find it out? **Next:** in `exercises/en/05_gradient_flow.ipynb`
# you write both gradients, find biases for half-lives, and report on a cell that you trained. Unit 06 takes it to torch and the
# GPU.
