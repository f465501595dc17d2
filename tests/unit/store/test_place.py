"""Where a database is: what may be the beginning of one, and which addresses lead to the same."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from pipeline.domain.errors import ConfigurationError, StoreError
from pipeline.store import Store, place

if TYPE_CHECKING:
    from pathlib import Path


def url(path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{path}"


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (["infogov.db.before-restore-20261122T101010Z", "infogov.db.before-restore-20261122T101010Z-wal"],
         r"move infogov\.db\.before-restore-20261122T101010Z to infogov\.db"),
        (["infogov.db.before-restore-20250101T000000Z", "infogov.db.before-restore-20261122T101010Z", "infogov.db.restoring"],
         r"infogov\.db\.before-restore-20261122T101010Z lies beside it"),
        (["infogov.db.restoring"], r"infogov\.db\.restoring lies beside it.*infogov db restore FILE again, with the copy\. For"),
    ],
)  # fmt: skip
def test_no_database_is_made_where_a_restore_was_cut_off(tmp_path: Path, left: list[str], told: str) -> None:
    """What lies beside the missing file shows that there was one; nobody may be acknowledged again by an empty one."""
    for name in left:
        (tmp_path / name).write_bytes(b"something")
    for opening in (Store.open, Store.open_as_it_is):
        with pytest.raises(StoreError, match=told):
            opening(url(tmp_path / "infogov.db"))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(left)


def test_an_empty_file_is_no_beginning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was in it is gone: neither the service nor doctor takes it for a database that is new."""
    monkeypatch.setattr(place, "_MAKING_SECONDS", 0.1)
    (tmp_path / "infogov.db").touch()
    for opening in (Store.open, Store.open_as_it_is):
        with pytest.raises(StoreError, match="is an empty file: what was in it is gone"):
            opening(url(tmp_path / "infogov.db"))
    assert (tmp_path / "infogov.db").stat().st_size == 0


def test_a_file_that_another_process_is_just_making_is_waited_for(tmp_path: Path) -> None:
    """Of two that start on no database one finds the other's file, empty for a moment."""
    file = tmp_path / "infogov.db"
    file.touch()
    maker = threading.Timer(0.2, file.write_bytes, [b"filled"])
    maker.start()
    place.check_beginning(place.parsed(url(file)))
    maker.join()
    assert file.read_bytes() == b"filled"


def test_an_older_copy_beside_a_database_is_nothing(tmp_path: Path) -> None:
    """The file that a finished restore put aside may lie there for years."""
    Store.open(url(tmp_path / "infogov.db")).close()
    (tmp_path / "infogov.db.before-restore-20261122T101010Z").write_bytes(b"something")
    Store.open(url(tmp_path / "infogov.db")).close()


def test_one_database_under_several_names(tmp_path: Path) -> None:
    """A path spelt another way and a link lead to the same file; another file does not."""
    store = Store.open(url(tmp_path / "infogov.db"))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.db").symlink_to(tmp_path / "infogov.db")
    for name in ("folder/../infogov.db", "./infogov.db", "link.db", "infogov.db?timeout=3"):
        assert store.is_at(f"sqlite:///{tmp_path}/{name}")
    assert not store.is_at(url(tmp_path / "new.db"))
    assert not store.is_at("postgresql+psycopg://db.example/infogov")
    store.close()


def test_an_address_that_cannot_be_taken_apart_is_not_repeated() -> None:
    """A port that is no number is a mistake in the configuration like any other, and the password in it is told nobody."""
    for address in ("postgresql+psycopg://u:pass@h:port/d", "nonsense"):
        with pytest.raises(ConfigurationError, match=r"\[database\] url") as caught:
            Store.open(address)
        assert "pass" not in str(caught.value)
