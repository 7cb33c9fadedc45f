# %% [markdown]
# # 07 · The GRU: one gate that keeps and adds
#
# **You will be able to** say what the two gates of a GRU do, tell its two forms and the two meanings of $z$ apart, and say what
# it saves and gives up beside the LSTM.
#
# **Needs:** units 00 to 03. **Takes:** 40 minutes. **Costs:** 20 seconds, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bit_over_time, bit_sequences, catalogue, draw_params
from gatedrnn_course import explore_gates, explore_grus, parse, plot, predict, read_bit
from gatedrnn_course import reveal, run_cell, show_cell, show_timeline, sigmoid
from gatedrnn_course import Params, train_on_bits, train_to_count

# %% [markdown]
# ## Three cells with one name
#
# Three cells read the same inputs with the same weights. All three are called GRU: that of Cho and others (2014), that of Chung and
# others (2014), and that of `torch.nn.GRU`. This is one of their units:

# %%
gru, gru_torch = catalogue["GRU"], catalogue["GRU reset after"]
last_line = "h = (1 - z) * h_prev + z * h_tilde"
gru_chung = parse("\n".join([*gru.text.splitlines()[:-1], last_line]), "GRU of Chung")
xs, bits = bit_sequences(400)
p = draw_params(gru_torch, 2, 16, np.random.default_rng(5), scale=0.5)
names = {"Cho 2014": gru, "Chung 2014": gru_chung, "torch.nn.GRU": gru_torch}
runs = {name: run_cell(cell, p, xs)["h"] for name, cell in names.items()}
plot({name: h[:, 0, 0] for name, h in runs.items()}, x="step", y="one number of h")

# %% [markdown]
# Put weights from one into another and you get wrong numbers without an error. This lesson takes the cell apart until you can tell
# which is which. Two questions come first: what is a GRU, and why would one want it?

# %% [markdown]
# ## Two gates that say the same
#
# The LSTM asks what to keep and what to add, with a gate for each. Here is the latch of lesson 03, whose gates were set by hand so
# that it keeps the bit of the first step:

# %%
lstm_latch = draw_params(catalogue["LSTM"], 2, 1, np.random.default_rng(0), scale=0.0)
lstm_latch.W_i[0, 1], lstm_latch.b_i[0] = 16.0, -8.0  # i: open at the mark
lstm_latch.W_f[0, 1], lstm_latch.b_f[0] = -16.0, 8.0  # f: shut at the mark
lstm_latch.W_c[0, 0], lstm_latch.b_o[0] = 3.0, 8.0  # the candidate; o: always open

# %%
predict(
    "f and i",
    "f is the share that is kept, i the share that is added. What is f + i here?",
    ["1 at every step", "2 at the mark, else 0", "Something else at every step"],
)

# %%
with reveal(
    "f and i",
    "1 at every step",
    "To write, it drops the old number and takes the new one. To keep, it takes "
    "nothing. One number a step would do for both.",
):
    run, k = run_cell("LSTM", lstm_latch, xs), np.argmin(bits)
    f, i = run["f"][:, k, 0], run["i"][:, k, 0]
    show_timeline({"mark": xs[:, k, 1], "f": f, "i": i, "f + i": f + i})

# %% [markdown]
# ## The update gate
#
# The GRU of Cho and others makes this a rule. The **update gate** $z_t$ is a gate as you know them:
#
# << equation("GRU", "z") >>
#
# It divides the new state between the old one and a **candidate** $\tilde{h}_t$:
#
# << equation("GRU", "h") >>
#
# The more it takes of the one, the less it takes of the other.

# %%
show_cell("GRU", lit=("z", "h"))

# %%
predict(
    "z is one",
    "By this equation, what does z = 1 do?",
    ["The old state stays as it is", "The candidate takes its place", "Both are added"],
)

# %%
with reveal(
    "z is one",
    "The old state stays as it is",
    "z weighs the old state here, and 1 - z is left for the candidate: "
    "the new state always lies between the two.",
):
    h_prev, h_tilde, z = np.full(5, 0.8), np.full(5, -0.6), np.linspace(1, 0, 5)
    h = z * h_prev + (1 - z) * h_tilde
    show_timeline({"h_prev": h_prev, "h_tilde": h_tilde, "z": z, "h": h}, x="case")

# %% [markdown]
# There is one state, kept like a cell state and shown like a hidden state: $c$ and $h$ are **merged**. There is no output gate and no
# tanh on the way out. $h$ lies between the old state and a candidate made by tanh, so it never leaves $-1$ to $1$. That will cost
# something.

# %% [markdown]
# ## The reset gate
#
# The candidate looks at the input and at the old state. The **reset gate** $r_t$ says how much of the old state it sees:
#
# << equation("GRU", "r") >>
#
# << equation("GRU", "h_tilde") >>
#
# With $r_t = 0$ the candidate sees the input alone, as if the sequence began here.

# %%
show_cell("GRU", lit=("r", "h_tilde"))

# %%
predict(
    "r is zero",
    "r = 0 and z = 1 at the same step. What becomes of the old state?",
    ["It is forgotten", "It stays", "It is halved"],
)

# %%
with reveal(
    "r is zero",
    "It stays",
    "r only decides what the candidate sees. Whether that comes in is up to z, "
    "and at z = 1 it does not.",
):
    z, r, h_prev, x_part = 1.0, 0.0, 0.8, -0.5
    h_tilde = np.tanh(x_part + 1.5 * (r * h_prev))
    print(f"h = {z * h_prev + (1 - z) * h_tilde:.1f}")

# %% [markdown]
# ## The whole step
#
# << equations("GRU") >>
#
# Three lines have weights, where the LSTM has four: $3H(D + H + 1)$ numbers, << count("GRU", 2, 16) >> for $D = 2$ and $H = 16$ against
# << count("LSTM", 2, 16) >> of the LSTM.

# %%
show_cell("GRU")

# %% [markdown]
# ## Keep the bit with one gate
#
# The latch again, with a GRU of one unit. Shut $z$ at the mark and hold it open else; let the candidate look at the value. Three
# numbers do it, and the latch of lesson 03 took six.

# %%
latch = draw_params(gru, 2, 1, np.random.default_rng(0), scale=0.0)
latch.W_z[0, 1], latch.b_z[0] = -16.0, 8.0  # z: shut at the mark, else open
latch.W_h[0, 0] = 3.0  # h_tilde: looks at the value

# %%
predict(
    "gru latched",
    "A sequence began with the bit -1. What does h hold after 39 distractors?",
    ["About 0: they wash it out", "About -1", "The last distractor"],
)

# %%
with reveal(
    "gru latched",
    "About -1",
    "z was near 0 at the mark, so the bit came in, and 0.9997 at each of the 39 steps "
    "after it. What leaks out of the old state is replaced by distractors.",
):
    run = run_cell("GRU", latch, xs)
    lanes = {name: run[name][:, k, 0] for name in ("z", "h_tilde", "h")}
    show_timeline({"value": xs[:, k, 0], "mark": xs[:, k, 1], **lanes})

# %% [markdown]
# ## A GRU that learned it
#
# Nobody sets the gates of the next one. One unit starts with $b_z = 3$, so that it keeps most of its state, and is trained on
# sequences of 20 steps until it tells the bit. Then it reads 40 steps.

# %% tags=["nbval-ignore-output"]
learned = train_on_bits("GRU", H=1, steps=20, b_z=3.0)
run = run_cell("GRU", learned, xs)
print(f"bits told after 40 steps: {100 * read_bit(run['h'][-1], bits):.0f} %")
lanes = {name: run[name][:, k, 0] for name in ("z", "r", "h_tilde", "h")}
show_timeline({"value": xs[:, k, 0], "mark": xs[:, k, 1], **lanes})

# %% [markdown]
# $z$ is low at the mark and high after it, as in the latch. But it is no higher than about 0.86, and 0.86 to the power of 39 is 0.003.
# Something else must help. The candidate looks at $h$, through $U_h$: cut that path.

# %%
predict(
    "what keeps",
    "With U_h = 0 the candidate sees the input alone. How long is the bit told?",
    ["As long as before", "For some steps", "Not at all"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "what keeps",
    "For some steps",
    "z alone lets it fade. In this cell the candidate says the bit again at each step, "
    "because it sees it in h. Another start of the training may find another way.",
):
    without = Params({**learned, "U_h": 0 * learned.U_h})
    ways = {"as learned": learned, "with U_h = 0": without}
    told = {name: bit_over_time("GRU", way, xs, bits) for name, way in ways.items()}
    plot(told, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# ## Play
#
# One unit, twenty steps, a large input at step 3.
#
# - Which biases keep a number for twenty steps? Which ones follow the input?
# - Start $h$ at 2. When does it come back between $-1$ and $1$, and can it leave again?

# %%
explore_gates("GRU")

# %% [markdown]
# ## Two meanings of z
#
# Cho and others write $h_t = z_t \odot h_{t-1} + (1 - z_t) \odot \tilde{h}_t$. Chung and others write
# $h_t = (1 - z_t) \odot h_{t-1} + z_t \odot \tilde{h}_t$. In one $z = 1$ keeps, in the other it replaces. torch and Keras follow
# the first, the minGRU of 2024 the second.

# %%
predict(
    "two meanings",
    "You have weights for the first. How do they fit the second?",
    [
        "Turn the signs of W_z, U_z and b_z",
        "Exchange the weights of z and r",
        "Not at all: train anew",
    ],
)

# %%
with reveal(
    "two meanings",
    "Turn the signs of W_z, U_z and b_z",
    "sigmoid(-a) = 1 - sigmoid(a), so z becomes 1 - z. A cell that learns from scratch "
    "does not care; weights that move from one to the other must be turned.",
):
    turned = Params({name: -w if name.endswith("_z") else w for name, w in p.items()})
    other = run_cell(gru_chung, turned, xs)["h"]
    same = np.allclose(other, runs["Cho 2014"], rtol=0, atol=1e-10)
    print(f"the same numbers, to 1e-10: {same}")

# %% [markdown]
# So $b_z = 3$ keeps in one paper and forgets in the other. This course follows Cho and torch: **z weighs the old state**.

# %% [markdown]
# ## Two places of the reset
#
# In the equations above the reset gate weighs the old state *before* it meets $U_h$. torch and Keras let it weigh the product, *after*
# $U_h$, and put a second bias inside. The appendix of Cho and others has both forms:
#
# << equation("GRU reset after", "h_tilde") >>
#
# Then all three products with $h_{t-1}$ can be one large product, which is faster.

# %% [markdown]
# Below are two units in both forms, unit 1 with $r = 1$ and unit 2 with $r = 0$. The last two rows show both meanings of $z$.
#
# - Set both $r$ to one number: what happens to the columns?
# - Exchange the two $r$: who is reset where?
# - At which $z$ do the last two rows agree?

# %%
explore_grus()

# %% [markdown]
# Before the product, $r$ of unit 2 says how much of *unit 2* all candidates see. After it, $r$ of unit 2 says how much the candidate
# *of unit 2* sees of all. Only where all $r$ are equal, and the second bias is 0, do both give the same.

# %% [markdown]
# ## Is it torch's?
#
# `torch.nn.GRU` draws its parameters, and both forms run with them, in float64 from $h_0 = 0$. The second bias of the candidate is set
# to 0, so that the place of the reset is all that is left.

# %%
import torch
from gatedrnn_course.engines import from_torch

with torch.random.fork_rng():
    torch.manual_seed(0)
    layer = torch.nn.GRU(2, 16, dtype=torch.float64)
layer.bias_hh_l0.data[32:] = 0.0  # the candidate's part
named = from_torch(layer).named().items()
torchs = Params({name: tensor.detach().numpy() for name, tensor in named})
h_torch = layer(torch.from_numpy(xs))[0].detach().numpy()

# %%
predict(
    "first step",
    "At which step does the form with the reset before the product first differ?",
    ["At step 1", "At step 2", "It never does"],
)

# %%
with reveal(
    "first step",
    "At step 2",
    "At step 1 the old state is 0, and there is nothing to reset. A test with one step "
    "from zero cannot tell the forms apart: use several steps.",
):
    for name, cell in (("after", gru_torch), ("before", gru)):
        apart = np.abs(run_cell(cell, torchs, xs)["h"] - h_torch).max(axis=(1, 2))
        told = ", ".join(f"{d:.0e}" if d > 1e-10 else "< 1e-10" for d in apart[:4])
        print(f"reset {name} the product, steps 1 to 4: {told}")

# %% [markdown]
# Neither is wrong. But they are different cells, and weights of the one are not weights of the other.

# %% [markdown]
# ## How many parameters
#
# A comparison of cells must say what is equal. With the same $H$ the GRU has three quarters of the LSTM's parameters. With the same
# number of parameters it has more units.

# %%
predict(
    "equal parameters",
    "An LSTM has 100 inputs and 100 units. How many units has a GRU of equal size?",
    ["75", "About 120", "About 133"],
)

# %%
with reveal(
    "equal parameters",
    "About 120",
    "Three lines in place of four would give a third more units, 133, if the count "
    "grew with H. The recurrent matrices grow with its square: 3 H (H + 101) = 80400.",
):
    H = np.arange(20, 161, 5)
    cells = ("RNN", "GRU", "LSTM")
    counts = [[catalogue[c].parameter_count(100, h) / 1000 for h in H] for c in cells]
    curves = dict(zip(cells, counts, strict=True))
    plot(curves, x="units H", y="thousand parameters", at=H)

# %% [markdown]
# ## What merging costs
#
# A cell state is not bounded: lesson 02 used one to count. The GRU's state stays between $-1$ and $1$. Let them count. The task of Gers
# and Schmidhuber (2001): read some $a$, then as many $b$, and know when the end is due. Training shows 1 to 10 of each.

# %%
predict(
    "who counts",
    "All learn 1 to 10. Who can do longer strings than it was trained on?",
    ["All of them", "LSTM and GRU", "The LSTM"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "who counts",
    "The LSTM",
    "Six networks of each kind, with 143, 153 and 147 parameters. GRU and RNN stop "
    "near 10, the longest they saw; the LSTMs go further, and stop as well.",
):
    lstms = train_to_count("LSTM", H=4, b_f=1.0)
    grus = train_to_count("GRU", H=5, b_z=1.0)
    rnns = train_to_count("RNN", H=9)
    kinds = {"LSTM": lstms, "GRU": grus, "RNN": rnns}
    reach = {name: sorted(kind.reach) for name, kind in kinds.items()}
    plot(reach, x="network, sorted", y="longest n told right", at=range(1, 7))

# %% [markdown]
# Why? Let each network read 40 $a$. How far does its state move at each of them? If it does not move, it cannot tell this count from the
# next.

# %%
predict(
    "how far apart",
    "By how much does the state of a GRU move at the 30th a, beside the first?",
    ["As much", "A tenth", "Less than a thousandth"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "how far apart",
    "Less than a thousandth",
    "The c of the LSTM makes equal steps: a counter. The h of the GRU comes nearer to "
    "its end at every letter, and soon 20 and 21 look the same.",
):
    moves = {}
    for name, state, kind in (("LSTM", "c", lstms), ("GRU", "h", grus)):
        states = np.stack([kind.run(k, n=40)[state][:41] for k in range(6)])
        sizes = np.linalg.norm(np.diff(states, axis=1), axis=-1)
        moves[f"{state} of the {name}"] = np.median(sizes, axis=0)
    plot(moves, x="number of a", y="move", at=range(1, 41), log=True)

# %% [markdown]
# The GRU fits every count between $-1$ and $1$, and what it learned for ten leaves no room for more. The steps of the LSTM shrink too, but
# slowly. Weiss, Goldberg and Yahav (2018) found the same difference in larger networks.

# %% [markdown]
# This is one task, chosen because it asks for what was given up. On music and speech Chung and others (2014) found GRU and LSTM
# comparable. Jozefowicz and others (2015) found the GRU ahead on all tasks but language modelling, until the LSTM began with
# $b_f = 1$.

# %% [markdown]
# ## What you now know
#
# - $z$ keeps and adds: $z$ of the old, $1 - z$ of the new. $c$ and $h$ are one.
# - $r$ says what the candidate sees. Its place makes two cells; torch's has it after the product.
# - $z$ has two meanings in the papers.
# - A bounded state counts badly beyond training.

# %% [markdown]
# **Open:** even the LSTM's counting ends. Its gates cannot see the count: they see $h$, where $\tanh$ has squashed it. Unit 08 lets gates
# look at $c$. **Next:** in `exercises/en/07_gru.ipynb` you build both forms and load torch's weights into yours.
