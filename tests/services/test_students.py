# SPDX-License-Identifier: Apache-2.0
"""Document 5: students with their course enrollments, and the search at the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from app.domain.errors import OperatorError, StorageError
from app.domain.listings import StudentState
from app.services.roster import RosterService
from app.services.schemas import StudentList, StudentResponse
from app.services.students import StudentService
from app.storage.rows.courses import CourseEnrollmentRow, CourseRow, GroupMemberRow, GroupRow
from app.storage.rows.people import StudentRow
from app.storage.store import Store
from tests.services.desk import Desk, ink, open_desk, touch


def enrollments(desk: Desk) -> list[tuple[str, bool]]:
    with desk.writer.store.reading() as session:
        rows = session.execute(
            select(CourseRow.name, CourseEnrollmentRow.active)
            .join(CourseRow, CourseRow.id == CourseEnrollmentRow.course_id)
            .order_by(CourseRow.name)
        )
        return [(name, active) for name, active in rows]


def deactivate_enrollments(desk: Desk) -> None:
    with Session(desk.writer.store._writing) as session, session.begin():
        for row in session.scalars(select(CourseEnrollmentRow)):
            row.active = False


# -- _set_user_course_enrollment --------------------------------------------------------------------------


def test_if_course_name_is_empty_do_nothing(desk: Desk) -> None:
    student = desk.students.create("John Doe", "john@example.com")
    for name in ("", "   ", None):
        assert desk.students.set_course_enrollment(student.uid, name) is None
    assert enrollments(desk) == []
    with desk.writer.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(CourseRow)) == 0


def test_if_already_enrolled_in_the_course_ensure_enrollment_is_active(desk: Desk) -> None:
    student = desk.students.create("John Doe", "john@example.com", course_name="Math 101")
    deactivate_enrollments(desk)
    assert desk.students.set_course_enrollment(student.uid, "Math 101") is not None
    assert enrollments(desk) == [("Math 101", True)]


def test_otherwise_create_enrollment_for_this_course(desk: Desk) -> None:
    student = desk.students.create("John Doe", "john@example.com", course_name="Math 101")
    desk.students.set_course_enrollment(student.uid, "Physics 201")
    assert enrollments(desk) == [("Math 101", True), ("Physics 201", True)]


def test_find_or_create_the_course_of_that_name_whatever_its_capitals(desk: Desk) -> None:
    first = desk.students.create("John Doe", "john@example.com", course_name="Math 101")
    second = desk.students.create("Jane Smith", "jane@example.com", course_name="  MATH   101 ")
    assert first.course_id == second.course_id
    assert second.course_name == "Math 101"


def test_a_course_belongs_to_its_school(desk: Desk) -> None:
    here = desk.students.create("John Doe", "john@example.com", course_name="Math 101")
    other = StudentService(desk.writer, "South School")
    there = other.create("Jane Smith", "john@example.com", course_name="Math 101")
    assert here.course_id != there.course_id
    assert [row.name for row in other.list().students] == ["Jane Smith"]
    assert [hit.card.name for hit in desk.students.search("")] == ["John Doe"]
    assert other.search("doe") == ()


def test_setting_the_same_course_twice_creates_one_enrollment(desk: Desk) -> None:
    student = desk.students.create("John Doe", "john@example.com")
    assert desk.students.set_course_enrollment(student.uid, "Art") == desk.students.set_course_enrollment(
        student.uid, "art"
    )
    assert enrollments(desk) == [("Art", True)]


# -- create, update, list ---------------------------------------------------------------------------------


def test_student_creation_answers_as_the_document_and_writes_no_group_member(desk: Desk) -> None:
    made = desk.students.create("John Doe", "john@example.com", course_name="Mathematics 101")
    answer = StudentResponse.of(made).model_dump(mode="json", exclude={"uid", "number", "version"})
    assert answer == {
        "id": made.id,
        "name": "John Doe",
        "email": "john@example.com",
        "class_name": None,
        "course_id": made.course_id,
        "course_name": "Mathematics 101",
        "team_id": None,
        "team_name": None,
        "team_number": None,
        "status": "active",
    }
    assert made.course_id is not None
    with desk.writer.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(GroupMemberRow)) == 0
        assert session.scalar(select(func.count()).select_from(GroupRow)) == 0


def test_student_update_enrolls_in_the_named_course(desk: Desk) -> None:
    made = desk.students.create("John Doe", "john@example.com", class_name="A", number="7")
    changed = desk.students.update(made.uid, name="John M. Doe", course_name="Art", class_name="")
    assert (changed.name, changed.email, changed.class_name, changed.number, changed.course_name) == (
        "John M. Doe",
        "john@example.com",
        None,
        "7",
        "Art",
    )
    assert desk.students.search("john m")[0].card.uid == made.uid


def test_a_stale_update_is_refused(desk: Desk) -> None:
    made = desk.students.create("John Doe", "john@example.com")
    desk.students.update(made.uid, name="John", seen_version=made.version)
    with pytest.raises(OperatorError) as refused:
        desk.students.update(made.uid, name="Johnny", seen_version=made.version)
    assert refused.value.code == "record_changed"
    assert desk.students.get(made.uid).name == "John"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"status": "resting"}, "status"),
        ({"class_name": "a\x00b"}, "class_name"),
    ],
)
def test_what_cannot_be_a_student_is_refused_by_field(values: dict[str, str], field: str) -> None:
    def never(*_: object) -> UUID:
        raise AssertionError("nothing may be written")

    students = StudentService(_NoWriter(never), "School")  # type: ignore[arg-type]
    with pytest.raises(OperatorError) as refused:
        students.create(**{"name": "John Doe", "email": "john@example.com", **values})
    assert (refused.value.code, refused.value.facts["field"]) == ("input_invalid", field)


class _NoWriter:
    """A writer that must not be used."""

    def __init__(self, write: Callable[..., UUID]) -> None:
        self.write = self.new_id = write


def test_an_email_and_a_number_are_one_student_s(desk: Desk) -> None:
    made = desk.students.create("John Doe", "john@example.com", number="7")
    for values, field in (({"email": "JOHN@example.com"}, "email"), ({"number": "7"}, "number")):
        with pytest.raises(OperatorError) as refused:
            desk.students.create(**{"name": "Jane", "email": "jane@example.com", **values})
        assert (refused.value.code, refused.value.facts["field"]) == ("student_exists", field)
    assert desk.students.list().total == 1
    assert desk.students.update(made.uid, email="John@Example.com").email == "John@Example.com"


def test_student_list_filters_and_pages_as_the_document(desk: Desk, roster: RosterService) -> None:
    rows = [
        "Ada Ash,ada@x.org,7A,Math,active",
        "Bo Birch,bo@x.org,7A,Art,active",
        "Cy Cedar,cy@x.org,7B,Math,inactive",
        "Di Dogwood,di@x.org,Math,,active",
    ]
    roster.import_csv("\n".join(["name,email,class_name,course,status", *rows]).encode(), commit=True)

    def names(**filters: str) -> list[str]:
        return [row.name.split()[0] for row in desk.students.list(**filters).students]  # type: ignore[arg-type]

    assert names() == ["Ada", "Bo", "Cy", "Di"]
    assert names(q="bir") == ["Bo"]  # search by name or email
    assert names(q="cy@x.org") == ["Cy"]
    assert names(class_or_course="math") == ["Ada", "Cy"]  # a course, whatever its capitals
    assert names(class_or_course="Math") == ["Ada", "Cy", "Di"]  # a class or a course
    assert names(class_name="7A") == ["Ada", "Bo"]
    assert names(status="inactive") == ["Cy"]
    assert names(status="active", class_or_course="Math") == ["Ada", "Di"]
    page = StudentList.of(desk.students.list(page=2, limit=3))
    assert ([item.name for item in page.items], page.total, page.page, page.limit) == (
        ["Di Dogwood"],
        4,
        2,
        3,
    )
    assert page.items[0].team_id is None
    for wrong in ({"page": 0}, {"limit": 0}, {"limit": 201}):
        with pytest.raises(OperatorError):
            desk.students.list(**wrong)
    deactivate_enrollments(desk)
    assert names(class_or_course="math") == []
    assert desk.students.find("ada@x.org").course_name is None


def test_list_and_search_ask_the_same_number_of_questions_however_many_students(
    desk: Desk, roster: RosterService
) -> None:
    def asked(action: Callable[[], object]) -> int:
        statements: list[str] = []

        def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if statement.startswith("SELECT"):
                statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        action()
        event.remove(Engine, "before_cursor_execute", note)
        return len(statements)

    header = "name,email,course,number\n"
    roster.import_csv((header + "S,s@x.org,Art,999\n").encode(), commit=True)
    few = (asked(desk.students.list), asked(lambda: desk.students.search("")))
    rows = [f"Student {n},s{n}@x.org,Art,{n}" for n in range(120)]
    roster.import_csv((header + "\n".join(rows)).encode(), commit=True)
    assert (asked(desk.students.list), asked(lambda: desk.students.search(""))) == few


# -- search -----------------------------------------------------------------------------------------------


SEARCHED = """name,email,class_name,number
Tomás Silva,tomas.silva@x.org,7B,20404
Ana Thomas,ana@x.org,7A,20405
Lea Stomann,lea@x.org,7A,204
Zoë O'Neil-Straße,zo@x.org,7C,2040
50%_off,odd@x.org,7C,9
"""
HITS = {
    "tomas": ["Tomás"],  # accents do not matter; not in Thomas
    "TOM": ["Tomás", "Lea"],  # word starts before the inside of words
    "silva tomas": ["Tomás"],  # words in any order, all of them
    "silva ana": [],
    "204": ["Lea", "Ana", "Tomás", "Zoë"],  # the number itself, then longer ones
    "2040 ": ["Zoë", "Ana", "Tomás"],
    "tomas.silva@x.org": ["Tomás"],
    "tomas.silva@x": ["Tomás"],
    "strasse": ["Zoë"],
    "7a": ["Ana", "Lea"],
    "50%": ["50%_off"],
    "_": ["50%_off"],
    "\x00": ["50%_off", "Ana", "Lea", "Tomás", "Zoë"],
    "nobody": [],
}


@pytest.mark.parametrize("loaded", [False, True])
def test_search(desk: Desk, roster: RosterService, loaded: bool) -> None:
    roster.import_csv(SEARCHED.encode(), commit=True)
    if loaded:
        assert list(desk.students.load_roster(Event())) == [5]
    found = {text: [hit.card.name.split()[0] for hit in desk.students.search(text)] for text in HITS}
    assert found == HITS
    assert len(desk.students.search("", limit=2)) == 2


def test_search_shows_the_state_before_starting(desk: Desk) -> None:
    done = desk.students.add("Ada Done", number="1").uid
    begun = desk.students.add("Zed Begun", number="2").uid
    desk.students.add("Bo Waiting", number="3")
    visit = desk.enrollment.start(done)
    for finger in desk.policy.required_fingers:
        for _ in range(desk.policy.impressions_per_finger):
            visit = desk.enrollment.record_impression(visit, finger, touch(70, desk.policy))
    for number in range(1, 12):
        visit = desk.enrollment.accept_drawing(visit, number, ink(number))
    class_session = desk.attendance.open_session("7A", desk.clock.now - timedelta(minutes=2))
    desk.enrollment.finish(desk.enrollment.check_in(visit, class_session.uid))
    enrolled_at = desk.clock.now
    desk.clock.turn(hours=1)
    started = desk.enrollment.start(begun)

    under_way, ada, waiting = desk.students.search("")
    assert (under_way.card.uid, under_way.state, under_way.since, under_way.session_id) == (
        begun,
        StudentState.IN_PROGRESS,
        desk.clock.now,
        started.session_id,
    )
    assert (ada.state, ada.since, ada.session_id) == (StudentState.ENROLLED, enrolled_at, "")
    assert (waiting.state, waiting.since) == (StudentState.NOT_ENROLLED, None)


def test_inactive_students_are_not_found_at_the_desk(desk: Desk) -> None:
    made = desk.students.create("John Doe", "john@example.com", status="inactive")
    assert desk.students.search("john") == ()
    assert desk.students.find("john@example.com").uid == made.uid


def test_a_student_is_named_by_number_email_id_or_uid(desk: Desk) -> None:
    made = desk.students.create("John Doe", "john@example.com", number="A-17")
    for reference in ("A-17", "John@Example.com", str(made.id), str(made.uid)):
        assert desk.students.find(reference).uid == made.uid
    with pytest.raises(OperatorError) as unknown:
        desk.students.find("nobody")
    assert unknown.value.code == "student_not_found"


def test_two_stations_that_add_one_course_at_once_make_one(database: Engine) -> None:
    """Two connections; on a server both run at once, on a file one after the other."""
    desks = [open_desk(Store(database)) for _ in range(2)]
    desks[0].students.school_uid()
    gate = threading.Barrier(2)
    failures: list[StorageError] = []

    def create(number: int) -> None:
        gate.wait()
        try:
            desks[number].students.create(f"Student {number}", f"s{number}@x.org", course_name="Art")
        except StorageError as error:
            failures.append(error)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Session(database) as session:
        assert session.scalar(select(func.count()).select_from(CourseRow)) == 1
        assert session.scalar(select(func.count()).select_from(CourseEnrollmentRow)) == 2
        assert session.scalar(select(func.count()).select_from(StudentRow)) == 2
