"""What was made is there for who asks under all that it was made of, and for nobody else."""

import logging
import os
import stat
import threading
from pathlib import Path

import pytest

from modelatlas.caching import derived as module
from modelatlas.caching.derived import DerivedFiles, program

MADE_OF = ["acme", "digest", 3]
VALUE = b"made" * 1_000


@pytest.fixture
def files(tmp_path: Path) -> DerivedFiles:
    made = DerivedFiles(tmp_path / "derived", "program")
    made.put("list.acme", MADE_OF, VALUE)
    return made


def test_it_is_there_for_another_process(files: DerivedFiles, tmp_path: Path) -> None:
    again = DerivedFiles(tmp_path / "derived", "program")
    assert again.get("list.acme", MADE_OF) == files.get("list.acme", MADE_OF) == VALUE


@pytest.mark.parametrize("made_of", [["acme", "digest", 4], ["acme", "other", 3], ["acme"], None])
def test_made_of_anything_else_it_is_not_there(files: DerivedFiles, made_of: object) -> None:
    assert files.get("list.acme", made_of) is None


def test_another_program_or_name_has_nothing(files: DerivedFiles, tmp_path: Path) -> None:
    assert DerivedFiles(tmp_path / "derived", "another").get("list.acme", MADE_OF) is None
    (tmp_path / "derived" / "list.acme.derived").rename(tmp_path / "derived" / "list.beta.derived")
    assert files.get("list.beta", MADE_OF) is None


def test_the_last_one_of_a_name_is_kept(files: DerivedFiles, tmp_path: Path) -> None:
    files.put("list.acme", "newer", b"2")
    assert files.get("list.acme", MADE_OF) is None
    assert files.get("list.acme", "newer") == b"2"
    assert len(list((tmp_path / "derived").iterdir())) == 1


@pytest.mark.parametrize("at", [0, 20, 40, -1])
def test_a_damaged_file_is_not_there_and_told_once(
    files: DerivedFiles, tmp_path: Path, caplog: pytest.LogCaptureFixture, at: int
) -> None:
    path = tmp_path / "derived" / "list.acme.derived"
    written = bytearray(path.read_bytes())
    written[at] ^= 1
    path.write_bytes(written)
    with caplog.at_level(logging.WARNING):
        assert files.get("list.acme", MADE_OF) is None
        assert files.get("list.acme", MADE_OF) is None
    assert len(caplog.records) == 1


@pytest.mark.parametrize("content", [b"", b"short", bytes(64)])
def test_a_foreign_file_is_not_there(files: DerivedFiles, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "derived" / "list.acme.derived").write_bytes(content)
    assert files.get("list.acme", MADE_OF) is None


def test_files_are_for_their_owner_alone(files: DerivedFiles, tmp_path: Path) -> None:
    assert files.get("list.acme", MADE_OF) is not None
    folder = tmp_path / "derived"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}


def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "derived").write_text("a file in the place of the folder")
    made = DerivedFiles(tmp_path / "derived", "program")
    with caplog.at_level(logging.WARNING):
        made.put("list.acme", MADE_OF, VALUE)
        assert made.get("list.acme", MADE_OF) is None
    assert len(caplog.records) == 1


def test_a_folder_that_has_grown_too_large_is_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 300)
    monkeypatch.setattr(module, "LOOK_EVERY", 1)
    made = DerivedFiles(tmp_path, "program")
    for number in range(10):
        made.put(f"list.{number}", number, os.urandom(100))
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) <= 300
    assert made.get("list.9", 9) is not None


def test_many_who_write_at_once_leave_a_whole_file(tmp_path: Path) -> None:
    def write() -> None:
        for _ in range(50):
            DerivedFiles(tmp_path, "program").put("list.acme", MADE_OF, VALUE)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for each in writers:
        each.start()
    made = DerivedFiles(tmp_path, "program")
    seen = {made.get("list.acme", MADE_OF) for _ in range(200)}
    for each in writers:
        each.join()
    assert seen <= {None, VALUE}
    assert made.get("list.acme", MADE_OF) == VALUE
    assert [each.name for each in tmp_path.iterdir()] == ["list.acme.derived"]


def test_edited_code_is_another_program(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "module.py"
    path.write_text("PRICE = 1")
    before = program(tmp_path)
    assert program(tmp_path) == before
    about = path.stat()
    path.write_text("PRICE = 2")
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))  # of the same size, and as old
    assert program(tmp_path) != before
