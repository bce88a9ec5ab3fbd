"""The words and phrases of lexicon.toml, made ready for comparing."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Phrase:
    """`preference` is 0 for the phrase that names the field best. `owned`: only where it is said whose it is."""

    words: frozenset[str]
    owned: bool
    preference: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """A field as headings may name it, and the shape that its values must have."""

    part: str
    phrases: tuple[Phrase, ...]
    may: frozenset[str]
    shape: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    filler: frozenset[str]
    short: Mapping[str, tuple[str, ...]]
    owners: Mapping[str, frozenset[str]]
    meanings: Mapping[str, tuple[Meaning, ...]]
    vocabulary: frozenset[str]


@cache
def lexicon() -> Lexicon:
    data = read("lexicon.toml")
    short = {word: tuple(whole.split()) for word, whole in data["short"].items()}
    owners = {name: frozenset(words.split()) for name, words in data["owners"].items()}
    meanings = {
        role: tuple(_meaning(part, told) for part, told in data[role].items())
        for role in ("student", "contact", "schools")
    }
    spoken = [phrase.words for role in meanings.values() for each in role for phrase in each.phrases]
    allowed = [each.may for role in meanings.values() for each in role]
    vocabulary = frozenset().union(*spoken, *allowed, *owners.values(), *short.values())
    return Lexicon(frozenset(data["filler"]["words"].split()), short, owners, meanings, vocabulary)


def _meaning(part: str, told: Mapping[str, Any]) -> Meaning:
    phrases = (
        Phrase(frozenset(says.removeprefix("!").split()), says.startswith("!"), place)
        for place, says in enumerate(told["says"])
    )
    return Meaning(part, tuple(phrases), frozenset(told["may"].split()), told["shape"])


@cache
def read(file: str) -> dict[str, Any]:
    """A data file of this folder."""
    return tomllib.loads(resources.files(__package__).joinpath(file).read_text("utf-8"))
