"""Files are short enough to be read at once."""

import collections

import pytest
import sizes

from dev import release


def test_no_file_has_more_lines_than_its_kind_may_have():
    folders = (release.ROOT / name for name in ("benchmarks", "dev", "tests"))
    others = (path for folder in folders for path in folder.rglob("*"))
    paths = [*others, *(release.ROOT / path for path in release.files())]

    assert sum(path.suffix == ".py" for path in paths) > 600
    assert sum(path.suffix in (".ts", ".tsx", ".mjs") for path in paths) > 80
    assert sizes.too_long(paths) == {}


def test_no_folder_of_what_tests_share_has_more_than_14_modules():
    support = (release.ROOT / "tests" / "support").rglob("*.py")
    modules = collections.Counter(str(path.parent) for path in support)

    assert len(modules) > 10
    assert max(modules.values()) <= 14, modules


@pytest.mark.parametrize(
    ("name", "limit"),
    [("a.py", 300), ("a.test.ts", 200), ("a.test.tsx", 200), ("a.test.mjs", 200)],
)
def test_a_file_of_one_line_too_many_is_reported(tmp_path, name, limit):
    path = tmp_path / name

    path.write_text("\n" * limit)
    assert sizes.too_long([path]) == {}
    path.write_text("\n" * (limit + 1))
    assert sizes.too_long([path]) == {str(path): limit + 1}


def test_files_of_other_kinds_may_be_longer(tmp_path):
    path = tmp_path / "a.json"
    path.write_text("\n" * 1000)

    assert sizes.too_long([path]) == {}
