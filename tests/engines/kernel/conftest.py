import pytest


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory):
    """One cache for all tests of a run, so that each cell is compiled once."""
    folder = tmp_path_factory.getbasetemp() / "kernels"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATEDRNN_CACHE", str(folder))
        yield folder
