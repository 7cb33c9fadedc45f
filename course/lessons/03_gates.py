# %% [markdown]
# # 03 · Gates: how a cell keeps one bit
#
# **You will be able to** say what each line of an LSTM step does, set its gates so that a bit is kept, and read it as code.
#
# **Needs:** NumPy arrays and unit 00, better 00 to 02. **Takes:** 45 minutes. **Costs:** half a minute of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bit_over_time, bit_sequences, catalogue, draw_params
from gatedrnn_course import explore_gates, plot, predict, random_params, read_bit
from gatedrnn_course import reveal, run_cell, show_cell, show_timeline, sigmoid
from gatedrnn_course import train_on_bits

# %% [markdown]
# ## One bit, then distractors
#
# A network reads 40 inputs. The first brings a bit, $-1$ or $1$, with a mark beside it that says *this one counts*. The other
# 39 are distractors without a mark. At the end somebody asks: which bit was it?

# %%
xs, bits = bit_sequences(400)
show_timeline({"value": xs[:, 0, 0], "mark": xs[:, 0, 1]}, mark=1)

# %% [markdown]
# Plain recurrent networks of 16 units read 400 such sequences, with random weights of three sizes. After each step a
# straight line is fitted from the hidden state to the bit on half of the sequences, and tried on the others. At 0.5 it is
# guessing.

# %%
told = {}
for scale in (0.2, 0.5, 1.0):
    runs = [bit_over_time("RNN", p, xs, bits) for p in random_params("RNN", 3, scale)]
    told[f"RNN, weights around {scale}"] = np.mean(runs, axis=0)
plot(told, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# ## Where the old state goes
#
# The bit is gone after a few steps, whatever the size of the weights. A plain recurrent network keeps one vector, the hidden
# state $h_t$:
#
# << equation("RNN", "h") >>
#
# Follow the thick line. At every step the old state is mixed by a matrix, has the input added to it, and is squashed by tanh.

# %%
show_cell("RNN")

# %% [markdown]
# This line cannot say *leave this number alone*. The LSTM can. It carries a second vector, the **cell state** $c_t$, and asks
# four questions at every step:
#
# 1. What do I **keep** of the old cell state?
# 2. What could I **add**, and how much of it?
# 3. What is the **update**?
# 4. What do I **show** to the outside?

# %% [markdown]
# ## A gate is a number between 0 and 1
#
# A gate answers *how much?* The sigmoid $\sigma(a) = 1 / (1 + e^{-a})$ gives such an answer for any number: far below zero
# it is nearly 0, far above it is nearly 1. tanh has the same shape and runs from $-1$ to $1$.

# %%
a = np.linspace(-6, 6, 121)
plot({"sigmoid(a)": sigmoid(a), "tanh(a)": np.tanh(a)}, x="a", y="value", at=a)

# %% [markdown]
# You use a gate by multiplying. Below it acts on three numbers, one a unit. Each unit has a gate of its own, so one number
# can be kept whole, its neighbour dropped, and the third halved.

# %%
c_prev, gate = np.array([2.0, -1.0, 1.0]), np.array([1.0, 0.0, 0.5])
show_timeline({"c_prev": c_prev, "gate": gate, "product": gate * c_prev}, x="unit")

# %% [markdown]
# ## Question 1: what to keep
#
# The **forget gate** looks at the input and at the last hidden state, and gives one number between 0 and 1 for every unit:
#
# << equation("LSTM", "f") >>
#
# It has weights for the input ($W_f$), weights for the hidden state ($U_f$) and a bias ($b_f$), all learned.

# %%
show_cell("LSTM", upto="f", lit="f")

# %%
predict(
    "forget is one",
    "The forget gate multiplies the old cell state. What does a forget gate of 1 do?",
    ["It forgets everything", "It keeps everything", "It adds everything"],
)

# %%
with reveal(
    "forget is one",
    "It keeps everything",
    "The name misleads. Read forget gate as keep gate: 1 keeps, 0 forgets.",
):
    lanes = {f"f = {f}": f * c_prev for f in (1.0, 0.5, 0.0)}
    show_timeline({"c_prev": c_prev, **lanes}, x="unit")

# %% [markdown]
# What the gate says many times over is what counts. If it says $f$ at each of 20 steps, the share $f^{20}$ of a number is
# left. With all weights at zero $f = \sigma(b_f)$, so the bias alone decides.

# %%
predict(
    "half life",
    "With which bias is about half of a number left after 20 steps?",
    ["b_f = 0", "b_f = 1", "b_f = 3.4"],
)

# %%
with reveal(
    "half life",
    "b_f = 3.4",
    "The share is sigmoid(b_f) ** 20: 0.52 at 3.4, 0.002 at 1, a millionth at 0.",
):
    t = np.arange(61)
    shares = {f"b_f = {b}": sigmoid(b) ** t for b in (0, 1, 3.4)}
    plot(shares, x="steps", y="share that is left", log=True)

# %% [markdown]
# On this axis a gate that says the same at every step is a straight line: a memory with a half-life. Small changes of $f$
# near 1 change it much. Jozefowicz, Zaremba and Sutskever (2015) advise to start training at $b_f = 1$.

# %% [markdown]
# ## Question 2: what to add
#
# The **candidate** is what could be added. It must be able to raise a number or lower it, so it uses tanh. The **input
# gate** says how much of it goes in:
#
# << equation("LSTM", "i") >>
#
# << equation("LSTM", "c_tilde") >>

# %%
show_cell("LSTM", upto="c_tilde", lit=("i", "c_tilde"))

# %%
predict(
    "gates",
    "An LSTM step computes f, i, c_tilde and o. How many of these four are gates?",
    ["Two", "Three", "Four"],
)

# %%
with reveal(
    "gates",
    "Three",
    "f, i and o say how much; c_tilde says what, and may be negative. "
    "Many pages call all four gates.",
):
    a = np.random.default_rng(0).normal(size=12)
    lanes = {"a": a, "i, as a gate": sigmoid(a), "c_tilde": np.tanh(a)}
    show_timeline(lanes, x="unit")

# %% [markdown]
# ## Question 3: the update
#
# The new cell state is what is kept plus what is added. The circle is a product number by number:
#
# << equation("LSTM", "c") >>
#
# In the picture the cell state runs straight through: a valve on it, a sum, no matrix and no tanh.

# %%
show_cell("LSTM", upto="c", lit="c")

# %%
predict(
    "leave alone",
    "Which gates leave a number of the cell state exactly as it was?",
    ["f = 1 and i = 0", "f = 0 and i = 1", "f = 1 and i = 1"],
)

# %%
with reveal(
    "leave alone",
    "f = 1 and i = 0",
    "Keep all, add nothing: bar 1. In bar 2 the number is replaced, in bar 3 it grows.",
):
    f, i = np.array([1.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0])
    c_prev, c_tilde = np.full(3, 2.0), np.full(3, 0.9)
    c = f * c_prev + i * c_tilde
    lanes = {"c_prev": c_prev, "f": f, "i": i, "c_tilde": c_tilde, "c": c}
    show_timeline(lanes, x="case")

# %% [markdown]
# ## Question 4: what to show
#
# The cell state may hold something that is of no use yet. The **output gate** decides how much is shown:
#
# << equation("LSTM", "o") >>
#
# The cell state can grow beyond 1, so tanh squashes it first. The result is the **hidden state**:
#
# << equation("LSTM", "h") >>

# %%
show_cell("LSTM", lit=("o", "h"))

# %%
c = np.linspace(-4, 4, 81)
shown = {f"o = {o}": o * np.tanh(c) for o in (1.0, 0.5, 0.0)}
plot(shown, x="cell state c", y="hidden state h", at=c)

# %% [markdown]
# ## The whole step
#
# << equations("LSTM") >>
#
# The order matters twice: $c_t$ needs the gates and the candidate, and $h_t$ looks at the **new** $c_t$. With $D$ inputs and
# $H$ units the step learns $4H(D + H + 1)$ numbers: << count("LSTM", 2, 16) >> for $D = 2$ and $H = 16$. In code a batch
# holds rows, so $W_f x_t$ is `x @ p.W_f.T`.

# %% [markdown]
# ## Keep the bit: gates set by hand
#
# One unit is enough. At the mark, open $i$ and shut $f$. Without a mark, shut $i$ and open $f$. One weight on the mark and
# one bias do this for each gate.

# %%
latch = draw_params(catalogue["LSTM"], 2, 1, np.random.default_rng(0), scale=0.0)
latch.W_i[0, 1], latch.b_i[0] = 16.0, -8.0  # i: open at the mark
latch.W_f[0, 1], latch.b_f[0] = -16.0, 8.0  # f: shut at the mark
latch.W_c[0, 0] = 3.0  # c_tilde: looks at the value
latch.b_o[0] = 8.0  # o: always open

# %%
predict(
    "latched",
    "A sequence began with the bit -1. What does c hold after 39 distractors?",
    ["About 0: they wash it out", "About -1", "The last distractor"],
)

# %%
with reveal(
    "latched",
    "About -1",
    "The bit went in at the mark and stayed: f = 0.9997 at each of 39 steps.",
):
    run, k = run_cell("LSTM", latch, xs), np.argmin(bits)
    lanes = {name: run[name][:, k, 0] for name in ("f", "i", "c_tilde", "c", "h")}
    show_timeline({"value": xs[:, k, 0], "mark": xs[:, k, 1], **lanes})
    told["LSTM, gates by hand"] = bit_over_time("LSTM", latch, xs, bits)
    plot(told, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# ## Play
#
# One unit, twenty steps, a large input at step 3. Press a button, then move the sliders:
#
# - Press *keep*. At which $b_f$ is half of $c$ left at the end?
# - Keep $h$ near 0 although $c$ is large.
# - Let the input of step 3 in and keep it. How well can biases alone do this?

# %%
explore_gates("LSTM")

# %% [markdown]
# ## Does any LSTM remember?
#
# The latch had its gates set for the task. Now the weights are random again, in four LSTMs of 16 units, and only the forget
# bias is chosen. Is it enough to be an LSTM?

# %%
predict(
    "which bias",
    "Which of these LSTMs still tell the bit after 40 steps, nine times out of ten?",
    ["All of them", "Those with b_f = 1 and 3", "Only those with b_f = 3"],
)

# %%
with reveal(
    "which bias",
    "Only those with b_f = 3",
    "Being an LSTM is not enough: it is a memory where its forget gate stays near 1.",
):
    shares = {"RNN, weights around 0.5": told["RNN, weights around 0.5"]}
    for b_f in (0.0, 1.0, 3.0):
        ps = random_params("LSTM", 4, b_f=b_f)
        runs = [bit_over_time("LSTM", p, xs, bits) for p in ps]
        shares[f"LSTMs with b_f = {b_f:g}"] = np.mean(runs, axis=0)
    plot(shares, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# ## Two paths through an LSTM
#
# Along the cell state a difference is multiplied by $f_t$ at each step. There is another path: $h_{t-1}$ shows $c_{t-1}$
# and enters every gate, through $U$. To measure both, run the same inputs twice: all 16 units of $c$ begin at 0, or at 1.


# %%
def gap(p):
    """Distance of the two runs, and what the direct path alone would leave of it."""
    h, c, one = np.zeros((1, 16)), np.ones((1, 16)), xs[:, :1]
    a, b = (run_cell("LSTM", p, one, [h, start]) for start in (0 * c, c))
    measured = np.linalg.norm(a["c"] - b["c"], axis=-1)
    direct = np.linalg.norm(np.cumprod(b["f"], axis=0), axis=-1)
    return measured[:, 0], direct[:, 0]


# %%
predict(
    "two paths",
    "The runs begin 4 apart, b_f = 3. After 40 steps, how large is their distance "
    "beside 4 times the product of all f_t?",
    ["Smaller", "The same", "Larger"],
)

# %%
with reveal(
    "two paths",
    "Larger",
    "The product says what the direct path keeps, and fades. All above it came "
    "through h: more or less of it, with each draw of the weights.",
):
    pairs = [gap(p) for p in random_params("LSTM", 4, b_f=3.0)]
    gaps = {"4 times the product, mean": np.mean([pair[1] for pair in pairs], axis=0)}
    for number, pair in enumerate(pairs, 1):
        gaps[f"measured, weights {number}"] = pair[0]
    plot(gaps, x="step", y="distance", at=range(1, 41), log=True)

# %% [markdown]
# Is the path through $h$ all that the product leaves out? Cut it, with all $U$ at zero: then the two numbers must agree.

# %%
for p in random_params("LSTM", 4, b_f=3.0):
    for name in ("U_f", "U_i", "U_c", "U_o"):
        p[name][:] = 0.0
    measured, direct = gap(p)
    print(f"after 40 steps: measured {measured[-1]:.4f}, product {direct[-1]:.4f}")

# %% [markdown]
# ## Slow c, when f is near 1
#
# How far does a state move in one step, beside its own spread over time? At $b_f = 3$ the cell state changes by small sums
# and moves slowly, and $h$ moves more than twice as fast. At $b_f = 0$ the two differ little.

# %%
for b_f in (0.0, 3.0):
    for name in "ch":
        ps = random_params("LSTM", 4, b_f=b_f)
        runs = [run_cell("LSTM", p, xs)[name] for p in ps]
        moves = [np.abs(np.diff(s, axis=0)).mean() / s.std(axis=0).mean() for s in runs]
        print(f"b_f = {b_f:g}: {name} moves {np.mean(moves):.2f} of its spread")

# %% [markdown]
# ## A cell that learned it
#
# Last, nobody sets the gates. One unit starts with $b_f = 3$ and is trained on sequences of 20 steps until it tells the bit.
# How training works is for a later unit; here, look at what it found.

# %% tags=["nbval-ignore-output"]
learned = train_on_bits("LSTM", H=1, steps=20, b_f=3.0)
run = run_cell("LSTM", learned, xs)
print(f"bits told after 40 steps: {100 * read_bit(run['h'][-1], bits):.0f} %")

# %%
predict(
    "learned",
    "Does the learned cell shut its input gate after the mark, as yours does?",
    ["Yes, i falls to nearly 0", "No, i stays well above 0"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "learned",
    "No, i stays well above 0",
    "c runs from 0 to the side of the bit: h feeds the candidate, which pushes c on.",
):
    lanes = {name: run[name][:, k, 0] for name in ("f", "i", "c_tilde", "c", "h")}
    show_timeline({"value": xs[:, k, 0], "mark": xs[:, k, 1], **lanes})

# %% [markdown]
# What keeps the bit in this cell? Cut the path through $h$ again, and see how much of the memory goes with it.

# %% tags=["nbval-ignore-output"]
for name in ("U_f", "U_i", "U_c", "U_o"):
    learned[name][:] = 0.0
run = run_cell("LSTM", learned, xs)
print(f"without the path through h: {100 * read_bit(run['h'][-1], bits):.0f} %")

# %% [markdown]
# ## What you now know
#
# - A gate is a sigmoid that multiplies: 0 shuts, 1 lets through. Read *forget* as *keep*.
# - $f = 1$ and $i = 0$ leaves a number alone; that is how a bit is kept.
# - A difference in $c$ lives on along two paths: directly, by the product of $f_t$, and through $h$.

# %% [markdown]
# **Open:** nobody told the learned cell to use $h$. How do gradients find such gates over many steps? Units 04 and 05 follow
# them. **Next:** in `exercises/en/03_gates.ipynb` you write the six lines, and set gates for a purpose.
