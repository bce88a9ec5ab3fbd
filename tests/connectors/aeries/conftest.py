import pytest
from aeries_server import Aeries


@pytest.fixture
def aeries():
    return Aeries()
