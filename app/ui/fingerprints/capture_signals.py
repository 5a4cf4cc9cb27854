# SPDX-License-Identifier: Apache-2.0
"""What the fingers page asks its owner for."""

from __future__ import annotations

from PySide6.QtCore import Signal

from app.ui.common.page import Page


class CaptureSignals(Page):
    """The signals of the fingers page.

    Signals:
        impression_taken(object, object): ``Finger`` and ``CapturedImpression`` to be stored.
        touch_refused(object, object): ``Finger`` and the ``TouchRefused`` event.
        finger_chosen(object): work on that ``Finger``.
        skip_wanted(object, object): leave that ``Finger`` out with that ``Skip``.
        replace_wanted(object, object, object): the same, and take another ``Finger`` instead.
        unskip_wanted(object), restart_wanted(object): capture that ``Finger`` after all, or anew.
        best_wanted(object): keep the best poor impression of that ``Finger``.
        count_wanted(object): count the last touch of that ``Finger`` although it looked like another one.
        without_check_wanted(object): go on without the touch that proves that ``Finger``.
        duplicate_decided(object, object): the ``DuplicateHit``, and the ``DuplicateDecision`` about it.
        verdict_shown(object): a ``Verdict`` became visible (for light and sound).
    """

    impression_taken = Signal(object, object)
    touch_refused = Signal(object, object)
    finger_chosen = Signal(object)
    skip_wanted = Signal(object, object)
    replace_wanted = Signal(object, object, object)
    unskip_wanted = Signal(object)
    restart_wanted = Signal(object)
    best_wanted = Signal(object)
    count_wanted = Signal(object)
    without_check_wanted = Signal(object)
    duplicate_decided = Signal(object, object)
    verdict_shown = Signal(object)
