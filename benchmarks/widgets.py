"""How long it takes from a control to the picture, for every widget of the course, in Chromium.

Each slider goes through all its places on the saved page, without a kernel. A move is timed from the event that a
browser sends to the frame that shows the new picture. With `--page` it also writes docs/widgets.md and its pictures.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import statistics
import sys
import tempfile
from html import escape
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "tools"))
from widget_list import WIDGETS, made, page_of  # noqa: E402

GOAL = 50
"""Milliseconds, in the median."""
WIDE = 600
MOVES = """async () => {
  const times = [];
  for (const control of document.querySelectorAll(".gated-course input[type=range], .gated-course select")) {
    const [first, last, step] = control.options ? [0, control.options.length - 1, 1]
      : [control.min, control.max, control.step].map(Number);
    for (let at = first; at <= last; at += step) {
      control.value = at;
      const start = performance.now();
      control.dispatchEvent(new Event("input"));
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      times.push(performance.now() - start);
    }
  }
  return times;
}"""
HEAD = """# The widgets of the course

Written by `python benchmarks/widgets.py --page`, which also times them: from a control to the picture in less than
{goal} ms in the median. Each is shown as it opens. All are moved by mouse and by keyboard, say what they show in words,
work in a saved page without a kernel, and take the learner's own functions once those are right.
"""
ENTRY = """
## {title}

`{line}`

![{title}.](images/widgets/{name}.png)

{words}
"""


def main() -> None:
    """Time every widget; with `--page` write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="write docs/widgets.md and docs/images/widgets")
    save = parser.parse_args().page
    entries = [HEAD.format(goal=GOAL)]
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    print(f"{'widget':20} {'moves':>5} {'median ms':>10} {'worst ms':>9} {'KB saved':>9}")
    os.environ["GATEDRNN_HOME"] = tempfile.mkdtemp()  # nobody's own functions take part
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, line in WIDGETS.items():
            widget = made(name)
            html = page_of(widget)
            page = browser.new_page(viewport={"width": WIDE, "height": 900})
            page.set_content(html)
            if save:
                shoot(page, name)
                title, words = repr(widget).removesuffix(widget.read_out()), widget.read_out()
                entries.append(ENTRY.format(title=title.strip(" ."), line=line, words=escape(words, False), name=name))
            times = page.evaluate(MOVES)
            middle = statistics.median(times)
            told = "" if middle < GOAL else f"  over the goal of {GOAL}"
            print(f"{name:20} {len(times):5} {middle:10.1f} {max(times):9.1f} {len(html) / 1000:9.0f}{told}")
            page.close()
        browser.close()
    if save:
        (ROOT / "docs" / "widgets.md").write_text("".join(entries), "utf-8")


def shoot(page: Any, name: str) -> None:
    """A picture of a widget, of few colours, so that it is small."""
    folder = ROOT / "docs" / "images" / "widgets"
    folder.mkdir(parents=True, exist_ok=True)
    shot = Image.open(io.BytesIO(page.locator(".gated-course").screenshot()))
    shot.convert("RGB").quantize(128, Image.Quantize.MAXCOVERAGE).save(folder / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
