# SPDX-License-Identifier: Apache-2.0
"""The roster as an index in memory, so that a search answers while a name is being typed.

It holds the folded words by which students are found and the integer keys of their rows, nothing else; what
is shown comes from the database. The words are sorted, each with the places of its students (an inverted
index: Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, ch. 1-3), so the students of
all words with one beginning lie side by side. Lists of numbers are arrays: nothing for the garbage collector.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from sys import getsizeof

import numpy as np
import numpy.typing as npt

WHOLE, BEGINNING, INSIDE, NEARLY, NOT_AT_ALL = range(5)
SHORTEST_GUESS = 4  # of shorter words one letter more or less makes any other
_END = "\U0010ffff"

Mask = npt.NDArray[np.bool_]


class RosterIndex:
    """The students of one school.

    Args:
        rows: integer key and folded search text (``domain.names.student_search_text``) of each student.
    """

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        listed = sorted(rows, key=lambda row: row[1])
        self._keys = np.fromiter((key for key, _ in listed), np.int64, len(listed))
        self._by_key = np.argsort(self._keys)
        self._texts = np.fromiter((hash(text) for _, text in listed), np.int64, len(listed))
        self._replaced = np.zeros(len(listed), np.bool_)
        self._later: dict[int, str] = {}
        places: dict[str, int] = {}
        word_places, student_places = array("l"), array("l")
        for student, (_, text) in enumerate(listed):
            for word in set(text.split()):
                word_places.append(places.setdefault(word, len(places)))
                student_places.append(student)
        self._words = sorted(places)
        rank = np.empty(len(places), np.int32)
        rank[[places[word] for word in self._words]] = np.arange(len(places), dtype=np.int32)
        ranks = rank[np.frombuffer(word_places, np.dtype("l"))]
        order = np.argsort(ranks, kind="stable")
        self._students = np.frombuffer(student_places, np.dtype("l"))[order].astype(np.int32)
        self._starts = np.searchsorted(ranks[order], np.arange(len(places) + 1)).astype(np.int32)
        self._all_words = "\n".join(self._words)
        lengths = np.fromiter(map(len, self._words), np.int64, len(self._words))
        self._word_at = np.concatenate(([0], np.cumsum(lengths + 1)))
        self._names = [word for word in self._words if word.isalpha()]
        self._all_names = "\n".join(self._names)

    def __len__(self) -> int:
        return len(self._keys) - int(self._replaced.sum()) + len(self._later)

    @property
    def changes(self) -> int:
        """How many students were put in or taken out since the index was built; it slows with them."""
        return len(self._later)

    @property
    def size_bytes(self) -> int:
        """Memory that it takes, about."""
        arrays = (self._keys, self._by_key, self._texts, self._replaced, self._students, self._starts)
        texts = [*self._words, self._all_words, self._all_names, *self._later.values()]
        return sum(each.nbytes for each in (*arrays, self._word_at)) + sum(map(getsizeof, texts))

    def put(self, key: int, text: str | None) -> None:
        """Let a student be found by another text from now on, or by none."""
        at = int(np.searchsorted(self._keys, key, sorter=self._by_key))
        if at < len(self._keys) and self._keys[place := self._by_key[at]] == key:
            if not self._replaced[place] and self._texts[place] == hash(text):
                return
            self._replaced[place] = True
        self._later.pop(key, None)
        if text is not None:
            self._later[key] = text

    def first(self, most: int) -> list[int]:
        """Keys of the first students by name."""
        places = np.flatnonzero(~self._replaced)[:most]
        later = sorted(self._later, key=lambda key: self._later[key])[:most]
        return [*self._keys[places].tolist(), *later]

    def find(self, terms: Sequence[str], most: int) -> list[tuple[int, int]]:
        """The students who have every term.

        Whole words count before beginnings, beginnings before the inside of words (a single letter is looked
        for at beginnings only); where nobody is found, a letter too many, missing, wrong or exchanged with
        its neighbor is forgiven.

        Args:
            terms: folded words. Of an e-mail the part before the @ is looked for as a whole word.

        Returns:
            (penalty, key), the best first, at most ``most`` of those built in and any number of later ones.
        """
        found = self._scored([self._beginnings(term) for term in terms], most)
        if len(found) < most:
            found = self._scored([self._anywhere(term) for term in terms], most)
        found += self._found_later(terms, guess=False)
        if not found:
            found = self._scored([self._guessed(term) for term in terms], most)
            found += self._found_later(terms, guess=True)
        return sorted(found, key=lambda hit: hit[0])

    def _scored(self, levels: Sequence[Sequence[Mask]], most: int) -> list[tuple[int, int]]:
        """Add up what each term is worth; ``levels`` are its students, the better hits first."""
        penalty = np.zeros(len(self._keys), np.int32)
        held = ~self._replaced
        for masks in levels:
            worth = np.full(len(self._keys), NOT_AT_ALL, np.int32)
            for level in reversed(range(len(masks))):
                worth[masks[level]] = level
            held &= worth < NOT_AT_ALL
            penalty += worth
        places = np.flatnonzero(held)
        best = places[np.argsort(penalty[places], kind="stable")[:most]]
        return list(zip(penalty[best].tolist(), self._keys[best].tolist(), strict=True))

    def _of_words(self, first: int, end: int) -> Mask:
        mask = np.zeros(len(self._keys), np.bool_)
        mask[self._students[self._starts[first] : self._starts[end]]] = True
        return mask

    def _beginnings(self, term: str) -> list[Mask]:
        word, at, _ = term.partition("@")
        first = bisect_left(self._words, word)
        whole = self._of_words(first, bisect_right(self._words, word))
        return [whole] if at else [whole, self._of_words(first, bisect_left(self._words, word + _END))]

    def _anywhere(self, term: str) -> list[Mask]:
        levels = self._beginnings(term)
        if not _may_be_inside(term):
            return levels
        inside = np.zeros(len(self._keys), np.bool_)
        at = self._all_words.find(term)
        while at >= 0:
            word = int(np.searchsorted(self._word_at, at, side="right")) - 1
            inside[self._students[self._starts[word] : self._starts[word + 1]]] = True
            at = self._all_words.find(term, int(self._word_at[word + 1]))
        return [*levels, inside]

    def _guessed(self, term: str) -> list[Mask]:
        levels = self._anywhere(term)
        pattern = _nearly(term)
        if pattern is None:
            return levels
        nearly = np.zeros(len(self._keys), np.bool_)
        for hit in re.finditer(rf"^(?:{pattern}).*$", self._all_names, re.MULTILINE):
            word = bisect_left(self._words, hit[0])
            nearly |= self._of_words(word, word + 1)
        return [*levels, nearly]

    def _found_later(self, terms: Sequence[str], *, guess: bool) -> list[tuple[int, int]]:
        found = []
        for key, text in self._later.items():
            levels = [_level(term, text, guess=guess) for term in terms]
            if all(level < NOT_AT_ALL for level in levels):
                found.append((sum(levels), key))
        return found


def _level(term: str, text: str, *, guess: bool) -> int:
    """What a text that is not in the index yet is worth for a term."""
    word, at, _ = term.partition("@")
    words = text.split()
    if word in words:
        return WHOLE
    if at:
        return NOT_AT_ALL
    if any(each.startswith(word) for each in words):
        return BEGINNING
    if _may_be_inside(term) and term in text:
        return INSIDE
    pattern = _nearly(term) if guess else None
    if pattern is not None and any(re.match(pattern, each) for each in words if each.isalpha()):
        return NEARLY
    return NOT_AT_ALL


def _may_be_inside(term: str) -> bool:
    """Whether to look inside of words: of an e-mail no, and a single letter stands inside of most."""
    return "@" not in term and (len(term) > 1 or not term.isalnum())


def _nearly(term: str) -> str | None:
    """A pattern for the beginnings that one slip away from a name (Damerau 1964); None for other terms."""
    if len(term) < SHORTEST_GUESS or not term.isalpha():
        return None
    slips = [f"{term[:at]}.{term[at:]}" for at in range(len(term))]
    slips += [f"{term[:at]}.{term[at + 1 :]}" for at in range(len(term))]
    slips += [term[:at] + term[at + 1 :] for at in range(len(term))]
    slips += [term[:at] + term[at + 1] + term[at] + term[at + 2 :] for at in range(len(term) - 1)]
    return "|".join(sorted(set(slips)))
