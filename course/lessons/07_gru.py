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
