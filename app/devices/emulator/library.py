# SPDX-License-Identifier: Apache-2.0
"""The emulated module's fingerprint library: numbered pages of flash, each with one template or none."""

from __future__ import annotations

from app.devices.emulator.matching import compare_templates, is_match

_PAGES_PER_INDEX = 256


class Library:
    """Pages ``first_page`` to ``first_page + capacity - 1``."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.first_page = 0
        self._templates: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._templates)

    def has_page(self, page: int) -> bool:
        """Whether the page exists, full or empty."""
        return self.first_page <= page < self.first_page + self.capacity

    def store(self, page: int, template: bytes) -> None:
        """Writes a page that exists."""
        self._templates[page] = template

    def load(self, page: int) -> bytes | None:
        """The template on a page; None when it is empty."""
        return self._templates.get(page)

    def delete(self, page: int, count: int) -> bool:
        """Empties ``count`` pages; False when one of them does not exist."""
        if count < 1 or not (self.has_page(page) and self.has_page(page + count - 1)):
            return False
        for number in range(page, page + count):
            self._templates.pop(number, None)
        return True

    def empty(self) -> None:
        """Empties every page."""
        self._templates.clear()

    def search(self, template: bytes, start: int, count: int) -> tuple[int, int] | None:
        """(page, score 0..1000) of the best match among ``count`` pages from ``start``; None without a
        match."""
        best: tuple[int, int] | None = None
        for page, stored in sorted(self._templates.items()):
            if start <= page < start + count:
                score = compare_templates(template, stored)
                if is_match(score) and (best is None or score > best[1]):
                    best = (page, score)
        return best

    def index(self, number: int) -> bytes:
        """32 bytes: bit k of byte i tells whether page 256 * number + 8 i + k is full (ReadIndexTable)."""
        bits = bytearray(32)
        for page in self._templates:
            if page // _PAGES_PER_INDEX == number:
                bits[page % _PAGES_PER_INDEX // 8] |= 1 << page % 8
        return bytes(bits)
