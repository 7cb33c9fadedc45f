# %% [markdown]
# # 03 · Gates: the LSTM step, built from four questions
#
# **You will be able to** say what each line of an LSTM step does, predict what happens when a gate opens or closes, and read
# the six equations as code.
#
# **Needs:** NumPy arrays and unit 00. **Takes:** 30 to 45 minutes. **Costs:** a few seconds of computing, no GPU.

# %%
import numpy as np

from gatedrnn_course import (
    catalogue,
    explore_gates,
    plot,
    predict,
    reveal,
    show_cell,
    show_shapes,
    sigmoid,
)
from gatedrnn_course.cells import draw_params, step, zero_state

# %% [markdown]
# ## A memory that is written over at every step
#
# A plain recurrent network keeps one vector, the hidden state $h_t$:
#
# << equation("RNN", "h") >>
#
# Look at where the old state goes: through a matrix, then through tanh, at every step. Whatever $h_{t-1}$ held is mixed and
# squashed before it is seen again.

# %% [markdown]
# Here is a test of memory you can run on any cell. Start it twice on the same inputs, once from a state of zeros and once
# from a state of ones. If the cell remembers how it was started, the two runs stay apart.


# %%
def gap(cell, p, T=40, H=16, D=8):
    """Distance between two runs that differ only in the state they start from."""
    xs = np.random.default_rng(1).normal(size=(T, 1, D))
    a = zero_state(cell, H, (1,))
    b = (*a[:-1], a[-1] + 1.0)
    gaps = []
    for x in xs:
        a, b = step(cell, x, a, p), step(cell, x, b, p)
        gaps.append(np.linalg.norm(a[-1] - b[-1]))
    return np.array(gaps)


# %%
predict(
    "rnn gap",
    "Both runs of the RNN see the same 40 inputs. How far apart are they at the end, next to the 4.0 they start with?",
    [
        "About 4: it remembers",
        "About 1: some of it is left",
        "Practically 0: it forgot",
    ],
)

# %%
rnn = catalogue["RNN"]
rnn_gap = gap(rnn, draw_params(rnn, 8, 16, np.random.default_rng(3), scale=0.2))
for t in (1, 10, 20, 40):
    print(f"step {t:2d}: {rnn_gap[t - 1]:.2g}")

# %%
reveal(
    "rnn gap",
    "Practically 0: it forgot",
    "Each step multiplies the difference by a matrix and shrinks it by tanh.",
)

# %% [markdown]
# The RNN has no way to say *leave this number alone*. That is the one thing this unit adds. It takes a second vector, the
# **cell state** $c_t$, and four questions asked at every step:
#
# 1. What do I **keep** of the old cell state?
# 2. What could I **add**, and how much of it?
# 3. What is the **update**?
# 4. What do I **show** to the outside?

# %% [markdown]
# ## A gate is a number between 0 and 1
#
# A gate answers *how much?* A sigmoid gives such an answer for any number you put in: far below zero it says 0, far above it
# says 1, and in between it says something in between.
#
# $$\sigma(a) = \frac{1}{1 + e^{-a}}$$

# %%
for a in (-6, -2, 0, 2, 6):
    print(f"sigmoid({a:2d}) = {sigmoid(a):.3f}")

# %% [markdown]
# You use a gate by multiplying. Here two gates act on the same three numbers, one number a unit. Each unit has a gate of its
# own, so one number can be kept while its neighbour is dropped.

# %%
c_prev = np.array([2.0, -1.0, 0.5])
print("all half open:", np.array([0.5, 0.5, 0.5]) * c_prev)
print("open, shut, open:", np.array([1.0, 0.0, 1.0]) * c_prev)

# %% [markdown]
# ## Question 1: what to keep
#
# The **forget gate** looks at the input and at the last hidden state, and gives one number between 0 and 1 for every unit of
# the cell:
#
# << equation("LSTM", "f") >>
#
# It has weights for the input ($W_f$), weights for the hidden state ($U_f$) and a bias ($b_f$). All three are learned.

# %%
predict(
    "forget is one",
    "The forget gate multiplies the old cell state. What does a forget gate of 1 do?",
    ["It forgets everything", "It keeps everything", "It adds everything"],
)

# %%
for f in (1.0, 0.5, 0.0):
    print(f"f = {f}: what is left of c_prev is {f * c_prev}")

# %%
reveal(
    "forget is one",
    "It keeps everything",
    "The name misleads. Read forget gate as keep gate: 1 keeps, 0 forgets.",
)

# %% [markdown]
# What the gate says at one step matters less than what it says many times over. If it says $f$ at every step, a share $f^{20}$
# of a number is left after 20 steps. With all weights at zero, $f = \sigma(b_f)$, so the bias alone decides.

# %%
for b_f in (0, 1, 2, 5):
    f = sigmoid(b_f)
    print(
        f"b_f = {b_f}: f = {f:.3f}, after 20 steps {f**20:.1e}, after 100 steps {f**100:.1e}"
    )

# %% [markdown]
# A bias of 1 keeps two thousand times more than a bias of 0 over 20 steps. That is why people start the forget bias at 1. It
# helps; it does not make memory last for ever. Unit 05 measures this on your own cell.

# %% [markdown]
# ## Question 2: what to add
#
# The **candidate** is what could be added. It must be able to raise a number or to lower it, so it lies between $-1$ and
# $1$ and uses tanh:
#
# << equation("LSTM", "c_tilde") >>
#
# The **input gate** says how much of it goes in:
#
# << equation("LSTM", "i") >>

# %%
predict(
    "gates",
    "An LSTM step computes f, i, the candidate and o. How many of these four are gates?",
    ["Two", "Three", "Four"],
)

# %%
a = np.array([-3.0, -0.5, 0.5, 3.0])
print("as a gate (sigmoid):   ", np.round(sigmoid(a), 2))
print("as a candidate (tanh): ", np.round(np.tanh(a), 2))

# %%
reveal(
    "gates",
    "Three",
    "f, i and o say how much; the candidate says what. Many pages call all four gates.",
)

# %% [markdown]
# ## Question 3: the update
#
# The new cell state is what is kept plus what is added. The circle is a product element by element:
#
# << equation("LSTM", "c") >>
#
# No matrix stands between $c_{t-1}$ and $c_t$, and no tanh. This is the line that lets a number pass untouched.

# %%
c_prev = np.array([2.0, -1.0, 0.5])
c_tilde = np.array([0.9, -0.9, 0.1])
f = np.array([1.0, 1.0, 0.0])
i = np.array([0.0, 0.5, 1.0])
print("c =", f * c_prev + i * c_tilde)

# %%
predict(
    "leave alone",
    "Which gates leave a number of the cell state exactly as it was?",
    ["f = 1 and i = 0", "f = 0 and i = 1", "f = 1 and i = 1"],
)

# %%
for f, i in ((1, 0), (0, 1), (1, 1)):
    print(f"f = {f}, i = {i}: c_prev = 2.0 becomes {f * 2.0 + i * 0.9:.1f}")

# %%
reveal(
    "leave alone",
    "f = 1 and i = 0",
    "Keep all, add nothing. With f = 0 and i = 1 the number is replaced.",
)

# %% [markdown]
# ## Question 4: what to show
#
# The cell state may hold something for later that is of no use now. The **output gate** decides what is shown:
#
# << equation("LSTM", "o") >>
#
# The cell state can grow beyond 1, so it is squashed by tanh before it is shown. The result is the **hidden state**:
#
# << equation("LSTM", "h") >>

# %%
for c in (0.5, 2.0, 20.0):
    print(
        f"c = {c:4.1f}: with o = 1 it shows {np.tanh(c):.2f}, with o = 0 it shows {0 * np.tanh(c):.2f}"
    )

# %% [markdown]
# ## The whole step
#
# Six lines, in this order. The order matters once: $h_t$ looks at the **new** cell state $c_t$.
#
# << equations("LSTM") >>
#
# With $D$ inputs and $H$ units the step learns $4H(D + H + 1)$ numbers: for $D = 8$ and $H = 16$ that is << count("LSTM", 8, 16) >>.

# %%
show_cell("LSTM")

# %% [markdown]
# ## Play
#
# One unit, one input. Move a slider and watch the three valves: how much of $c_{t-1}$ passes, how much of the candidate is
# added, how much of $c_t$ is shown. Try these:
#
# - Set $b_f$ to its lowest. What is left of $c_{t-1}$?
# - Find a setting where $h_t$ is near 0 although $c_t$ is large.

# %%
explore_gates("LSTM")

# %% [markdown]
# ## Does it remember?
#
# Back to the test of the first section: two starts, the same inputs. This time with LSTM cells that differ only in their
# forget bias. Only the cell state starts at ones here, and the distance is that of the cell states.

# %%
predict(
    "lstm gap",
    "Which forget bias keeps the two runs apart for 40 steps?",
    ["b_f = 0", "b_f = 1", "b_f = 3"],
)

# %%
lstm = catalogue["LSTM"]
gaps = {"RNN": rnn_gap}
for b_f in (0, 1, 3):
    p = draw_params(lstm, 8, 16, np.random.default_rng(3), scale=0.2)
    p.b_f[:] = b_f
    gaps[f"LSTM, b_f = {b_f}"] = gap(lstm, p)
plot(gaps, x="time step", y="distance between the two runs", at=range(1, 41), log=True)

# %%
reveal(
    "lstm gap",
    "b_f = 3",
    "f is about 0.94 on average. With b_f = 0 the LSTM forgets about as fast as the RNN.",
)

# %% [markdown]
# An LSTM is not a memory by itself. It is a memory when its forget gate is near 1, and training has to find that.

# %% [markdown]
# ## Slow c, fast h
#
# The two states play different parts. Below, an LSTM of 16 units sees 60 random inputs. On average the cell state moves slowly,
# because it changes by small sums; the hidden state jumps, because the output gate looks at every new input. Units differ: the
# plot shows one whose cell state is among the slowest, each curve divided by its own spread.

# %%
p = draw_params(lstm, 8, 16, np.random.default_rng(0), scale=0.4)
p.b_f[:] = 3.0
state, cs, hs = zero_state(lstm, 16, (1,)), [], []
for x in np.random.default_rng(1).normal(size=(60, 1, 8)):
    state = step(lstm, x, state, p)
    hs.append(state[0][0])
    cs.append(state[1][0])
cs, hs = np.array(cs), np.array(hs)

# %%
for name, values in (("c", cs), ("h", hs)):
    change = np.abs(np.diff(values, axis=0)).mean(axis=0) / values.std(axis=0)
    print(
        f"{name} moves by {change.mean():.2f} of its own spread in a step on average, in unit 8 by {change[8]:.2f}"
    )
c, h = cs[:, 8] / cs[:, 8].std(), hs[:, 8] / hs[:, 8].std()
plot(
    {"c, slow": c, "h, fast": h},
    x="time step",
    y="unit 8, in units of its spread",
    at=range(1, 61),
)

# %% [markdown]
# ## From the slide to the code
#
# On the slide a vector is a column and the product is $W_f x_t$. In code a batch holds one vector a **row**, so the same
# product is `x @ p.W_f.T`. Each gate and the candidate use this twice; the picture shows why.

# %%
show_shapes("forget_gate")

# %%
x, p = np.ones((4, 2)), draw_params(lstm, 2, 3, np.random.default_rng(0))
print("x @ p.W_f.T has shape", (x @ p.W_f.T).shape)
try:
    p.W_f @ x
except ValueError:
    print("p.W_f @ x does not fit:", p.W_f.shape, "times", x.shape)

# %% [markdown]
# ## What you now know
#
# - A gate is a sigmoid that multiplies: 0 shuts, 1 lets through. Read *forget* as *keep*.
# - Three gates and one candidate. The cell state changes by a sum, not through a matrix.
# - $f = 1$ and $i = 0$ leaves a number alone; that is what the RNN cannot do.
# - The cell state is private and, on average, slow; the hidden state is public and fast.
#
# **Next:** in `exercises/en/03_gates.ipynb` you write the six lines and are told what is wrong when something is. Unit 04
# takes your step through time and back.
