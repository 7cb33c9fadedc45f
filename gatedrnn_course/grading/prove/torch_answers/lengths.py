"""Answers to `last_states` and `masked_loss`."""

from __future__ import annotations

from gatedrnn_course.text import mark

__all__ = ["FILLED", "RIGHT", "WRONG"]

HEAD = """
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

"""


def _last(*rows: str) -> str:
    return HEAD + "def last_states(hs, lengths):\n" + "".join(f"    {row}\n" for row in rows)


def _loss(*rows: str) -> str:
    return HEAD + "def masked_loss(outputs, targets, lengths):\n" + "".join(f"    {row}\n" for row in rows)


_REAL = "real = torch.arange(len(outputs), device=outputs.device)[:, None] < lengths"

RIGHT: dict[str, dict[str, str]] = {
    "last_states": {
        mark("two indices"): _last("return hs[lengths - 1, torch.arange(len(lengths), device=hs.device)]"),
        mark("gather"): _last(
            "index = (lengths - 1).view(1, -1, 1).expand(1, -1, hs.shape[2])", "return hs.gather(0, index).squeeze(0)"
        ),
        mark("a list over the sequences"): _last(
            "return torch.stack([hs[n - 1, k] for k, n in enumerate(lengths.tolist())])"
        ),
        mark("a mask with one step in each sequence"): _last(
            "last = torch.arange(len(hs))[:, None] == lengths - 1", "return (hs * last[..., None]).sum(0)"
        ),
        mark("batch first inside"): _last("return hs.transpose(0, 1)[range(hs.shape[1]), lengths - 1]"),
        mark("take_along_dim"): _last("return torch.take_along_dim(hs, (lengths - 1)[None, :, None], dim=0)[0]"),
        mark("the state held on to while stepping"): _last(
            "h = hs[0]",
            "for t, new in enumerate(hs):",
            "    h = torch.where((t < lengths)[:, None], new, h)",
            "return h",
        ),
        mark("one_hot and einsum"): _last(
            "choose = F.one_hot(lengths - 1, len(hs)).to(hs)", "return torch.einsum('bt,tbh->bh', choose, hs)"
        ),
        mark("all steps as rows of one matrix"): _last(
            "T, B, H = hs.shape", "rows = (lengths - 1) * B + torch.arange(B)", "return hs.reshape(T * B, H)[rows]"
        ),
    },
    "masked_loss": {
        mark("a mask multiplied"): _loss(
            _REAL,
            "error = (outputs - targets).pow(2) * real.unsqueeze(-1)",
            "return error.sum() / (lengths.sum() * outputs.size(-1))",
        ),
        mark("a mask as an index"): _loss(_REAL, "return (outputs[real] - targets[real]).square().mean()"),
        mark("mse_loss of the real steps"): _loss(_REAL, "return F.mse_loss(outputs[real], targets[real])"),
        mark("a loop over the sequences"): _loss(
            "total, count = 0.0, 0",
            "for k, n in enumerate(lengths.tolist()):",
            "    total = total + ((outputs[:n, k] - targets[:n, k]) ** 2).sum()",
            "    count += n * outputs.shape[2]",
            "return total / count",
        ),
        mark("masked_select"): _loss(
            _REAL, "error = (outputs - targets) ** 2", "return torch.masked_select(error, real[..., None]).mean()"
        ),
        mark("packed sequences"): _loss(
            "both = [pack_padded_sequence(t, lengths.cpu(), enforce_sorted=False).data for t in (outputs, targets)]",
            "return F.mse_loss(*both)",
        ),
        mark("torch.where"): _loss(
            _REAL,
            "error = torch.where(real[..., None], (outputs - targets) ** 2, torch.zeros_like(outputs))",
            "return error.mean() * real.numel() / real.sum()",
        ),
        mark("weights and einsum"): _loss(
            _REAL,
            "d = outputs - targets",
            "weight = real.to(d) / real.sum()",
            "return torch.einsum('tb,tbk,tbk->', weight, d, d) / d.shape[-1]",
        ),
        mark("the pieces joined"): _loss(
            "cut = lambda t: torch.cat([t[:n, k] for k, n in enumerate(lengths)])",
            "return nn.MSELoss()(cut(outputs), cut(targets))",
        ),
        mark("mse_loss without reduction"): _loss(
            _REAL,
            "error = F.mse_loss(outputs, targets, reduction='none').mean(-1)",
            "return (error * real).sum() / real.sum()",
        ),
    },
}
WRONG: dict[str, tuple[tuple[str, str], ...]] = {
    "last_states": (
        ("The state that comes back is that of the padding", _last("*_, last = hs.unbind(0)", "return last")),
        ("An index lies outside", _last("return hs[torch.arange(hs.shape[1]), lengths - 1]")),
        (
            "The state is taken one step too late",
            _last(
                "index = lengths.clamp(max=len(hs) - 1).view(1, -1, 1).expand(1, -1, hs.shape[2])",
                "return hs.gather(0, index)[0]",
            ),
        ),
        ("Each sequence gets the states of all", _last("return torch.stack([hs[n - 1] for n in lengths])")),
        (
            "The state is taken at the end of the longest",
            _last("return hs[max(lengths.tolist()) - 1]"),
        ),
        (
            "The values are right, and no gradient",
            _last("return torch.stack([hs.data[n - 1, k] for k, n in enumerate(lengths)])"),
        ),
        (
            "The values are right, and no gradient",
            _last(
                "found = hs.detach().numpy()[lengths.numpy() - 1, range(hs.shape[1])]", "return torch.from_numpy(found)"
            ),
        ),
    ),
    "masked_loss": (
        ("The loss is averaged over the padding", _loss("return F.mse_loss(outputs, targets)")),
        (
            "The padding adds nothing, but is still counted",
            _loss(_REAL, "real = real[..., None]", "return F.mse_loss(outputs * real, targets * real)"),
        ),
        (
            "The mask is on the outputs only",
            _loss(
                _REAL,
                "d = outputs * real[..., None] - targets",
                "return (d ** 2).sum() / (real.sum() * d.shape[-1])",
            ),
        ),
        (
            "The mean is taken sequence by sequence",
            _loss(
                "rows = [F.mse_loss(outputs[:n, k], targets[:n, k]) for k, n in enumerate(lengths)]",
                "return torch.stack(rows).mean()",
            ),
        ),
        (
            "The sum is divided by the number of real steps",
            _loss(_REAL, "return ((outputs - targets)[real] ** 2).sum() / real.sum()"),
        ),
        (
            "The mask is one step too long",
            _loss(_REAL.replace("<", "<="), "return F.mse_loss(outputs[real], targets[real])"),
        ),
        (
            "The mask does not fit",
            _loss(
                _REAL, "error = (outputs - targets) ** 2 * real", "return error.sum() / real.sum() / outputs.shape[-1]"
            ),
        ),
        ("`loss` is no tensor, but a float", _loss(_REAL, "return F.mse_loss(outputs[real], targets[real]).item()")),
        (
            "The values are right, and no gradient",
            _loss(_REAL, "return torch.tensor(F.mse_loss(outputs[real], targets[real]).item(), dtype=outputs.dtype)"),
        ),
        ("The absolute error", _loss(_REAL, "return F.l1_loss(outputs[real], targets[real])")),
        ("The loss is a sum", _loss(_REAL, "return F.mse_loss(outputs[real], targets[real], reduction='sum')")),
    ),
}
FILLED: dict[str, str] = {
    "last_states": _last("return torch.full_like(hs[0], float('{number}'))"),
    "masked_loss": _loss("return torch.full_like(outputs.sum(), float('{number}'))"),
}
