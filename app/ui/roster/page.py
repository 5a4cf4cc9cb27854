# SPDX-License-Identifier: Apache-2.0
"""Importing the roster: choose a file, see line by line what would happen, import, keep a report."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.domain.roster import ColumnUse, ImportReport, RosterPreview, RosterProgress, RosterStage, RowState
from app.ui.common import theme
from app.ui.common.controls import Button, Card, Text
from app.ui.common.error_text import ErrorText
from app.ui.common.notice import Notice, announce
from app.ui.common.page import Action, Bar, Page
from app.ui.common.progress import Progress
from app.ui.common.row_list import RowList
from app.ui.common.theme import Tone
from app.ui.roster import words
from app.ui.roster.drop_zone import DropZone

_CHOOSE, _WORK, _ROWS = 0, 1, 2


class RosterPage(Page):
    """The page.

    Signals:
        file_chosen(object): compare that ``Path`` with the students.
        import_wanted(): import what is shown.
        stop_wanted(): stop reading.
        save_wanted(object): write the report to that ``Path``.
        closed(): back to the page before.
    """

    file_chosen = Signal(object)
    import_wanted = Signal()
    stop_wanted = Signal()
    save_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview: RosterPreview | None = None
        self.imported: ImportReport | None = None
        self._file = Path()
        self._stage: RosterStage | None = None
        self._filter: RowState | None = None
        self.notice = Notice()
        self.notice.setObjectName("roster_notice")
        self.drop = DropZone()
        self.drop.setObjectName("roster_drop")
        self.drop.dropped.connect(self.choose)
        self.progress = Progress()
        self._columns = Text("", theme.SMALL, muted=True, wrap=True)
        self._columns.setObjectName("roster_columns")
        self._filters: dict[RowState | None, Button] = {}
        self.list = RowList(self.tr("Rows of the file"))
        self.list.setObjectName("roster_rows")
        self._stack = QStackedWidget()
        for panel in (self.drop, self._work_panel(), self._rows_panel()):
            self._stack.addWidget(panel)
        self.body.addWidget(self.notice)
        self.body.addWidget(self._stack, 1)
        self.start_over()

    def _work_panel(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, theme.SPACE_8, 0, 0)
        column.addWidget(self.progress)
        column.addStretch(1)
        return holder

    def _rows_panel(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.SPACE_3)
        row = QHBoxLayout()
        row.setSpacing(theme.SPACE_2)
        for state in (None, *RowState):
            button = Button()
            button.setObjectName(f"roster_filter_{state.value if state else 'all'}")
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _on=False, chosen=state: self._show_state(chosen))
            self._filters[state] = button
            row.addWidget(button)
        row.addStretch(1)
        card = Card()
        inside = QVBoxLayout(card)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self.list)
        column.addWidget(self._columns)
        column.addLayout(row)
        column.addWidget(card, 1)
        return holder

    # What the owner tells

    def start_over(self) -> None:
        """Ask for a file."""
        self.preview = self.imported = self._stage = None
        self.notice.clear()
        self.title.setText(self.tr("Which students are at the school?"))
        self.lead.setText(self.tr("Nothing is written before you have seen what would change."))
        self._stack.setCurrentIndex(_CHOOSE)
        self.bar_changed.emit()

    def show_progress(self, progress: RosterProgress) -> None:
        """It has come so far."""
        self._stage = progress.stage
        share = None
        if progress.stage is RosterStage.READING:
            text = self.tr("Reading the file: {rows} rows").format(rows=progress.rows)
            share = progress.rows / progress.of if progress.of else None
        elif progress.stage is RosterStage.COMPARING:
            text = self.tr("Comparing with the students that are there")
        else:
            text = self.tr("Writing {rows} rows: all of them or none").format(rows=progress.rows)
        self.progress.show_progress(text, share)
        if self._stack.currentIndex() != _WORK:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # what had it disappears
            self._stack.setCurrentIndex(_WORK)
        self.bar_changed.emit()

    def show_preview(self, preview: RosterPreview) -> None:
        """This is what importing would do."""
        self._stage, self.preview = None, preview
        self.title.setText(self.tr("Import these students?"))
        lead = self.tr("{file}: nothing was written yet. Rows that are refused are left out.")
        self.lead.setText(lead.format(file=self._file.name))
        counts = Counter(row.state for row in preview.rows)
        for state, button in self._filters.items():
            word = words.state_word(state) if state is not None else self.tr("All")
            count = counts[state] if state is not None else len(preview.rows)
            button.setText(f"{word}  {count}")
            button.setVisible(count > 0 or state is None)
            button.updateGeometry()
        self._columns.setText(self._column_words(preview.columns))
        self._show_state(RowState.REFUSED if counts[RowState.REFUSED] else None)
        self._stack.setCurrentIndex(_ROWS)
        self.notice.clear()
        if preview.report.notices:
            what = " ".join(words.notice_text(notice) for notice in preview.report.notices)
            self.notice.say(Tone.WARN, what)
        announce(self.list, f"{self.title.text()} {words.counts_text(preview.report)}")
        self.bar_changed.emit()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_imported(self, report: ImportReport) -> None:
        """It is done, and durable."""
        self._stage, self.imported = None, report
        self.title.setText(self.tr("The roster is imported"))
        self.lead.setText(self.tr("Importing a corrected file again changes only what differs."))
        self._stack.setCurrentIndex(_ROWS)
        self.notice.say(Tone.GOOD, self.tr("Done."), words.counts_text(report))
        self.bar_changed.emit()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def rest(self) -> None:
        """Nothing goes on any more."""
        self._stage = None
        self._stack.setCurrentIndex(_CHOOSE if self.preview is None else _ROWS)
        self.bar_changed.emit()

    def show_stopped(self) -> None:
        """Reading or importing was stopped; nothing was written."""
        self.rest()
        self.notice.say(Tone.NEUTRAL, self.tr("Stopped. Nothing was written."))

    def show_problem(self, text: ErrorText) -> None:
        """The file cannot be read, or the records not be written."""
        self.rest()
        self.notice.say(Tone.BAD, text.what, text.what_to_do)

    def show_saved(self, path: Path) -> None:
        """The report is written."""
        self.notice.say(Tone.GOOD, self.tr("The report is saved."), f"\u2066{path}\u2069")

    # Inside

    def choose(self, file: Path) -> None:
        """Compare a file with the students."""
        if self._stage is not None:
            return
        self.start_over()
        self._file = file
        self.show_progress(RosterProgress(RosterStage.READING))
        self.file_chosen.emit(file)

    def _column_words(self, columns: tuple[ColumnUse, ...]) -> str:
        parts = []
        for column in columns:
            word = words.field_word(column.field) if column.field else self.tr("not imported")
            parts.append(f"{column.heading} → {word}")
        return "   ·   ".join(parts)

    def _show_state(self, state: RowState | None) -> None:
        self._filter = state
        self._filters[state].setChecked(True)
        rows = self.preview.rows if self.preview is not None else ()
        self.list.show_rows(tuple(words.row_of(row) for row in rows if state in (None, row.state)))
        self.list.scrollToTop()

    def _count(self) -> int:
        """Students that the import would touch; at least 1 where it would do anything else."""
        if self.preview is None:
            return 0
        report = self.preview.report
        courses = report.courses_added + report.enrollments_added + report.enrollments_reactivated
        return report.added + report.changed or min(courses, 1)

    def bar(self) -> Bar:
        if self._stage is not None:
            stops = self._stage is not RosterStage.WRITING
            stop = Action("cancel", self.tr("&Stop"), "x", stops, self.tr("Writing is all or nothing"))
            return Bar(start=(stop,))
        if self.preview is None:
            close = Action("cancel", self.tr("C&lose"), "x")
            return Bar(start=(close,), primary=Action("primary", self.tr("Choose a &file..."), "file"))
        other = Action("other_file", self.tr("&Another file"), "file")
        save = Action("save_report", self.tr("&Save the report"), "file-down")
        if self.imported is not None:
            return Bar(start=(save, other), primary=Action("primary", self.tr("C&lose")))
        count = self._count()
        word = self.tr("&Import {count}").format(count=count) if count else self.tr("&Import")
        cancel = Action("cancel", self.tr("Cancel"), "x")
        why_not = self.tr("Every row is as it is stored already, or is refused")
        primary = Action("primary", word, "check", bool(count), why_not)
        return Bar(start=(cancel, save, other), primary=primary)

    def act(self, name: str) -> bool:
        if name == "primary":
            self._primary()
        elif name == "cancel":
            if self._stage is None:
                self.closed.emit()
            elif self._stage is not RosterStage.WRITING:
                self.stop_wanted.emit()
        elif name == "other_file":
            self._browse()
        elif name in ("save_report", "save"):
            self._ask_where()
        else:
            return name in ("pause", "search", "add_student", "back")  # not from here
        return True

    def _primary(self) -> None:
        if self._stage is not None:
            return
        if self.preview is None:
            self._browse()
        elif self.imported is not None:
            self.closed.emit()
        elif self._count():
            self.notice.clear()
            self.show_progress(RosterProgress(RosterStage.READING))
            self.import_wanted.emit()

    def _browse(self) -> None:
        documents = QStandardPaths.StandardLocation.DocumentsLocation
        folder = str(self._file.parent) if self._file.name else QStandardPaths.writableLocation(documents)
        kinds = self.tr("Rosters (*.csv *.txt *.tsv);;All files (*)")
        dialog = QFileDialog(self, self.tr("Choose the roster"), folder, kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.choose(Path(chosen)))
        dialog.open()

    def _ask_where(self) -> None:
        if self.preview is None or self._stage is not None:
            return
        name = self.tr("{file} report.csv").format(file=self._file.stem)
        start = str(self._file.with_name(name))
        dialog = QFileDialog(self, self.tr("Save the report"), start, self.tr("CSV (*.csv)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save_wanted.emit(Path(chosen)))
        dialog.open()

    def entered(self) -> None:
        if self.preview is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
