"""Substitute and Transliterate."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from anyascii import anyascii

from yellowbus.mapping.steps import Context, Fault, Refused, TextStep, TextTransform, about
from yellowbus.records import Value

_APOSTROPHES = dict.fromkeys(map(ord, "’‘‛ʼʻʹ`´′＇"), "'")  # noqa: RUF001 (what is meant)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")  # noqa: RUF001 (what is meant)
_STRAIGHT = _APOSTROPHES | _DASHES
_KEPT = re.compile(r"[A-Za-z' -]+")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Substitute(TextTransform):
    """Text is taken literally, never as a pattern (enroll-sync 7.10)."""

    use: ClassVar[str] = "substitute"
    title: ClassVar[str] = "Substitute"
    says: ClassVar[str] = "Replaces one value or text by another."

    pairs: tuple[tuple[str, str], ...] = field(
        default=(),
        metadata=about("Find and replace", "In this order; an empty replacement removes what was found."),
    )
    whole_value: bool = field(
        default=False,
        metadata=about("Whole value only", "Otherwise the text is found anywhere in the value."),
    )
    match_case: bool = field(default=True, metadata=about("Case must match"))

    def function(self, _context: Context, /) -> TextStep:
        return self._whole() if self.whole_value else self._anywhere()

    def _whole(self) -> TextStep:
        """The first pair that is equal wins."""
        fold = str if self.match_case else str.casefold
        replacement = {fold(find): replace for find, replace in reversed(self.pairs)}
        return lambda value: replacement.get(fold(value), value)

    def _anywhere(self) -> TextStep:
        """Each pair works on what the pairs before it left."""
        replacers = tuple(_replacer(find, text, match_case=self.match_case) for find, text in self.pairs)

        def function(value: str) -> Value:
            for replace in replacers:
                value = replace(value)
            return value

        return function

    def faults(self) -> Iterator[Fault]:
        if not self.pairs or not all(find for find, _ in self.pairs):
            yield Fault("argument-missing", {"title": self.title, "argument": "Find and replace"})


def _replacer(find: str, text: str, *, match_case: bool) -> Callable[[str], str]:
    if match_case:
        return lambda value: value.replace(find, text)
    pattern = re.compile(re.escape(find), re.IGNORECASE)
    return lambda value: pattern.sub(lambda _: text, value)


@dataclass(frozen=True, slots=True)
class Transliterate(TextTransform):
    """A value of which nothing is left is refused, so that a name is never made blank (enroll-sync 7.15)."""

    use: ClassVar[str] = "transliterate"
    title: ClassVar[str] = "Transliterate"
    says: ClassVar[str] = "Leaves only letters, apostrophes, dashes and spaces."

    fold_accents: bool = field(
        default=True,
        metadata=about("Fold accents first", "Makes ñ n, ß ss and æ ae; otherwise such letters stay."),
    )

    def function(self, _context: Context, /) -> TextStep:
        fold = self.fold_accents

        def function(value: str) -> Value:
            if value.isspace():
                return None
            kept = value if _KEPT.fullmatch(value) else _letters(value, fold=fold)
            text = " ".join(kept.split())
            if not any(map(str.isalpha, text)):
                raise Refused("nothing-left", value)
            return text

        return function


def _letters(value: str, *, fold: bool) -> str:
    """Letters, ' - and spaces. Signs go before folding, which would spell them out: no smiley in a name."""
    straight = _BLANKS.sub(" ", unicodedata.normalize("NFC", value).translate(_STRAIGHT))
    letters = "".join(sign for sign in straight if sign in "' -" or unicodedata.category(sign)[0] in "LM")
    if not fold:
        return "".join(sign for sign in letters if sign in "' -" or sign.isalpha())
    return "".join(_KEPT.findall(anyascii(letters)))
