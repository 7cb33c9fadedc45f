from __future__ import annotations

import pytest

from gatedrnn_course.authoring.normal import STATE
from gatedrnn_course.authoring.notebook import copy, new_notebook
from gatedrnn_course.authoring.stale import stale
from gatedrnn_course.lab.predict import Prediction

NAME = "gatedrnn_course.lab.predict.Prediction"
TODAY = {"_anywidget_id": NAME, "_esm": Prediction._esm, "_css": Prediction._css}


def found(*states):
    models = {str(k): {"model_name": "AnyModel", "state": state} for k, state in enumerate(states)}
    return list(stale(copy(new_notebook([]), metadata={"widgets": {STATE: {"state": models}}})))


def test_widgets_with_the_packages_code_are_fine():
    assert found(TODAY, TODAY, {"_model_name": "LayoutModel"}) == []
    assert list(stale(new_notebook([]))) == []


@pytest.mark.parametrize(("key", "words"), [("_esm", "JavaScript"), ("_css", "CSS")])
def test_other_code_is_told_once_for_each_kind_of_widget(key, words):
    old = {**TODAY, key: "export default {}"}
    (sentence,) = found(old, old)
    assert "`Prediction`" in sentence
    assert words in sentence


@pytest.mark.parametrize("name", ["gatedrnn_course.lab.predict.Gone", "gatedrnn_course.lab.gone.Prediction"])
def test_a_widget_the_package_has_no_more_is_stale(name):
    assert len(found({**TODAY, "_anywidget_id": name})) == 2


def test_widgets_of_others_are_not_ours_to_judge():
    assert found({"_anywidget_id": "__main__.Gate", "_esm": "export default {}"}) == []
