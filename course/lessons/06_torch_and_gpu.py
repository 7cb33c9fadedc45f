# %% [markdown]
# # 06 · Torch and GPU: a layer that trains
#
# **You will be able to** write a fast LSTM in torch, feed it sequences of unequal length, and train it until it solves what an RNN
# cannot.
#
# **Needs:** units 00 to 05. **Takes:** 45 minutes. **Costs:** 25 seconds of computing; a GPU is used where there is one.

# %%
# << first_cell >>
import numpy as np
import torch
from gatedrnn_course import explore_adding, learn_task, milliseconds
from gatedrnn_course import plot, predict, reveal, show_devices, show_timeline
from torch import nn

# %% [markdown]
# ## The same effort, and one learns
#
# The adding problem of 1997: a sequence of values, two of them marked early on. At the end the network is to say $0.5 + (X_1 + X_2)/4$, within
# 0.04. Three RNNs and three LSTMs of 16 units read the same batches:

# %% tags=["nbval-ignore-output"]
kinds = {"RNN": "RNN", "LSTM": "LSTM"}
short = {"length": 24}
adding = learn_task("adding_1997", kinds, rounds=1500, settings=short, b_f=2.0)
names = {"x": "rounds of training", "y": "share of sequences right"}
plot(adding.curves, **names, at=adding.rounds)

# %% [markdown]
# An RNN stays where guessing is. The criterion of 1997 asks for no mistake in 2,000 fresh sequences, and the mean error below 0.01:

# %% tags=["nbval-ignore-output"]
print("networks that meet it, of 3:", adding.solved)

# %% [markdown]
# These networks ran in a program that the course compiled for them. By the end of this unit you train one yourself, in plain torch: a class of
# yours, a step of yours. Written carelessly it takes minutes, or learns nothing at all without a word of complaint.

# %% [markdown]
# ## Where the time goes
#
# The step of unit 03 has eight products of a matrix with a vector. Here it is in torch, as the equations say:


# %%
class Plain(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.W = nn.ParameterList(torch.randn(H, D) / 4 for _ in range(4))
        self.U = nn.ParameterList(torch.randn(H, H) / 8 for _ in range(4))
        self.b = nn.ParameterList(torch.zeros(H) for _ in range(4))

    def forward(self, xs):
        h = c = xs.new_zeros(xs.shape[1], len(self.b[0]))
        hs = []
        for x in xs:
            rows = zip(self.W, self.U, self.b, strict=True)
            f, i, c_tilde, o = (x @ W.T + h @ U.T + b for W, U, b in rows)
            c = f.sigmoid() * c + i.sigmoid() * c_tilde.tanh()
            h = o.sigmoid() * c.tanh()
            hs.append(h)
        return torch.stack(hs)


# %% [markdown]
# The four matrices $W$ see the same $x$, and the four $U$ the same $h$. Stack them, and two products do. The product with $x$ needs no state: it
# can leave the loop altogether, for all steps at once.


# %%
class Hoisted(nn.Module):
    def __init__(self, D, H):
        super().__init__()
        self.W = nn.Parameter(torch.randn(4 * H, D) / 4)
        self.U = nn.Parameter(torch.randn(4 * H, H) / 8)
        self.b = nn.Parameter(torch.zeros(4 * H))

    def forward(self, xs):
        h = c = xs.new_zeros(xs.shape[1], self.U.shape[1])
        hs = []
        for a in (xs @ self.W.T + self.b).unbind(0):  # all steps at once
            f, i, c_tilde, o = (a + h @ self.U.T).chunk(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * c_tilde.tanh()
            h = o.sigmoid() * c.tanh()
            hs.append(h)
        return torch.stack(hs)


# %% [markdown]
# On a sequence of 48 steps, a batch of 64 and 16 units, most of the time goes into starting operations, not into multiplying.

# %%
predict(
    "hoisting",
    "Eight products a step become one. What happens to the time?",
    ["Half of it or less", "An eighth", "Nothing"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "hoisting",
    "Half of it or less",
    "A product is one operation of many: sigmoid, tanh, * and + stay, and so does "
    "their backward. What torch does 48 times is what counts.",
):
    lengths = (12, 24, 48)
    layers = {"eight products": Plain(2, 16), "one product": Hoisted(2, 16)}
    times = {
        name: [milliseconds(layer, torch.rand(T, 64, 2)) for T in lengths]
        for name, layer in layers.items()
    }
    plot(times, x="steps T", y="ms, forward and backward", at=lengths)

# %% [markdown]
# `unbind(0)` matters as well. Its backward puts all steps together once. With `a[t]` inside the loop, the backward makes a tensor of zeros as
# long as the whole sequence for every step: the time grows with $T^2$.

# %% [markdown]
# ## What belongs to a module
#
# `nn.Parameter` is what an optimiser finds and what moves with the module to a GPU. A tensor that is kept but not trained is a *buffer*. A plain
# attribute is neither:


# %%
class Three(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
        self.register_buffer("scale", torch.ones(2))
        self.start = torch.zeros(2)


# %%
predict(
    "moves",
    "three.to(device): what stays behind on the CPU?",
    ["weight", "scale", "start", "Nothing"],
)

# %%
with reveal(
    "moves",
    "start",
    "Nobody told the module of it. On a GPU the first product with it fails: make such "
    "a tensor in forward, from the input, with xs.new_zeros(...).",
):
    three = Three().to("meta")  # a device without numbers: every machine has it
    for name in ("weight", "scale", "start"):
        print(f"{name:7}", getattr(three, name).device)
    print("parameters:", [name for name, _ in three.named_parameters()])

# %% [markdown]
# ## Which axis is time?
#
# `torch.nn.LSTM` reads $(T, B, D)$ unless `batch_first=True` is given. Here a batch of 5 sequences of 7 steps goes in as $(B, T, D)$, by
# mistake. Then numbers of the first sequence are changed.

# %%
predict(
    "batch first",
    "The first sequence has changed. What changes in what the layer hands back?",
    ["An error comes", "Outputs of this sequence", "Outputs of all sequences"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "batch first",
    "Outputs of all sequences",
    "The layer takes the five sequences for five steps, and what stands in the first "
    "flows into all after it. Nothing is said, and the network still trains a little.",
):
    torch.manual_seed(0)
    lstm, xs = nn.LSTM(2, 4), torch.rand(5, 7, 2)  # batch first, and nobody told it
    before = lstm(xs)[0]
    xs[0] += 1.0
    moved = (lstm(xs)[0] - before).abs().amax((1, 2)).detach().numpy()
    plot({"change": moved}, x="sequence", y="largest change of its h", at=range(1, 6))

# %% [markdown]
# A test for every layer you write: change one sequence of a batch, and see that no other output moves.

# %% [markdown]
# ## Sequences of unequal length
#
# A batch is one tensor, so short sequences are padded, here with zeros after their end. This one has 12 steps of 24. Its last real step is
# the 12th.

# %% tags=["nbval-ignore-output"]
torch.manual_seed(1)
xs = torch.rand(24, 1, 2)
xs[12:] = 0.0  # the padding
h = Hoisted(2, 16)(xs)[:, 0, 3].detach().numpy()
plot({"h": h}, x="step; 12 is the last real one", y="h of one unit", at=range(1, 25))

# %% [markdown]
# The cell does not know that the sequence is over: it goes on with zeros, and $h$ drifts. What `hs[-1]` holds is the state of the padding. The
# state of the sequence is `hs[lengths - 1, torch.arange(B)]`.

# %%
predict(
    "averaged padding",
    "Averaged over all 24 steps, 12 of them 0: how large is the loss, beside the real?",
    ["The same", "Half of it", "Twice as large"],
)

# %%
with reveal(
    "averaged padding",
    "Half of it",
    "Steps that are right for nothing are counted in. A batch of short sequences then "
    "looks better than one of long ones, and its gradient is too small.",
):
    error = np.where(np.arange(24) < 12, 0.2, 0.0)
    mask = np.arange(24) < 12
    print(f"over all steps {error.mean():.2f}, with a mask {error[mask].mean():.2f}")

# %% [markdown]
# So: a mask, `t < length`, and the sum divided by how many steps are real. Where the answer comes at the end, there is another way: put the
# padding *before* the sequences, and all of them end together.

# %% [markdown]
# ## Long sequences in pieces
#
# A text has no end. One reads it in pieces, hands the state on, and takes the gradient back within each piece: *truncated BPTT*. Between two
# pieces stands `detach()`.

# %%
predict(
    "detach",
    "Two pieces of 12, the state detached between them. Which inputs get a gradient?",
    ["All 24", "The last 12", "Only the last"],
)

# %% tags=["nbval-ignore-output"]
with reveal(
    "detach",
    "The last 12",
    "The numbers of the state go on, its history does not: the forward is the same to "
    "the last digit, and no gradient crosses the cut.",
):
    torch.manual_seed(0)
    lstm, sizes = nn.LSTM(2, 16), {}
    for name in ("whole", "cut at 12"):
        xs = torch.rand(24, 1, 2, generator=torch.Generator().manual_seed(2))
        xs.requires_grad_()
        first, (h, c) = lstm(xs[:12])
        state = (h, c) if name == "whole" else (h.detach(), c.detach())
        lstm(xs[12:], state)[0][-1].sum().backward()
        sizes[name] = xs.grad[:, 0].norm(dim=-1).numpy().clip(1e-12)
    sizes["cut at 12"][:12] = np.nan  # exactly 0 has no place on this axis
    plot(sizes, x="step", y="size of the gradient", at=range(1, 25), log=True)

# %% [markdown]
# Without the cut, the second backward would go through the first piece again: torch says "backward through the graph a second time". With
# `retain_graph=True` the message goes away and each step takes longer than the one before.

# %% [markdown]
# ## One step of training
#
# Six lines, and the order matters: training mode, zero the gradients, forward, backward, **clip**, step. Clipping shortens a gradient that is
# too long and keeps its direction, so it belongs between backward and step.

# %%
predict(
    "clipped",
    "A gradient (3, 4) is clipped to the norm 1. What is left?",
    ["(1, 1)", "(0.6, 0.8)", "(3, 4)"],
)

# %%
with reveal(
    "clipped",
    "(0.6, 0.8)",
    "Its norm is 5, and all of it is divided by 5. Clipping every number by itself, "
    "as clip_grad_value_ does, gives (1, 1), which points elsewhere.",
):
    w = nn.Parameter(torch.zeros(2))
    w.grad = torch.tensor([3.0, 4.0])
    norm = nn.utils.clip_grad_norm_([w], 1.0)
    print(f"norm before {norm:.1f}, gradient after", w.grad.numpy().round(2))

# %% [markdown]
# `zero_grad()` comes before backward, for gradients add up. `model.train()` and `model.eval()` change what dropout does, and nothing else here:
# gradients flow in both.

# %%
predict(
    "modes",
    "A layer of dropout, a vector of ones, in eval mode. What comes out?",
    ["Some zeros, the others larger", "The ones, unchanged", "All halved"],
)

# %%
with reveal(
    "modes",
    "The ones, unchanged",
    "Only training mode drops. Left in training mode, a network is judged with holes "
    "in it; left in eval mode, it trains without dropout and nobody tells you.",
):
    torch.manual_seed(0)
    drop = nn.Dropout(0.5)
    show_timeline(
        {
            "train mode": drop(torch.ones(24)).numpy(),
            "eval mode": drop.eval()(torch.ones(24)).numpy(),
        },
        x="unit",
    )
