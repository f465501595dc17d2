"""Files beside the database belong to the service, whoever typed the command that made them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pipeline.store import Store, ownership

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def handed_over(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Work as root; to whom files were given is written down."""
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(ownership, "_is_root", lambda: True)
    monkeypatch.setattr(os, "fchown", lambda _descriptor, user, group: given.append((user, group)))
    return given


def test_what_root_makes_belongs_to_the_folders_owner(tmp_path: Path, handed_over: list[tuple[int, int]]) -> None:
    """Database and lock files made by an administrator can be opened by the service afterwards."""
    store = Store.open(f"sqlite:///{tmp_path}/infogov.db")
    with store.exclusive("deliver"):
        pass
    store.close()
    owner = tmp_path.stat()
    assert handed_over == [(owner.st_uid, owner.st_gid)] * 2


def test_nothing_that_is_there_changes_hands(tmp_path: Path, handed_over: list[tuple[int, int]]) -> None:
    """A file or a link that somebody has put there is not given away."""
    (tmp_path / "there").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    assert ownership.make(tmp_path / "there", like=tmp_path) is None
    assert ownership.make(tmp_path / "link", like=tmp_path) is None
    assert not (tmp_path / "elsewhere").exists()
    assert handed_over == []


def test_an_ordinary_user_gives_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root could, and nobody else tries."""
    monkeypatch.setattr(ownership, "_is_root", lambda: False)
    monkeypatch.setattr(os, "fchown", lambda *_: pytest.fail("was given away"))
    descriptor = ownership.make(tmp_path / "new", like=tmp_path)
    assert descriptor is not None
    os.close(descriptor)


def test_the_database_is_for_its_owners_eyes(tmp_path: Path) -> None:
    """What everybody wrote to the council can be read by nobody else on the machine, whatever the umask."""
    before = os.umask(0o022)
    try:
        Store.open(f"sqlite:///{tmp_path}/infogov.db").close()
    finally:
        os.umask(before)
    assert (tmp_path / "infogov.db").stat().st_mode & 0o077 == 0
