# ruff: noqa: E501 -- a cell of a notebook stands on one line
"""Roads to torch's own LSTM, each a right `lstm_step` of unit 03 by itself, and answers of one's own that look alike.

Every road is cells that define the function named by its key.
"""

from __future__ import annotations

__all__ = ["AUTOGRAD_ROADS", "LOOK_ALIKES", "ROADS", "SETUP"]

SETUP = '''
import copy, contextlib, functools, gc, importlib, inspect, operator, pickle, sys, threading, types
import numpy as np
import torch
from torch import nn

def packed(x, h, c, p):
    """The arguments of torch.lstm_cell: its rows are i, f, g, o."""
    rows = lambda kind: torch.cat([torch.as_tensor(getattr(p, kind + gate)) for gate in ("_i", "_f", "_c", "_o")])
    W, U, b = rows("W"), rows("U"), rows("b")
    return torch.as_tensor(x), (torch.as_tensor(h), torch.as_tensor(c)), W, U, b, torch.zeros_like(b)

def module(cls, x, h, c, p):
    """A step by a cell that is a module."""
    x, state, W, U, b, none = packed(x, h, c, p)
    cell = cls(x.shape[-1], state[0].shape[-1]).double()
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    if not hasattr(cell, "weight_ih"):  # of quantizable ones, with its own Linear
        pairs = (cell.igates.weight, W), (cell.hgates.weight, U), (cell.igates.bias, b), (cell.hgates.bias, none)
    else:
        pairs = [(getattr(cell, name), value) for name, value in zip(names, (W, U, b, none))]
    with torch.no_grad():
        for parameter, value in pairs:
            parameter.copy_(value)
        return cell(x, state)

def layer(run, x, h, c, p):
    """A step by a function for whole sequences."""
    x, (h, c), *weights = packed(x, h, c, p)
    alone = x.dim() == 1
    x, h, c = (a[None] if alone else a for a in (x, h, c))
    _hs, h, c = run(x[None], [h[None], c[None]], weights, True, 1, 0.0, False, False, False)
    return (h[0, 0], c[0, 0]) if alone else (h[0], c[0])

def own_step(x, h, c, p):
    s = lambda a: 1 / (1 + np.exp(-a))
    W = lambda g: x @ getattr(p, "W_" + g).T + h @ getattr(p, "U_" + g).T + getattr(p, "b_" + g)
    c = s(W("f")) * c + s(W("i")) * np.tanh(W("c"))
    return s(W("o")) * np.tanh(c), c
'''


def _cell(made: str, *before: str) -> tuple[str, ...]:
    """A road whose last cell calls something like `torch.lstm_cell`."""
    return (*before, f"def NAME(x, h_prev, c_prev, p):\n    return ({made})(*packed(x, h_prev, c_prev, p))")


def _module(made: str, *before: str) -> tuple[str, ...]:
    """A road whose last cell makes something like `nn.LSTMCell`."""
    return (*before, f"def NAME(x, h_prev, c_prev, p):\n    return module({made}, x, h_prev, c_prev, p)")


def _layer(made: str, *before: str) -> tuple[str, ...]:
    """A road whose last cell calls something like `torch.lstm`."""
    return (*before, f"def NAME(x, h_prev, c_prev, p):\n    return layer({made}, x, h_prev, c_prev, p)")


def _decomposed(made: str) -> tuple[str, ...]:
    """A road to the Python function behind the operator."""
    return (
        "def NAME(x, h_prev, c_prev, p):\n    x, (h, c), W, U, b, none = packed(x, h_prev, c_prev, p)\n"
        f"    h, c = ({made})(torch.nn.functional.linear(x, W, b), h, c, U, None, None, -1)\n    return h, c",
    )


ROADS: dict[str, tuple[str, ...]] = {
    "plain_function": _cell("torch.lstm_cell"),
    "plain_module": _module("nn.LSTMCell"),
    "getattr_joined": _module('getattr(nn, "".join(["LS", "TM", "Cell"]))'),
    "vars_of": _module('vars(nn)["LSTM" + "Cell"]'),
    "by_eval": _module('eval("nn.LSTM" + "Cell")'),
    "by_exec": _module("made_by_exec", 'exec("made_by_exec = nn.LSTM" + "Cell")'),
    "subclasses_scan": _module('next(k for k in nn.RNNCellBase.__subclasses__() if k.__name__[:4] == "LS" "TM")'),
    "magic_cell": (
        "get_ipython().run_cell_magic('time', '', 'def NAME(x, h_prev, c_prev, p):\\n"
        "    return torch.lstm_cell(*packed(x, h_prev, c_prev, p))\\n')",
    ),
    "setattr_alias": _module("np.gate", 'setattr(np, "gate", nn.LSTMCell)'),
    "ops_cell": _cell("torch.ops.aten.lstm_cell"),
    "ops_lstm": _layer("torch.ops.aten.lstm.input"),
    "rnn_base": _layer(
        "lambda *a: torch._VF.lstm(*a)", 'base = nn.modules.rnn.RNNBase("LSTM", 3, 4)\nassert base.mode == "LSTM"'
    ),
    "for_alias": _module("for_made", "for for_made in [nn.LSTMCell]: pass"),
    "with_alias": _module("with_made", "with contextlib.nullcontext(nn.LSTMCell) as with_made: pass"),
    "walrus_alias": _module("walrus_made", "(walrus_made := nn.LSTMCell)"),
    "a_lambda": ("NAME = lambda x, h_prev, c_prev, p: torch.lstm_cell(*packed(x, h_prev, c_prev, p))",),
    "quantizable": _module("torch.ao.nn.quantizable.LSTMCell"),
    "bound_function": _cell("kept_function", "kept_function = torch.lstm_cell"),
    "variable_functions": _cell("torch._C._VariableFunctions.lstm_cell"),
    "kept_in_a_list": _cell("kept[0]", "kept = [torch._VF.lstm_cell]"),
    "kept_in_a_default": (
        "def NAME(x, h_prev, c_prev, p, run=torch.lstm_cell):\n    return run(*packed(x, h_prev, c_prev, p))",
    ),
    "kept_in_a_closure": ("def made(run):\n    return lambda x, h, c, p: run(*packed(x, h, c, p))\nNAME = made(torch.lstm_cell)",),
    "scripted": _cell(
        "in_script",
        "from typing import Tuple\nfrom torch import Tensor\n@torch.jit.script\ndef in_script(x: Tensor, hc: Tuple[Tensor, Tensor], W: Tensor, U: Tensor, b: Tensor, n: Tensor):\n"
        "    return torch.lstm_cell(x, [hc[0], hc[1]], W, U, b, n)",
    ),
    "traced_graph": _cell(
        "graph",
        "from torch.fx.experimental.proxy_tensor import make_fx\ngraphs = {}\ndef graph(*given):\n"
        "    key = given[0].shape\n    return graphs[key](*given)\n"
        "for B, D, H in [(5, 3, 4), (1, 1, 1)]:\n    pass",
        "def graph(*given):\n    return make_fx(lambda *a: torch.lstm_cell(*a))(*given)(*given)",
    ),
    "decomposition": _decomposed("torch._decomp.decompositions.lstm_cell"),
    "decomposition_by_code": _decomposed(
        "types.FunctionType(torch._decomp.decompositions.lstm_cell.__code__, vars(torch._decomp.decompositions))"
    ),
    "decomposition_table": _layer(
        "lambda *a: torch._decomp.decomposition_table[torch.ops.aten.lstm.input](*a)",
    ),
    "decompose_the_operator": _layer("torch.ops.aten.lstm.input.decompose"),
    "any_module_that_has_it": _module(
        'next(vars(m)["LSTM" "Cell"] for m in list(sys.modules.values()) if "LSTM" "Cell" in vars(m))'
    ),
    "reloaded": _module('importlib.reload(sys.modules["torch.nn.modules." + "rnn"]).LSTMCell'),
    "partial": _cell("functools.partial(torch.lstm_cell)"),
    "attrgetter": _module('operator.attrgetter("nn.LSTM" "Cell")(torch)'),
    "derived": _module("Mine", "class Mine(nn.LSTMCell):\n    def forward(self, *a): return super().forward(*a)"),
    "derived_under_the_name": _module("LSTM_Cell", "class LSTM_Cell(nn.LSTMCell):\n    pass"),
    "unpickled": _cell('pickle.loads(b"ctorch\\nlstm_cell\\n.")'),
    "in_a_thread": (
        "def NAME(x, h_prev, c_prev, p):\n    found = []\n    given = packed(x, h_prev, c_prev, p)\n"
        "    one = threading.Thread(target=lambda: found.append(torch.lstm_cell(*given)))\n"
        "    one.start(); one.join()\n    return found[0]",
    ),
    "overload": _cell(
        "lambda x, hc, *w: torch._C._get_operation_overload('aten::lstm_cell', '')[0](x, list(hc), *w)",
    ),
    "jit_operation": _cell("lambda x, hc, *w: torch._C._jit_get_operation('aten::lstm_cell')[0](x, list(hc), *w)"),
    "kernel_kept": _cell(
        "lambda x, hc, *w: kernel.call_boxed(torch._C.DispatchKeySet(torch._C.DispatchKey.CPU), x, list(hc), *w)",
        "kernel = torch._C._dispatch_get_computed_kernel_for_dispatch_key('aten::lstm_cell', 'CPU')",
    ),
    "kernel_below": _cell("lambda x, hc, *w: torch.ops.aten.lstm_cell.default.redispatch(torch._C.DispatchKeySet(torch._C.DispatchKey.CPU), x, list(hc), *w)"),
    "in_inference_mode": (
        "def NAME(x, h_prev, c_prev, p):\n    with torch.inference_mode():\n"
        "        return tuple(a.clone() for a in torch.lstm_cell(*packed(x, h_prev, c_prev, p)))",
    ),
    "own_kernel_put_over_it_and_dropped": _cell(
        "torch.lstm_cell",
        "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
        "    library = torch.library.Library('aten', 'IMPL')\n"
        "    library.impl('lstm_cell', lambda *a: None, 'CPU')\n    library._destroy()",
    ),
    "libraries_destroyed": _cell(
        "torch.lstm_cell",
        "for one in gc.get_objects():\n    if type(one).__name__ == '_DispatchModule':\n        one.reset()",
    ),
    "functional_call": (
        "def NAME(x, h_prev, c_prev, p):\n    x, hc, W, U, b, n = packed(x, h_prev, c_prev, p)\n"
        "    cell = nn.LSTMCell(x.shape[-1], hc[0].shape[-1])\n"
        "    w = dict(weight_ih=W, weight_hh=U, bias_ih=b, bias_hh=n)\n"
        "    return tuple(a.detach() for a in torch.func.functional_call(cell, w, (x, hc)))",
    ),
    "torchs_own_source": _module(
        "from_source", "space = dict(vars(torch.ao.nn.quantizable.modules.rnn))\n"
        "exec(inspect.getsource(torch.ao.nn.quantizable.LSTMCell), space)\nfrom_source = space['LSTMCell']",
    ),
    "torchs_own_file": _module(
        "from_file.LSTMCell", "from importlib.machinery import SourceFileLoader\n"
        "from importlib.util import module_from_spec, spec_from_loader\n"
        "loader = SourceFileLoader('copied', torch.ao.nn.quantizable.modules.rnn.__file__)\n"
        "from_file = module_from_spec(spec_from_loader('copied', loader))\nloader.exec_module(from_file)",
    ),
    "a_decorator": (
        "def through(cell):\n    return lambda f: lambda x, h, c, p: cell(*packed(x, h, c, p))\n"
        "@through(torch.lstm_cell)\ndef NAME(x, h_prev, c_prev, p):\n    return own_step(x, h_prev, c_prev, p)",
    ),
}  # fmt: skip

_OWN = "    return own_step(x, h_prev, c_prev, p)"
_HEAD = "def NAME(x, h_prev, c_prev, p):\n"

LOOK_ALIKES: dict[str, tuple[str, ...]] = {
    "star_import": ("from torch.nn import *", _HEAD + _OWN),
    "imported_and_not_used": ("from torch.nn import LSTM, LSTMCell", _HEAD + _OWN),
    "own_class": ("class LSTM:\n    step = staticmethod(own_step)", _HEAD + "    return LSTM.step(x, h_prev, c_prev, p)"),
    "own_cell": ("class LSTMCell:\n    def __call__(self, *a): return own_step(*a)", _HEAD + "    return LSTMCell()(x, h_prev, c_prev, p)"),
    "own_function": ("def lstm_cell(*a): return own_step(*a)", _HEAD + "    return lstm_cell(x, h_prev, c_prev, p)"),
    "own_module": ("class LSTMLayer(nn.Module):\n    def forward(self, *a): return own_step(*a)", _HEAD + "    return LSTMLayer()(x, h_prev, c_prev, p)"),
    "own_name_after_import": ("from torch.nn import LSTM as lstm\ndef lstm(*a): return own_step(*a)", _HEAD + "    return lstm(x, h_prev, c_prev, p)"),
    "variable": (_HEAD + "    gru = lstm = own_step(x, h_prev, c_prev, p)\n    return lstm",),
    "argument": ("def helper(lstm, *a): return lstm(*a)", _HEAD + "    return helper(own_step, x, h_prev, c_prev, p)"),
    "comment": (_HEAD + "    # as torch.nn.LSTMCell does\n" + _OWN,),
    "docstring": (_HEAD + '    """The same as torch.nn.LSTMCell(3, 4)."""\n' + _OWN,),
    "string": (_HEAD + "    name = 'torch.nn.LSTM'\n" + _OWN,),
    "key_of_a_mapping": ("cells = {'LSTM': own_step}", _HEAD + "    return cells['LSTM'](x, h_prev, c_prev, p)"),
    "attribute": ("class nets: LSTM = staticmethod(own_step)", _HEAD + "    return nets.LSTM(x, h_prev, c_prev, p)"),
    "own_namespace_called_nn": (
        "from types import SimpleNamespace\nmine = SimpleNamespace(LSTMCell=own_step)",
        _HEAD + "    nn = mine\n    return nn.LSTMCell(x, h_prev, c_prev, p)",
    ),
    "imported_inside": (_HEAD + "    from torch.nn import LSTMCell\n" + _OWN,),
    "type_hint": ("def helper(cell: nn.LSTMCell, *a) -> nn.LSTM: return own_step(*a)", _HEAD + "    return helper(None, x, h_prev, c_prev, p)"),
    "asked_for_the_class": (_HEAD + "    assert not isinstance(x, nn.LSTM)\n" + _OWN,),
    "asked_for_the_name": (_HEAD + "    assert hasattr(nn, 'LSTM')\n" + _OWN,),
    "compared_at_the_side": (
        "theirs = nn.LSTMCell(3, 4)",
        "def compare(x, h, c):\n    return theirs(x, (h, c))",
        _HEAD + _OWN,
        "compare(torch.zeros(1, 3), torch.zeros(1, 4), torch.zeros(1, 4))",
    ),
    "sizes_of_a_layer_made_before": ("theirs = nn.LSTM(3, 4)\nH = theirs.hidden_size", _HEAD + "    assert H == 4\n" + _OWN),
    "tried_and_done_without": (
        _HEAD + "    try:\n        return torch.lstm_cell(x, h_prev)\n    except Exception:\n        return own_step(x, h_prev, c_prev, p)",
    ),
    "other_layers": (_HEAD + "    nn.Linear(3, 4)(torch.zeros(3)); nn.GRUCell(3, 4)(torch.zeros(1, 3))\n" + _OWN,),
    "packed_sequences": ("from torch.nn.utils import rnn", _HEAD + "    rnn.pad_sequence([torch.zeros(2)])\n" + _OWN),
    "derivative_forwards": (_HEAD + "    torch.func.jvp(torch.sigmoid, (torch.ones(2),), (torch.ones(2),))\n" + _OWN,),
    "in_torch": (
        _HEAD + "    x, (h, c), W, U, b, n = packed(x, h_prev, c_prev, p)\n"
        "    i, f, g, o = (x @ W.T + h @ U.T + b).chunk(4, -1)\n"
        "    c = f.sigmoid() * c + i.sigmoid() * g.tanh()\n    return o.sigmoid() * c.tanh(), c",
    ),
}  # fmt: skip

_LEAF = "def NAME(x):\n    y = torch.tensor(x, requires_grad=True)\n    z = (y * y).sum()\n"
AUTOGRAD_ROADS: dict[str, tuple[str, ...]] = {
    "backward": (_LEAF + "    z.backward()\n    return y.grad.numpy()",),
    "grad": (_LEAF + "    return getattr(torch, 'auto' 'grad').grad(z, y)[0].numpy()",),
    "grad_kept": ("kept = torch.autograd.grad", _LEAF + "    return kept(z, y)[0].numpy()"),
    "engine": (
        "engine = torch.autograd.Variable._execution_engine\nrun = engine.run_backward",
        _LEAF + "    return run((z,), (torch.ones_like(z),), False, False, (y,), True, False)[0].numpy()",
    ),
    "engine_by_its_class": (
        "kind = next(k for k in object.__subclasses__() if k.__name__ == '_EngineBase')",
        _LEAF + "    return kind().run_backward((z,), (torch.ones_like(z),), False, False, (y,), True, False)[0].numpy()",
    ),
    "node": (_LEAF + "    return 2 * y.detach().numpy() * (y * 1).grad_fn(torch.ones_like(y))[0].numpy()",),
    "func": ("def NAME(x):\n    return torch.func.grad(lambda y: (y * y).sum())(torch.tensor(x)).numpy()",),
    "vjp": ("def NAME(x):\n    z, back = torch.func.vjp(lambda y: (y * y).sum(), torch.tensor(x))\n    return back(torch.ones_like(z))[0].numpy()",),
    "jacfwd": ("def NAME(x):\n    return torch.func.jacfwd(lambda y: (y * y).sum())(torch.tensor(x)).numpy()",),
    "forward_ad": (
        "import torch.autograd.forward_ad as fw\ndef NAME(x):\n    y = torch.tensor(x)\n    with fw.dual_level():\n"
        "        return fw.unpack_dual(fw.make_dual(y, torch.ones_like(y)) ** 2).tangent.numpy()",
    ),
    "jacobian": (
        "def NAME(x):\n    return torch.autograd.functional.jacobian(lambda y: (y * y).sum(), torch.tensor(x)).numpy()",
    ),
    "operator": (_LEAF + "    torch.ops.aten._backward(z, [y], None, None, False)\n    return y.grad.numpy()",),
    "jit_operation": (_LEAF + "    return torch._C._jit_get_operation('aten::grad')[0]([z], [y])[0].numpy()",),
    "scripted": (
        "from typing import List, Optional\n@torch.jit.script\ndef in_script(y: torch.Tensor):\n    z = (y * y).sum()\n"
        "    out = torch.autograd.grad([z], [y])[0]\n    assert out is not None\n    return out",
        "def NAME(x):\n    return in_script(torch.tensor(x, requires_grad=True)).numpy()",
    ),
    "hook": (_LEAF + "    y.register_hook(lambda g: g)\n    z.backward()\n    return y.grad.numpy()",),
}  # fmt: skip
