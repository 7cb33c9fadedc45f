"""What a notebook and its kernel say of their language, the same on every machine.

JupyterLab writes what the kernel says into the notebook it opens. With the version of somebody's Python in it, a
notebook of the course would count as changed as soon as it is looked at. So the kernel says what the notebook says:
the configuration that the package installs (`etc/ipython/ipython_kernel_config.py`) loads this as an IPython extension.
"""

from __future__ import annotations

from typing import Any

__all__ = ["LANGUAGE_INFO", "load_ipython_extension"]

LANGUAGE_INFO = {
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
    "version": "3",
}
"""As Jupyter's protocol has it; the version is the language's, not the machine's."""


def load_ipython_extension(shell: Any) -> None:
    """Let this kernel describe itself so; a shell without a kernel is left alone."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        kernel.language_info = LANGUAGE_INFO
