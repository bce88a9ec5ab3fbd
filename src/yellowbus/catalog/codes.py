"""The code sets of Enroll: which values a field of type CODE may hold, and what they are called.

States, countries and languages come from kept packages; the small sets stand in `codes.toml` and are ours.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

import pycountry
import us

# Spoken by many families of US schools, yet without a two-letter code and no macrolanguage: Cantonese,
# Mandarin, Filipino, Hmong Daw, Hmong Njua, Karen, Chuukese, Cape Verdean, American Sign Language.
_ALSO_SPOKEN = frozenset({"yue", "cmn", "fil", "mww", "hnj", "ksw", "chk", "kea", "ase"})
# Post of the armed forces: the `us` package lists where people vote, not where they get mail.
_ARMED_FORCES = (
    ("AA", "Armed Forces Americas"),
    ("AE", "Armed Forces Europe"),
    ("AP", "Armed Forces Pacific"),
)


@dataclass(frozen=True, slots=True)
class Code:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class CodeSet:
    """`origin` says whose codes they are, for Field Codes and the docs."""

    name: str
    origin: str
    codes: tuple[Code, ...]


def code_set(name: str) -> tuple[Code, ...]:
    """The codes of one set, in the order of the pages. Raises KeyError for an unknown set."""
    return code_sets()[name].codes


@cache
def code_sets() -> Mapping[str, CodeSet]:
    """Every code set by name: ours first, then those of the packages."""
    text = resources.files(__package__).joinpath("codes.toml").read_text("utf-8")
    ours = {
        name: CodeSet(name, "ours", tuple(Code(value, label) for value, label in codes.items()))
        for name, codes in tomllib.loads(text).items()
    }
    kept = {name: CodeSet(name, origin, make()) for name, (origin, make) in _PACKAGES.items()}
    return MappingProxyType(ours | kept)


def _states() -> tuple[Code, ...]:
    places = [(str(place.abbr), str(place.name)) for place in (*us.STATES_AND_TERRITORIES, us.states.DC)]
    return _by_label({*places, *_ARMED_FORCES})


def _countries() -> tuple[Code, ...]:
    return _by_label(
        {(place.alpha_2, getattr(place, "common_name", place.name)) for place in pycountry.countries}
    )


def _languages() -> tuple[Code, ...]:
    return _by_label(
        {
            (language.alpha_3, language.name)
            for language in pycountry.languages
            if hasattr(language, "alpha_2") or language.scope == "M" or language.alpha_3 in _ALSO_SPOKEN
        }
    )


def _by_label(pairs: set[tuple[str, str]]) -> tuple[Code, ...]:
    return tuple(Code(value, label) for value, label in sorted(pairs, key=lambda pair: pair[1].casefold()))


_PACKAGES: dict[str, tuple[str, Callable[[], tuple[Code, ...]]]] = {
    "state": ("postal abbreviations, package us", _states),
    "country": ("ISO 3166-1 alpha-2, package pycountry", _countries),
    "language": ("ISO 639-3, package pycountry", _languages),
}
