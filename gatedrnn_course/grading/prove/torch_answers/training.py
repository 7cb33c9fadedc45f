"""Answers to `train_step`."""

from __future__ import annotations

from gatedrnn_course.text import mark

__all__ = ["FILLED", "RIGHT", "WRONG"]

_HEAD = """
import torch
from torch.nn.utils import clip_grad_norm_
import torch.nn.functional as F

def loss_over_real_steps(outputs, targets, lengths):
    real = torch.arange(len(outputs), device=outputs.device)[:, None] < lengths
    return F.mse_loss(outputs[real], targets[real])

def train_step(model, optimiser, xs, targets, lengths, state, max_norm):
"""
_ZERO, _TRAIN, _BACK, _STEP = "optimiser.zero_grad()", "model.train()", "loss.backward()", "optimiser.step()"
_RUN, _LOSS = "out, state = model(xs, state)", "loss = loss_over_real_steps(out, targets, lengths)"
_CLIP = "clip_grad_norm_(model.parameters(), max_norm)"
_GIVE = "return loss.item(), tuple(s.detach() for s in state)"


def _answer(*rows: str) -> str:
    return _HEAD + "".join(f"    {row}\n" for row in rows)


RIGHT: dict[str, dict[str, str]] = {
    "train_step": {
        mark("in the usual order"): _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, _GIVE),
        mark("zeroed right before backward"): _answer(
            _RUN.replace("model(", "model.train()("), _LOSS, _ZERO, _BACK, _CLIP, _STEP, _GIVE
        ),
        mark("zeroed through the model, and to zeros"): _answer(
            "model.zero_grad(set_to_none=False)", _TRAIN, _RUN, _LOSS, _BACK, _CLIP, _STEP, _GIVE
        ),
        mark("gradients set to None by hand, h and c by name"): _answer(
            _TRAIN,
            "for p in model.parameters():",
            "    p.grad = None",
            "out, (h, c) = model(xs, state)",
            _LOSS,
            _BACK,
            _CLIP,
            _STEP,
            "return float(loss), (h.detach(), c.detach())",
        ),
        mark("the state detached where the step begins"): _answer(
            _TRAIN,
            _ZERO,
            "h, c = state",
            "state = h.detach(), c.detach()",
            _RUN,
            _LOSS,
            _BACK,
            _CLIP,
            _STEP,
            "return loss.item(), state",
        ),
        mark("torch.autograd.grad"): _answer(
            _TRAIN,
            _RUN,
            _LOSS,
            "weights = list(model.parameters())",
            "for p, g in zip(weights, torch.autograd.grad(loss, weights)):",
            "    p.grad = g",
            "clip_grad_norm_(weights, max_norm)",
            _STEP,
            "return loss.detach(), [s.detach() for s in state]",
        ),
        mark("clipped by hand"): _answer(
            _TRAIN,
            _ZERO,
            _RUN,
            _LOSS,
            _BACK,
            "norm = sum((p.grad ** 2).sum() for p in model.parameters()) ** 0.5",
            "if norm > max_norm:",
            "    for p in model.parameters():",
            "        p.grad *= max_norm / (norm + 1e-6)",
            _STEP,
            _GIVE,
        ),
        mark("the loss written out, the mode set by hand"): _answer(
            "model.train(True)",
            _ZERO,
            _RUN,
            "total = 0",
            "for k, n in enumerate(lengths.tolist()):",
            "    total = total + (out[:n, k] - targets[:n, k]).square().sum()",
            "loss = total / (lengths.sum() * out.shape[-1])",
            _BACK,
            _CLIP,
            _STEP,
            _GIVE,
        ),
        mark("zeroed before and after, detached in place"): _answer(
            _TRAIN,
            _ZERO,
            _RUN,
            _LOSS,
            _BACK,
            _CLIP,
            _STEP,
            _ZERO,
            "for s in state:",
            "    s.detach_()",
            "return loss.item(), state",
        ),
        mark("step with a closure"): _answer(
            _TRAIN,
            "kept = {}",
            "def closure():",
            "    optimiser.zero_grad()",
            "    out, kept['state'] = model(xs, state)",
            "    loss = loss_over_real_steps(out, targets, lengths)",
            "    loss.backward()",
            "    clip_grad_norm_(model.parameters(), max_norm)",
            "    return loss",
            "loss = optimiser.step(closure)",
            "return loss.item(), tuple(s.detach() for s in kept['state'])",
        ),
    }
}
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "train_step": (
        ("`zero_grad` is missing", _answer(_TRAIN, _RUN, _LOSS, _BACK, _CLIP, _STEP, _GIVE)),
        ("The step is taken on stale gradients", _answer(_TRAIN, _RUN, _LOSS, _STEP, _ZERO, _BACK, _CLIP, _GIVE)),
        ("`zero_grad` comes after the step", _answer(_TRAIN, _RUN, _LOSS, _BACK, _CLIP, _STEP, _ZERO, _GIVE)),
        (
            "`zero_grad` comes between backward() and step()",
            _answer(_TRAIN, _RUN, _LOSS, _BACK, _ZERO, _CLIP, _STEP, _GIVE),
        ),
        ("The gradients are clipped after the step", _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _STEP, _CLIP, _GIVE)),
        ("The gradients that the step uses are not", _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _STEP, _GIVE)),
        ("The gradients that the step uses are not", _answer(_TRAIN, _RUN, _LOSS, _ZERO, _CLIP, _BACK, _STEP, _GIVE)),
        (
            "The loss is averaged over the padding",
            _answer(_TRAIN, _ZERO, _RUN, "loss = F.mse_loss(out, targets)", _BACK, _CLIP, _STEP, _GIVE),
        ),
        (
            "The state is kept attached between batches: backward",
            _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, "return loss.item(), state"),
        ),
        (
            "The state is kept attached between batches: backward",
            _answer(
                _TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, "return loss.item(), (state[0].detach(), state[1])"
            ),
        ),
        (
            "The state is kept attached between batches, and retain_graph",
            _answer(
                _TRAIN,
                _ZERO,
                _RUN,
                _LOSS,
                "loss.backward(retain_graph=True)",
                _CLIP,
                _STEP,
                "return loss.item(), state",
            ),
        ),
        ("The model stays in evaluation mode", _answer(_ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, _GIVE)),
        ("`model.eval()` stands", _answer("model.eval()", _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, _GIVE)),
        ("`model.train()` comes after", _answer(_ZERO, _RUN, _TRAIN, _LOSS, _BACK, _CLIP, _STEP, _GIVE)),
        ("The state is not given", _answer(_TRAIN, _ZERO, "out, state = model(xs)", _LOSS, _BACK, _CLIP, _STEP, _GIVE)),
        ("No step is taken", _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _GIVE)),
        ("`backward()` is missing", _answer(_TRAIN, _ZERO, _RUN, _LOSS, _CLIP, _STEP, _GIVE)),
        (
            "The graph is cut before backward",
            _answer(_TRAIN, _ZERO, "with torch.no_grad():", f"    {_RUN}", _LOSS, _BACK, _CLIP, _STEP, _GIVE),
        ),
        (
            "`train_step` hands back float",
            _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, "return loss.item()"),
        ),
        (
            "The state that `train_step` hands back is a Tensor",
            _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, "return loss.item(), state[0].detach()"),
        ),
        (
            "The state is a tuple (h, c)",
            _answer(_TRAIN, _ZERO, _RUN, _LOSS, _BACK, _CLIP, _STEP, "return loss.item(), state.detach()"),
        ),
        (
            "Each number of the gradient",
            _answer(
                _TRAIN,
                _ZERO,
                _RUN,
                _LOSS,
                _BACK,
                "torch.nn.utils.clip_grad_value_(model.parameters(), max_norm)",
                _STEP,
                _GIVE,
            ),
        ),
    )
}
FILLED: dict[str, str] = {
    "train_step": _answer(
        "number = float('{number}')", "return number, tuple(torch.full_like(s, number) for s in state)"
    ),
}
