"""Pictures become an animated GIF, in order and with their times."""

import pytest
from PIL import Image

from dev import release
from dev.screenshots import film

COLORS = ["red", "lime", "blue"]


def make_pictures(folder):
    for k, color in enumerate(COLORS):
        Image.new("RGB", (8, 8), color).save(folder / f"{k:03}-{100 * (k + 1)}.png")


def test_a_film_shows_its_pictures_in_order_each_for_its_time(tmp_path):
    make_pictures(tmp_path)
    film.join(tmp_path, tmp_path / "film.gif")

    with Image.open(tmp_path / "film.gif") as made:
        shown = []
        for k in range(made.n_frames):
            made.seek(k)
            shown.append((made.convert("RGB").getpixel((4, 4)), made.info["duration"]))
        assert made.info["loop"] == 0
    named = [Image.new("RGB", (1, 1), color).getpixel((0, 0)) for color in COLORS]
    assert shown == list(zip(named, [100, 200, 300]))


def test_a_film_that_is_too_large_is_an_error(tmp_path, monkeypatch):
    make_pictures(tmp_path)
    monkeypatch.setattr(film, "MAX_BYTES", 10)
    with pytest.raises(ValueError, match="at most 10 bytes"):
        film.join(tmp_path, tmp_path / "film.gif")


def test_every_picture_is_shown_on_a_page():
    pages = [release.ROOT / "README.md", *(release.ROOT / "docs").glob("*.md")]
    text = "".join(page.read_text() for page in pages)
    for path in (release.ROOT / "docs" / "images").iterdir():
        assert path.name in text
