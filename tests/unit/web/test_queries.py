"""Every page states its number of queries, and none asks more for more rows."""

from __future__ import annotations

from crowd import Crowd, statements, values_of
from pages import ADMIN

from pipeline.web.routes import QUERIES


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
