# SPDX-License-Identifier: Apache-2.0
"""Writes synthetic signatures as the competition's text files, with their traps."""

from __future__ import annotations

from app.biometrics.signature.synthetic import PenSettings, signature


def svc_text(writer: int, sample: int, variation: float = 1.0, strokes: int = 9) -> str:
    ink = signature(writer, sample, PenSettings(rate_hz=100.0), variation=variation)
    lines = []
    for stroke in ink[:strokes]:
        for index, point in enumerate(stroke):
            x, y = round(point.x * 8000), round((1.0 - point.y) * 3000)
            pressure = round((point.pressure or 0.0) * 1023)
            tip = 3 if index else 0  # a stroke begins with one sample of the tip up; bit 1 is another button
            lines.append(f"{x} {y} {point.t_us // 1000 + 31_000_000} {tip} 1500 600 {pressure}")
    return "\r\n".join([str(len(lines)), *lines, ""])
