import pytest
from or_district import District


@pytest.fixture
def district():
    return District()
