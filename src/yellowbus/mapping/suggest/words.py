"""A heading cut into whole words: "Stu Last", "P1_Cell", "studentBirthdate", "EC #2 Ph."."""

import re
from collections.abc import Iterator
from functools import cache

from anyascii import anyascii
from rapidfuzz import fuzz, process

from yellowbus.mapping.suggest.lexicon import lexicon

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_SCHOOL_YEAR = re.compile(r"\b(?:20)?[0-9]{2}\s*[-–/]\s*(?:20)?[0-9]{2}\b")  # noqa: RUF001 (a dash of spreadsheets)
# Letters that stand for somebody before a number: P1, G2, C1.
_LETTERS = {"p": "parent", "g": "guardian", "c": "contact"}
_SAME_SLIP = 88
_VOWELS = re.compile(r"(?<=.)[aeiouy]")


def words_of(heading: str) -> tuple[str, ...]:
    """The words in order, numbers among them.

    >>> words_of("Gdn 2 Email"), words_of("student_nbr"), words_of("D.O.B.")
    (('guardian', '2', 'email'), ('student', 'number'), ('birth', 'date'))
    """
    text = _INITIALS.sub(lambda found: found[0].replace(".", ""), anyascii(heading))
    text = re.sub(r"(?i)e-?mail", "email", _SCHOOL_YEAR.sub(" ", text)).replace("#", " # ")
    text = re.sub(r"# *(?=[0-9])", "", text).replace("#", " number ")
    pieces = [piece.lower() for piece in _PIECE.findall(text)]
    return tuple(_lines(list(_whole_words(pieces))))


def _whole_words(pieces: list[str]) -> Iterator[str]:
    for place, piece in enumerate(pieces):
        following = pieces[place + 1] if place + 1 < len(pieces) else ""
        if piece in _LETTERS and following.isdigit():
            yield _LETTERS[piece]
        elif piece == "st" and following in ("address", "addr"):
            yield "street"
        elif piece.isdigit():
            yield str(int(piece))
        else:
            yield from _whole(piece)


def _lines(words: list[str]) -> Iterator[str]:
    """The number of an address line is no number of a person."""
    for place, word in enumerate(words):
        before = words[place - 1] if place else ""
        if word in ("1", "2") and before in ("address", "line", "street"):
            yield f"line{word}"
        elif word != "line":
            yield word


@cache
def _whole(piece: str) -> tuple[str, ...]:
    """The word or words that a piece stands for; the piece itself where none is known."""
    known = lexicon()
    if piece in known.short:
        return known.short[piece]
    if piece in known.vocabulary or piece in known.filler:
        return (piece,)
    for way in (_segments, _singular, _by_consonants, _by_beginning, _by_likeness):
        if found := way(piece):
            return found
    return (piece,)


def _singular(piece: str) -> tuple[str, ...]:
    one = piece.removesuffix("s")
    return (one,) if one in lexicon().vocabulary else ()


def _segments(piece: str) -> tuple[str, ...]:
    """Words written as one: "lastname", "nextyeargrade". Pieces of two letters only where they are common."""
    parts = _cut(piece) if len(piece) >= 6 else None
    return tuple(word for part in parts for word in _whole(part)) if parts else ()


@cache
def _cut(piece: str) -> tuple[str, ...] | None:
    """The cut into the fewest words."""
    if not piece:
        return ()
    best: tuple[str, ...] | None = None
    for end in range(2, len(piece) + 1):
        rest = _cut(piece[end:]) if _is_part(piece[:end]) else None
        if rest is not None and (best is None or len(rest) + 1 < len(best)):
            best = (piece[:end], *rest)
    return best


def _is_part(text: str) -> bool:
    known = lexicon()
    return text in ("id", "dt", "ph", "cd") or (
        len(text) > 2 and (text in known.vocabulary or text in known.short)
    )


def _by_consonants(piece: str) -> tuple[str, ...]:
    """A word without its vowels, as "wthdrwl", where only one word can be meant."""
    found = _skeletons().get(piece, ()) if len(piece) > 2 else ()
    return found if len(found) == 1 else ()


def _by_beginning(piece: str) -> tuple[str, ...]:
    begun = [word for word in lexicon().vocabulary if word.startswith(piece)] if len(piece) > 2 else []
    return (begun[0],) if len(begun) == 1 else ()


def _by_likeness(piece: str) -> tuple[str, ...]:
    if len(piece) < 6:
        return ()
    found = process.extractOne(piece, _long_words(), scorer=fuzz.ratio, score_cutoff=_SAME_SLIP)
    return (found[0],) if found else ()


@cache
def _skeletons() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(lexicon().vocabulary):
        bare = _VOWELS.sub("", word)
        found[bare] = (*found.get(bare, ()), word)
    return found


@cache
def _long_words() -> tuple[str, ...]:
    return tuple(sorted(word for word in lexicon().vocabulary if len(word) >= 6))
