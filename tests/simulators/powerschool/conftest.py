"""A simulated PowerSchool that a test may write to."""

import pytest
from writing_client import WritingClient

from yellowbus.simulators.district import District


@pytest.fixture
def client() -> WritingClient:
    return WritingClient.of(District(students=40, seed=3))
