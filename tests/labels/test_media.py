"""Images and videos that are not small local files of the right type are skipped."""

import os
import pathlib
import subprocess
import sys
import threading
import time

import cv2
import numpy as np
import pytest
from bombs import mask_bomb, png_bomb
from PIL import Image

from duplicates.iou_core.errors import UnreadableError
from duplicates.labels.media import files, images, videos
from duplicates.labels.reading.kinds.mask_arrays import read_mask

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["stored masks", "mask files", "images"])
def test_a_few_decompression_bombs_need_little_memory(tmp_path, kind):
    one = tmp_path / "one"
    if kind == "stored masks":
        one.write_bytes(mask_bomb(1_000_000_000))
        work = f"read_mask(open({str(one)!r}, 'rb').read())"
    else:
        png_bomb(tmp_path / "one.png")
        work = (
            f"images.Photo({str(one) + '.png'!r}).cut((0, 0, 12_000, 12_000), (9, 9))"
            if kind == "images"
            else f"read_mask({str(one) + '.png'!r})"
        )
    script = f"""
import resource, sys
sys.path.insert(0, {str(ROOT)!r})
import duplicates_loader
duplicates_loader.load()
from duplicates.iou_core.errors import UnreadableError
from duplicates.labels.media import images
from duplicates.labels.reading.kinds.mask_arrays import read_mask
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(2):
    try:
        {work}
    except UnreadableError as error:
        print(error, file=sys.stderr)
    else:
        raise SystemExit("it was read")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    environment = {**os.environ, "FIFTYONE_DISABLE_SERVICES": "1"}
    ended = subprocess.run(
        [sys.executable, "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr
    kilobytes = int(ended.stdout.split()[-1])
    assert kilobytes < 350_000


@pytest.mark.parametrize(
    "path", ["/dev/zero", "/dev/stdin", "/", "/nothing/there", "a\0b", "\ud800", ""]
)
def test_only_regular_files_are_read(path):
    for read in (files.read_file, images.read_pixels, images.Photo, videos.Video):
        with pytest.raises(UnreadableError):
            read(path)
    assert files.file_size(path) is None


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(files.MAX_FILE_BYTES + 1)
    with pytest.raises(UnreadableError, match="256 MiB"):
        files.read_file(str(path))


@pytest.mark.parametrize("more", ["", "# \xff \0 no text\n", "\xff" * 600])
@pytest.mark.parametrize(
    "text",
    [
        "ffconcat version 1.0\nfile {}\n",
        "#EXTM3U\n{}\n",
        "\xff\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "\xff<MPD><BaseURL>{}</BaseURL></MPD>",
    ],
)
def test_a_playlist_is_not_a_video(tmp_path, text, more):
    other = cv2.VideoWriter(
        str(tmp_path / "other.avi"), cv2.VideoWriter_fourcc(*"MJPG"), 5, (16, 16)
    )
    other.write(np.zeros((16, 16, 3), np.uint8))
    other.release()
    path = tmp_path / "street.mp4"
    with (tmp_path / "other.avi").open("rb") as file:
        # FFmpeg reads the names next to /dev/fd, where the playlist is opened
        path.write_bytes((text.format(file.fileno()) + more).encode("latin-1"))
        with pytest.raises(UnreadableError, match="not a video"):
            videos.Video(str(path))


def test_a_video_that_contains_the_words_of_a_playlist_is_read(tmp_path):
    path = tmp_path / "street.avi"
    made = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (16, 16))
    made.write(np.zeros((16, 16, 3), np.uint8))
    made.release()
    path.write_bytes(path.read_bytes() + b"\nc=IN IP4 <MPD #EXTM3U")
    video = videos.Video(str(path))
    assert video.read() is not None
    video.close()


def test_a_checked_video_is_at_its_beginning_when_it_is_opened(tmp_path, monkeypatch):
    """Opening ``/dev/fd`` on macOS goes on where the open file is."""
    path = tmp_path / "street.avi"
    made = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 5, (16, 16))
    made.write(np.zeros((16, 16, 3), np.uint8))
    made.release()
    places, capture = [], cv2.VideoCapture

    def opened(name, backend):
        number = int(name.removeprefix("/dev/fd/"))
        places.append(os.lseek(number, 0, os.SEEK_CUR))
        return capture(name, backend)

    monkeypatch.setattr(cv2, "VideoCapture", opened)
    videos.Video(str(path)).close()
    assert places == [0]


@pytest.mark.slow
def test_an_image_is_decoded_at_the_lowest_sufficient_resolution(tmp_path):
    path = tmp_path / "large.jpg"
    Image.linear_gradient("L").resize((8000, 8000)).convert("RGB").save(path)
    photo = images.Photo(str(path))
    small = photo.cut((0, 0, 8000, 8000), (100, 100))
    assert photo._image.size == (1000, 1000)
    exact = Image.open(path).resize((100, 100), reducing_gap=2.0)
    assert np.abs(np.asarray(small, int) - np.asarray(exact, int)).max() <= 3
    # a small region is cropped from the whole image
    part = photo.cut((100, 4000, 200, 4100), (100, 100))
    assert photo._image.size == (8000, 8000)
    exact = Image.open(path).crop((100, 4000, 200, 4100))
    assert np.abs(np.asarray(part, int) - np.asarray(exact, int)).max() <= 1


@pytest.mark.parametrize("mode", ["P", "1", "RGBA", "CMYK", "LA", "I;16"])
def test_a_crop_of_any_mode_shows_the_region(tmp_path, mode):
    path = tmp_path / "image.tif"
    pixels = np.zeros((200, 300), np.uint16 if mode == "I;16" else np.uint8)
    pixels[:, 150:] = 255
    image = Image.fromarray(pixels)
    (image if mode == "I;16" else image.convert(mode)).save(path)
    cut = np.asarray(images.Photo(str(path)).cut((100, 0, 200, 100), (20, 20)))
    assert cut.shape == (20, 20, 3)
    assert cut[:, :8].max() < 30 < 225 < cut[:, 12:].min()


def test_at_most_two_images_are_decoded_at_once(tmp_path, monkeypatch):
    path = str(tmp_path / "mask.png")
    cv2.imwrite(path, np.zeros((4, 4), np.uint8))
    decode, now, most = cv2.imdecode, [0], [0]
    lock = threading.Lock()

    def slow(*args):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1
        return decode(*args)

    monkeypatch.setattr(cv2, "imdecode", slow)
    threads = [threading.Thread(target=read_mask, args=(path,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 2
