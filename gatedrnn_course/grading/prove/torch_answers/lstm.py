"""Right answers to `LSTM`, and what its other answers are made of."""

from __future__ import annotations

from gatedrnn_course.grading.items.driven_item import replaced
from gatedrnn_course.text import mark

__all__ = ["GIVE", "LOOP", "RIGHT", "STATE", "typed"]

_PLAIN = """
import torch
from torch import nn

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        scale = hidden_size ** -0.5
        self.W = nn.Parameter(scale * torch.randn(4 * hidden_size, input_size))
        self.U = nn.Parameter(scale * torch.randn(4 * hidden_size, hidden_size))
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, xs, state=None):
        if state is None:
            zeros = xs.new_zeros(xs.shape[1], self.U.shape[1])
            state = zeros, zeros
        h, c = state
        hs = []
        for a in (xs @ self.W.T + self.b).unbind(0):
            f, i, g, o = (a + h @ self.U.T).chunk(4, dim=-1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            hs.append(h)
        return torch.stack(hs), (h, c)
"""
LOOP = "for a in (xs @ self.W.T + self.b).unbind(0):"
STATE = "zeros = xs.new_zeros(xs.shape[1], self.U.shape[1])"
GIVE = "return torch.stack(hs), (h, c)"


def typed(*changes: tuple[str, str]) -> str:
    """The plainest answer with some of it typed otherwise."""
    return replaced(_PLAIN, *changes)


_OWN_METHODS = """
import torch
import torch.nn.functional as F

class LSTM(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super(LSTM, self).__init__()
        self.D, self.H = input_size, hidden_size
        for name, shape in {"W": (4 * hidden_size, input_size), "U": (4 * hidden_size, hidden_size)}.items():
            self.register_parameter(name, torch.nn.Parameter(torch.empty(*shape)))
        self.register_parameter("b", torch.nn.Parameter(torch.empty(4 * hidden_size)))
        self.reset_parameters()

    def reset_parameters(self):
        for parameter in self.parameters():
            torch.nn.init.uniform_(parameter, -0.1, 0.1)

    def start(self, xs):
        shape = xs.size(1), self.H
        return tuple(torch.zeros(shape, device=xs.device, dtype=xs.dtype) for _ in "hc")

    def step(self, a, h, c):
        a = F.linear(h, self.U) + a
        H = self.H
        f, i, o = (a[:, k:k + H].sigmoid() for k in (0, H, 3 * H))
        c = torch.addcmul(f * c, i, a[:, 2 * H:3 * H].tanh())
        return o * c.tanh(), c

    def forward(self, xs, state=None):
        h, c = self.start(xs) if state is None else state
        steps = []
        for a in F.linear(xs, self.W, self.b):
            h, c = self.step(a, h, c)
            steps += [h]
        return torch.stack(steps, dim=0), (h, c)
"""
_GATE_BY_GATE = """
import torch
from torch import nn

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.rand(4 * hidden_size, input_size) - 0.5)
        self.U = nn.Parameter(torch.rand(4 * hidden_size, hidden_size) - 0.5)
        self.b = nn.Parameter(torch.rand(4 * hidden_size))
        self.hidden_size = hidden_size

    def forward(self, xs, state=None):
        T, B, _ = xs.shape
        H = self.hidden_size
        h = torch.zeros(B, H).to(xs) if False else torch.zeros_like(xs[0, :, :1]).expand(B, H)
        c = h
        if state is not None:
            h, c = state
        blocks = [slice(k * H, (k + 1) * H) for k in range(4)]
        x_f, x_i, x_c, x_o = ((xs @ self.W[rows].T + self.b[rows]).unbind() for rows in blocks)
        U_f, U_i, U_c, U_o = (self.U[rows].T for rows in blocks)
        out = []
        for t in range(T):
            f = torch.sigmoid(x_f[t] + h @ U_f)
            i = torch.sigmoid(x_i[t] + h @ U_i)
            c_tilde = torch.tanh(x_c[t] + h @ U_c)
            o = torch.sigmoid(x_o[t] + h @ U_o)
            c = f * c + i * c_tilde
            h = o * torch.tanh(c)
            out.append(h)
        return torch.stack(out), (h, c)
"""
_EINSUM = """
import torch
from torch import nn, einsum, sigmoid, tanh

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        nn.Module.__init__(self)
        self.W, self.U, self.b = (
            nn.Parameter(torch.randn(4 * hidden_size, *rest) / 3) for rest in ((input_size,), (hidden_size,), ())
        )

    def forward(self, xs, state=None):
        H = self.U.shape[1]
        U = self.U.view(4, H, H)
        before = (einsum("tbd,gd->tbg", xs, self.W) + self.b).unflatten(-1, (4, H))
        h, c = state or [xs.new_zeros((xs.shape[1], H)) for _ in range(2)]
        hs = []
        for a in before.unbind(dim=0):
            f, i, c_tilde, o = (a + einsum("bh,gkh->bgk", h, U)).unbind(1)
            c = sigmoid(f) * c + sigmoid(i) * tanh(c_tilde)
            h = sigmoid(o) * tanh(c)
            hs.append(h[None])
        return torch.cat(hs), [h, c]
"""
_HELPERS = """
import torch
from torch import nn

def input_part(xs, W, b):
    T, B, D = xs.shape
    return torch.addmm(b, xs.reshape(T * B, D), W.t()).view(T, B, -1).split(1)

def gates(a):
    f, i, g, o = torch.chunk(a, 4, dim=1)
    return torch.sigmoid(f), torch.sigmoid(i), torch.tanh(g), torch.sigmoid(o)

class Base(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.zeros(4 * hidden_size, input_size).normal_())
        self.U = nn.Parameter(torch.zeros(4 * hidden_size, hidden_size).normal_())
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))

class LSTM(Base):
    def forward(self, xs, state=None):
        H = self.b.numel() // 4
        if state is None:
            state = (torch.zeros(xs.shape[1], H, dtype=self.W.dtype, device=self.W.device),) * 2
        history = [state]
        for a in input_part(xs, self.W, self.b):
            h, c = history[-1]
            f, i, g, o = gates(torch.addmm(a.squeeze(0), h, self.U.t()))
            c = f * c + i * g
            history.append((o * c.tanh(), c))
        return torch.stack([h for h, _ in history[1:]]), history[-1]
"""
_GENERATOR = """
import torch
from torch import nn

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.b = nn.Parameter(torch.ones(4 * hidden_size))
        self.U = nn.Parameter(torch.eye(hidden_size).repeat(4, 1))
        self.W = nn.Parameter(torch.zeros(4 * hidden_size, input_size))

    def run(self, steps, h, c):
        turned = self.U.T
        for a in steps:
            a = a + torch.matmul(h, turned)
            n = a.shape[-1] // 4
            s = torch.sigmoid(torch.cat([a[:, :2 * n], a[:, 3 * n:]], dim=-1))
            f, i, o = s.chunk(3, dim=-1)
            c = torch.lerp(torch.zeros_like(c), c, f) + i * torch.tanh(a[:, 2 * n:3 * n])
            h = o * torch.tanh(c)
            yield h, c

    def forward(self, xs, state=None):
        state = state if state is not None else (xs.new_zeros(xs.shape[1], self.U.shape[1]),) * 2
        pairs = list(self.run(list(torch.nn.functional.linear(xs, self.W, self.b)), *state))
        hs, cs = zip(*pairs)
        return torch.stack(hs), (hs[-1], cs[-1])
"""
_BATCH_INSIDE = """
import torch
from torch import nn

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.nn.init.xavier_uniform_(torch.empty(4 * hidden_size, input_size)))
        self.U = nn.Parameter(torch.nn.init.orthogonal_(torch.empty(4 * hidden_size, hidden_size)))
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, xs, state=None):
        batch_first = xs.transpose(0, 1)
        a_s = (batch_first @ self.W.transpose(0, 1) + self.b).unbind(1)
        h = c = xs.new_zeros(len(batch_first), self.U.size(1))
        if state is not None:
            h, c = state[0], state[1]
        outputs = []
        for a in a_s:
            a = a + (self.U @ h.T).T
            f, i, g, o = torch.tensor_split(a, 4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        return torch.stack(outputs, dim=1).transpose(0, 1), (h, c)
"""
_OWN_ACTIVATIONS = """
import torch
from torch import nn
from functools import reduce

def sigmoid(a):
    return 0.5 * (1 + torch.tanh(0.5 * a))

class LSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        H = hidden_size
        self.W, self.U, self.b = nn.Parameter(torch.zeros(4 * H, input_size)), nn.Parameter(torch.zeros(4 * H, H)), None
        self.b = nn.Parameter(torch.zeros(4 * H))

    def forward(self, xs, state=None):
        zeros = torch.zeros_like((xs @ self.W.T)[0, :, :self.U.shape[1]])
        start = state if state is not None else (zeros, zeros)

        def step(past, a):
            h, c = past[-1]
            f, i, g, o = torch.split(a + torch.nn.functional.linear(h, self.U), h.shape[1], dim=1)
            c = c * sigmoid(f) + torch.tanh(g) * sigmoid(i)
            return [*past, (torch.tanh(c) * sigmoid(o), c)]

        past = reduce(step, torch.unbind(xs @ self.W.T + self.b), [start])
        return torch.stack([h for h, c in past][1:]), past[-1]
"""
RIGHT: dict[str, dict[str, str]] = {
    "LSTM": {
        mark("four blocks in one product, chunk"): _PLAIN,
        mark("methods of its own, slices, registered by name"): _OWN_METHODS,
        mark("gate by gate"): _GATE_BY_GATE,
        mark("einsum over gates, a list as state"): _EINSUM,
        mark("helpers, a class between, addmm"): _HELPERS,
        mark("a generator, sigmoid of three gates at once"): _GENERATOR,
        mark("batch first inside"): _BATCH_INSIDE,
        mark("own activations, reduce"): _OWN_ACTIVATIONS,
        mark("iterating over the tensor"): typed((LOOP, "for a in xs @ self.W.T + self.b:")),
    }
}
