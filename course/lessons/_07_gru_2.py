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
