"""Which value of the SIS is which code of Enroll: by the code, its label, or another writing of it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import pycountry

from yellowbus.catalog import code_set
from yellowbus.mapping.match_codes import Table
from yellowbus.mapping.suggest.lexicon import read

_MANY = 30
# Kindergarten is a letter among numbers.
_BESIDE = {"grade": "letters"}


@cache
def writings(name: str) -> Mapping[str, str]:
    """Every writing of the codes of a set, folded, with its code. Ambiguous ones are left out."""
    found: dict[str, set[str]] = {}
    for code in code_set(name):
        for text in (code.value, code.label, *_standard(name, code.value)):
            found.setdefault(folded(text), set()).add(code.value)
    for value, others in read("values.toml").get(name, {}).items():
        for text in others:
            found.setdefault(folded(text), set()).add(value)
    return MappingProxyType({text: codes.pop() for text, codes in found.items() if len(codes) == 1})


def folded(text: str) -> str:
    return " ".join(text.casefold().split())


def pairs_of_values(name: str, values: Iterable[str]) -> Table:
    """The values that are recognized, as written, each with its code."""
    known = writings(name)
    found = {folded(value): value.strip() for value in values}
    return tuple((written, known[text]) for text, written in found.items() if text in known)


def pairs_of_codes(name: str, codes: Sequence[tuple[str, str]]) -> Table:
    """The codes of the SIS that their label or their own value tells, in their order. A label counts before a value."""
    known = writings(name)
    told = ((value, known.get(folded(label)) or known.get(folded(value))) for value, label in codes)
    once = {folded(value): (value, target) for value, target in told if target}
    return tuple(once.values())


def usual_pairs(name: str, first: Table) -> Table:
    """`first`, then the other usual writings of the set, since a few examples do not show all values.

    Of a set with many only those that are written in the way of `first`: 01, not 1st grade, beside 09.
    """
    if name in ("language", "state", "country"):
        return first
    seen = {folded(source) for source, _ in first}
    others = [(text.upper(), code) for text, code in writings(name).items() if text not in seen]
    if len(others) > _MANY and first:
        ways = {way for text in seen for way in _ways(text)} | {_BESIDE.get(name, "")}
        others = [pair for pair in others if ways & set(_ways(pair[0]))]
    return (*first, *others)


def _ways(text: str) -> tuple[str, ...]:
    """How a value is written; 10 is two digits, padded or not."""
    if text.isdigit() and len(text) == 2:
        return ("padded",) if text.startswith("0") else ("plain", "padded")
    if text.isdigit():
        return ("plain",)
    return ("letters",) if len(text) <= 3 and text.isalpha() else ("words",)


def _standard(name: str, value: str) -> tuple[str, ...]:
    """The shorter codes of a language (ISO 639-1, and 639-2 where it has another for libraries)."""
    if name != "language":
        return ()
    told = pycountry.languages.get(alpha_3=value)
    shorter = (getattr(told, key, None) for key in ("alpha_2", "bibliographic"))
    return tuple(each for each in shorter if each)
