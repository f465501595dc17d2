"""Every page states its number of queries, and none asks more for more rows."""

from __future__ import annotations

from crowd import Crowd, statements, values_of
from pages import ADMIN

# How many statements a page that is only opened asks of the database, the session's and the mailbox's line among them; it
# is the same however many rows there are. None: it reads everything there is of its subject (a case to be packed, the trail).
QUERIES: dict[str, int | None] = {
    "static_file": 0,
    "theme": 0,
    "favicon": 0,
    "door.sign_in": 2,
    "door.password": 2,
    "probes.alive": 1,
    "probes.ready": 14,
    "probes.metrics": 14,
    "desk.my_work": 6,
    "desk.hand_over": 4,
    "queue.show": 4,
    "queue.as_csv": 3,
    "request.show": 30,
    "request.clock": 21,
    "request.bundle": None,
    "deeds.ask": 6,
    "questions.edit": 5,
    "clock.record": 5,
    "draft.choose": 5,
    "draft.edit": 19,
    "draft.check": 27,
    "draft.pdf": 9,
    "draft.preview": 9,
    "draft.word": 9,
    "draft.file": 10,
    "approval.waiting": 4,
    "approval.show": 33,
    "approval.correct": 11,
    "approval.give_back": 5,
    "approval.check_exception": 16,
    "approval.ask_resend": 6,
    "newmail.waiting": 7,
    "newmail.decide": 11,
    "mail.show": 11,
    "mail.html": 10,
    "mail.raw": 8,
    "mail.file": 8,
    "letters.to_send": 7,
    "letters.show": 8,
    "letters.raw": 7,
    "counter.log": 2,
    "counter.load": 2,
    "figures.show": 7,
    "figures.as_csv": 6,
    "office.officers": 3,
    "office.officer": 6,
    "office.deputies": 4,
    "office.audit": None,
    "office.settings": 2,
    "office.condition": 28,
    "about.accessibility": 2,
    "about.guidance": 2,
}


def asked(crowd: Crowd) -> dict[str, int]:
    """How many statements each page asks that can be opened; it was opened once before, so that nothing is there for the first time."""
    visitor = crowd.office.visitor(ADMIN)
    found = {}
    for rule in crowd.office.flask.url_map.iter_rules():
        if "GET" not in (rule.methods or set()):
            continue
        path = crowd.office.address(rule.endpoint, **values_of(crowd, rule.endpoint, rule.arguments))
        first = visitor.client.get(path)
        assert first.status_code in {200, 503 if rule.endpoint == "probes.ready" else 200}, (path, first.text[:300])
        with statements(crowd.app.store) as seen:
            assert visitor.client.get(path).data is not None
        found[rule.endpoint] = len(seen)
    return found


def test_every_page_states_its_queries_and_no_more_rows_ask_for_more(crowd: Crowd, many: Crowd) -> None:
    """With one of everything and with half a hundred, each page asks as many statements as the table says; but for what reads everything."""
    few, plenty = asked(crowd), asked(many)
    fixed = {name: number for name, number in QUERIES.items() if number is not None}
    assert {name: few[name] for name in few if QUERIES.get(name, 0) is not None} == fixed
    assert {name: plenty[name] for name in plenty if QUERIES.get(name, 0) is not None} == fixed
    assert {name for name, number in QUERIES.items() if number is None} == {"office.audit", "request.bundle"}
