"""Messages said again from what a row kept of them: a code and its facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from yellowbus.messages import MESSAGES


@dataclass(frozen=True, slots=True)
class Told:
    """A message code with its facts, in words."""

    code: str
    sentence: str
    remedy: str


class _Facts(dict[str, object]):
    """Facts as they were kept. One that today's message names and an older run did not keep is told so."""

    def __missing__(self, key: str) -> str:
        return f"({key} not recorded)"


def told(code: str, facts: Mapping[str, object]) -> Told:
    """The sentence and the remedy of a code; an unknown code, of a newer version, stands for itself."""
    message = MESSAGES.get(code)
    if message is None:
        return Told(code, code, "")
    known = _Facts(facts)
    return Told(code, message.sentence.format_map(known).strip(), message.remedy.format_map(known).strip())
