from __future__ import annotations

import pytest

from gatedrnn_course.studies.evolution.sizes import Filter, Size, Stage
from gatedrnn_course.tasks import Arithmetic, Memorisation, XMLTags
from gatedrnn_course.tasks.sentences import Sentences

TINY = Size(
    name="tiny",
    architectures=8,
    portion=4,
    reevaluate=0.25,
    settings=1,
    parameters=600,
    learning_rates=(0.02,),
    scales=(1.0, 1.4),
    filter=Filter(
        task=Memorisation(letters=2, kinds=3),
        steps=60,
        every=20,
        parameters=400,
        learning_rate=0.03,
        accuracy=0.5,
        race=((40, 0.2),),
    ),
    stages=(
        Stage(task=Arithmetic(1), steps=6),
        Stage(task=XMLTags(1), steps=6),
        Stage(task=Sentences(5), steps=6),
    ),
    batch=4,
    validation=20,
    looks=2,
)


@pytest.fixture(scope="session")
def tiny() -> Size:
    return TINY
