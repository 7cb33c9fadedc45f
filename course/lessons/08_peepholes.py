# %% [markdown]
# # 08 · Peepholes: gates that see the cell
#
# **You will be able to** say what a peephole is and which state each gate sees, build a counter that begins again by itself, and judge where
# peepholes pay.
#
# **Needs:** units 00 to 03. **Takes:** 40 minutes. **Costs:** 25 seconds of computing, no GPU.

# %%
# << first_cell >>
import numpy as np
from gatedrnn_course import bit_sequences, catalogue, draw_params, explore_peepholes
from gatedrnn_course import Params, parse, plot, predict, read_bit, reveal, run_cell
from gatedrnn_course import show_cell, show_timeline, sigmoid
from gatedrnn_course import train_on_delays, train_to_count

# %% [markdown]
# ## A cell that nobody sees
#
# Here is the latch of lesson 03 again: it takes in the bit of the first step and keeps it while distractors come. This time its output gate
# is shut, because nobody has asked yet.

# %%
latch = draw_params(catalogue["LSTM"], 2, 1, np.random.default_rng(0), scale=0.0)
latch.W_i[0, 1], latch.b_i[0] = 16.0, -8.0  # i: open at the mark
latch.W_f[0, 1], latch.b_f[0] = -16.0, 8.0  # f: shut at the mark
latch.W_c[0, 0] = 3.0  # the candidate is the bit
latch.U_f[0, 0] = latch.U_i[0, 0] = 2.0  # both gates look at h
latch.b_o[0] = -40.0  # o: shut

# %% [markdown]
# 400 sequences of 40 steps. After each step a straight line tries to tell the bit, once from the cell state $c$, once from the two gates $f$
# and $i$. At 0.5 it is guessing.

# %%
xs, bits = bit_sequences(400)


def told(run, *names):
    states = np.concatenate([run[name] for name in names], axis=-1)
    return [read_bit(state, bits) for state in states]


run = run_cell("LSTM", latch, xs)
shares = {"c": told(run, "c"), "f and i": told(run, "f", "i")}
plot(shares, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# The cell knows the bit to the end. The gates that decide about this cell do not. How can that be?

# %%
predict(
    "what gates see",
    "With o = 0, what do f and i of the next step depend on?",
    ["On the input alone", "On the input and c", "On nothing"],
)

# %%
with reveal(
    "what gates see",
    "On the input alone",
    "o = 0 makes h = 0, and a gate looks at x and h only. Two sequences that differ in "
    "their first bit: c differs for ever, f does not.",
):
    pair = xs[:20, :1].repeat(2, axis=1)
    pair[0, :, 0] = 1.0, -1.0
    run = run_cell("LSTM", latch, pair)
    lanes = [(name, k) for name in ("c", "h", "f") for k in (0, 1)]
    show_timeline({f"{n}, bit {1 - 2 * k}": run[n][:, k, 0] for n, k in lanes})

# %% [markdown]
# ## A line back from the cell
#
# Gers and Schmidhuber (2000) let the gates look into the cell. To each gate comes one more term, a **peephole**:
#
# << equation("peephole LSTM", "f") >>
#
# << equation("peephole LSTM", "i") >>
#
# In code it is `+ p.P_f * c_prev`, inside the sigmoid. The candidate has no peephole.

# %%
show_cell("peephole LSTM", upto="i", lit=("f", "i"))

# %% [markdown]
# $P_f$ is a vector, not a matrix: one weight for each unit, and the circle is a product number by number.

# %%
predict(
    "a vector",
    "The old cell state of unit 2 changes. Which forget gates change at this step?",
    ["Those of all units", "That of unit 2", "None"],
)

# %%
with reveal(
    "a vector",
    "That of unit 2",
    "A matrix would mix the units, as U does with h. A peephole shows each gate "
    "the cell it acts on, and no other.",
):
    peephole = catalogue["peephole LSTM"]
    p = draw_params(peephole, 2, 6, np.random.default_rng(1))
    h_prev, c_prev = np.zeros((1, 6)), np.full((1, 6), 0.5)
    f = run_cell(peephole, p, xs[:1, :1], (h_prev, c_prev))["f"][0, 0]
    c_prev[0, 1] = 2.0
    f_changed = run_cell(peephole, p, xs[:1, :1], (h_prev, c_prev))["f"][0, 0]
    show_timeline({"f": f, "f, changed": f_changed}, x="unit")

# %% [markdown]
# Now the latch with peepholes. The output gate is as shut as before.

# %%
seeing = Params({**latch, "P_f": [2.0], "P_i": [2.0], "P_o": [0.0]})
run = run_cell("peephole LSTM", seeing, xs)
shares["f and i with peepholes"] = told(run, "f", "i")
plot(shares, x="step", y="share of bits told", at=range(1, 41))

# %% [markdown]
# ## The output gate sees the new cell
#
# $f_t$ and $i_t$ come before the new cell state, so they can only see the old one. The output gate comes after it:
#
# << equation("peephole LSTM", "o") >>
#
# Look for the $t$ without a $-1$. It decides whether the cell acts in time.

# %%
show_cell("peephole LSTM", lit="o")

# %%
predict(
    "in time",
    "c counts, and o is to open when it reaches 5. When could o open if it saw c_prev?",
    ["At the step of the 5th pulse", "One step after it", "Never"],
)

# %%
with reveal(
    "in time",
    "One step after it",
    "It sees the state before the pulse. A step late is too late for timing: "
    "by then the cell may hold something else.",
):
    c = np.arange(1.0, 10.0)
    c_prev = c - 1
    o_new, o_old = sigmoid(20 * (c - 4.5)), sigmoid(20 * (c_prev - 4.5))
    show_timeline({"c": c, "o, sees c": o_new, "o, sees c_prev": o_old}, mark=5)

# %% [markdown]
# ## Play
#
# One unit counts pulses $x$, fires at $n$, and begins again. The shaded step is that of pulse $n$.
#
# - Let the output gate see the old state. Where is the count when it opens?
# - Let the forget gate be 1, too. What is wrong now?
# - Make the peephole weight small. What happens to the count?

# %%
explore_peepholes()

# %% [markdown]
# ## The whole step
#
# << equations("peephole LSTM") >>
#
# Three vectors are new: $3H$ numbers. With $D = 2$ and $H = 16$ that makes << count("peephole LSTM", 2, 16) >> parameters in place of
# << count("LSTM", 2, 16) >>.

# %% [markdown]
# ## Without recurrent weights
#
# If the gates see the cell, do they need $h$ at all? Strike out every $U$, in the candidate too, and show the cell without tanh. This is the
# variant **U = 0**:
#
# << equations("peephole LSTM U=0") >>

# %%
show_cell("peephole LSTM U=0")

# %%
predict(
    "neighbours",
    "U = 0, and only c of unit 2 starts differently. Which units differ later?",
    ["All", "Unit 2 alone", "None"],
)

# %%
with reveal(
    "neighbours",
    "Unit 2 alone",
    "U was the only way from one unit to another. With U = 0 the layer is many cells "
    "of one number side by side; only the layer above them sees all.",
):
    p = draw_params(peephole, 2, 6, np.random.default_rng(1), scale=1.5)
    p.b_f[:], p.b_o[:] = 4.0, 4.0  # keep, and show
    start = np.zeros((2, 2, 6))  # h and c, two sequences, six units
    start[1, :, 1] = -2.0, 2.0  # c of unit 2
    lanes = {}
    for name, cell in (("with U", peephole), ("U = 0", "peephole LSTM U=0")):
        c = run_cell(cell, p, xs[:4, [0, 0]], start)["c"][-1]
        lanes[f"change, {name}"] = np.abs(c[1] - c[0])
    show_timeline(lanes, x="unit")

# %% [markdown]
# ## A clock
#
# Can such a cell tell the time? Give it no input at all. Open the input gate, so that 1 is added at each step. Let $o$ open above
# 4.5, where it sees the *new* count, and $f$ shut above 4.5, where it sees the *old* one.

# %%
clock = draw_params(
    catalogue["peephole LSTM U=0"], 1, 1, np.random.default_rng(0), scale=0.0
)
clock.b_i[0], clock.b_c[0] = 10.0, 5.0  # add 1 at each step
clock.P_o[0], clock.b_o[0] = 20.0, -90.0  # o: 20 * (c - 4.5)
clock.P_f[0], clock.b_f[0] = -20.0, 90.0  # f: -20 * (c_prev - 4.5)

# %%
predict(
    "clock",
    "At which steps does h spike?",
    ["At 5 only", "At 5, 10, 15 and so on", "At 5, 11, 17 and so on"],
)

# %%
with reveal(
    "clock",
    "At 5, 10, 15 and so on",
    "At step 5 o sees 5 and opens. At step 6 f sees 5 and drops it, while a new 1 "
    "comes in. Two peepholes, two moments: no step is lost.",
):
    run = run_cell("peephole LSTM U=0", clock, np.zeros((23, 1, 1)))
    show_timeline({name: run[name][:, 0, 0] for name in ("f", "c", "o", "h")}, mark=5)

# %% [markdown]
# An LSTM with its output gate shut between spikes could not do this: no gate would know when to open.

# %% [markdown]
# ## Does it count better?
#
# Weights were set by hand. Are they learned? Read some $a$, as many $b$, as many $c$, and know what is due next. Training shows
# $n$ = 1 to 10; then longer strings come.
#
# Two changes lie between the LSTM and U = 0. So one cell more takes part, with **neither** U nor peepholes.

# %%
neither = """
f = sigmoid(W_f @ x + b_f)
i = sigmoid(W_i @ x + b_i)
c_tilde = tanh(W_c @ x + b_c)
c = f * c_prev + i * c_tilde
o = sigmoid(W_o @ x + b_o)
h = o * tanh(c)
"""
no_U = catalogue["peephole LSTM U=0"].text.replace("h = o * c", "h = o * tanh(c)")

# %%
predict(
    "counting",
    "All learn 1 to 10. Which change carries furthest beyond that?",
    ["Adding peepholes", "Taking U away", "Neither changes anything"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "counting",
    "Taking U away",
    "With U gone, most of twelve networks reach 16 or more, with peepholes or not. "
    "Adding peepholes to the LSTM lets a few go further and stops others early.",
):
    kinds = {"LSTM": catalogue["LSTM"], "peephole LSTM": peephole}
    kinds |= {"U = 0": parse(no_U, "U = 0"), "neither": parse(neither, "neither")}
    counters = {
        name: train_to_count(kind, H=4, networks=12, rounds=1500, letters=3, b_f=1.0)
        for name, kind in kinds.items()
    }
    reach = {name: sorted(kind.reach) for name, kind in counters.items()}
    plot(reach, x="network, sorted", y="longest n told right", at=range(1, 13))

# %% [markdown]
# How sure is that, after twelve networks? The third and the tenth of twelve sorted values enclose the true median 96 times in 100, whatever the
# distribution.

# %% tags=["nbval-ignore-output"]
for name, row in reach.items():
    median = f"median {np.median(row):4.1f}, 96 % interval {row[2]} to {row[9]}"
    print(f"{name:<14} {median}, {kinds[name].parameter_count(4, 4)} parameters")

# %% [markdown]
# An interval that lies above another shows a difference; where two overlap, it stays open. So on $a^n b^n c^n$ twelve networks show no gain
# by peepholes. Who compares only the LSTM with U = 0 praises them for what the missing U did.

# %% [markdown]
# Look into the best network of U = 0 with peepholes while it reads 20 of each. This is the unit whose $c$ moves furthest. Which letter moves it
# which way is up to chance.

# %% tags=["nbval-ignore-output"]
kind = counters["U = 0"]
run = kind.run(int(np.argmax(kind.reach)), n=20)
unit = int(np.argmax(np.ptp(run["c"], axis=0)))
show_timeline({name: run[name][:, unit] for name in ("c", "f", "i", "o", "h")}, mark=21)

# %% [markdown]
# ## Does it measure time better?
#
# A spike comes at step 20 or at step 21, and at the spike the network says which. Gers, Schraudolph and Schmidhuber (2002) trained this. Their
# cell differs from the LSTM in two things: it has peepholes, and it shows $c$ without tanh. Try each alone.

# %%
predict(
    "delays",
    "Which change helps most to tell 20 from 21?",
    ["Peepholes alone", "No tanh alone", "Only both together"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "delays",
    "No tanh alone",
    "Peepholes help a little where there is a tanh. Without it h itself carries the "
    "count to the gates, through U; with U = 0 that way is shut, and the gain is gone.",
):
    plain = parse(catalogue["LSTM"].text.replace("o * tanh(c)", "o * c"), "no tanh")
    kinds = {"LSTM": "LSTM", "with peepholes": "peephole LSTM", "no tanh": plain}
    kinds |= {"both": "peephole LSTM Gers", "both, U = 0": "peephole LSTM U=0"}
    rounds = {name: np.sort(train_on_delays(kinds[name], b_f=1.0)) for name in kinds}
    plot(rounds, x="network, sorted", y="rounds until right", at=range(1, 13))

# %% [markdown]
# Where a curve ends early, the other networks were not right after 2000 rounds. One learning rate and one start served all, so small gaps
# mean little. But who compares only the first curve with "both" praises the peepholes for what the missing tanh did.

# %% [markdown]
# Greff and others (2017) took the peepholes out of an LSTM on speech, handwriting and music: no significant difference. These tasks do not ask
# for exact timing. Neither torch nor Keras has peepholes in its LSTM today.

# %% [markdown]
# ## What you now know
#
# - With $o = 0$ an LSTM's gates see nothing of its cell. Peepholes show it to them.
# - $f$ and $i$ see $c_{t-1}$, $o$ sees $c_t$: a vector, inside the sigmoid.
# - With U = 0 each unit lives alone, and still counts.
# - Measure where it pays, one change at a time.

# %% [markdown]
# **Open:** one task, twelve networks, one learning rate: how would one judge a change fairly? Unit 09 does it with hundreds of runs.
# **Next:** in `exercises/en/08_peepholes.ipynb` you build the cells of this lesson and a counter that begins again.
