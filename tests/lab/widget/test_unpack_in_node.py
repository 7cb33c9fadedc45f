"""The texts, put together by the very code the browser runs."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from gatedrnn_course.lab.widget.explorer import Explorer
from gatedrnn_course.lab.widget.pack import pack

from .test_pack import TEXTS

ASK = """
const { packed, count } = JSON.parse(require("node:fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify([...Array(count).keys()].map(unpack(packed))));
"""


@pytest.mark.parametrize("texts", TEXTS.values(), ids=TEXTS)
def test_the_browser_puts_the_same_texts_together(texts: list[str]) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed here.")
    asked = json.dumps({"packed": pack(texts), "count": len(texts)})
    ran = subprocess.run([node, "-e", Explorer._source + ASK], input=asked, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == texts
