"""Media that are not small local files of the right type are skipped with a reason."""

import io
import os
import pathlib
import struct
import subprocess
import sys
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import cv2
import fiftyone as fo
import numpy as np
import pytest
from PIL import Image

from duplicates.iou_core.errors import UnreadableError
from duplicates.iou_core.params import FindParams
from duplicates.labels.media import files, images, videos
from duplicates.labels.media.inflate import MAX_INFLATED_BYTES
from duplicates.labels.reading.kinds.mask_arrays import read_mask
from duplicates.labels.scans.search import find_duplicates

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIELD = "ground_truth"
BOX = [0.1, 0.1, 0.4, 0.4]


@pytest.fixture
def pipe(tmp_path):
    """A pipe without a writer: opening it as a file would block forever."""
    path = tmp_path / "mask.png"
    os.mkfifo(path)
    return str(path)


@pytest.fixture
def page():
    """A web server with images, and the paths that were requested from it."""
    asked = []
    image = cv2.imencode(".png", np.full((8, 8), 255, np.uint8))[1].tobytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(image)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/mask.png", asked
    server.shutdown()
    server.server_close()


def png_bomb(path, side=12_000):
    """Writes a small file with many pixels."""
    Image.new("1", (side, side)).save(path, optimize=False)
    assert os.path.getsize(path) < 40_000
    return str(path)


def mask_bomb(n_bytes):
    """Returns a stored mask that inflates to many bytes."""
    side = int(n_bytes**0.5)
    stream = io.BytesIO()
    header = {"descr": "|u1", "fortran_order": False, "shape": (side, side)}
    np.lib.format.write_array_header_1_0(stream, header)
    packer = zlib.compressobj(9)
    parts = [packer.compress(stream.getvalue())]
    parts += [packer.compress(bytes(side)) for _ in range(side)]
    return b"".join([*parts, packer.flush()])


def scan_masks(make_dataset, *masks, **options):
    """Scans a sample with the masks, and returns the reasons of skipped labels."""
    dataset = make_dataset([])
    labels = [fo.Detection(label="cat", bounding_box=BOX, **mask) for mask in masks]
    sample = fo.Sample("/images/1.png", **{FIELD: fo.Detections(detections=labels)})
    dataset.add_sample(sample)
    for k, mask in enumerate(masks):
        if "stored" in mask:
            place = f"{FIELD}.detections.{k}"
            dataset._sample_collection.update_one(
                {},
                {
                    "$set": {f"{place}.mask": mask["stored"]},
                    "$unset": {f"{place}.stored": 1},
                },
            )
    params = FindParams(FIELD, use_masks=True, **options)
    found = find_duplicates(dataset, params, "scan")
    return len(found.label_ids), dict(found.skipped.reasons)


GOOD = {"mask": np.ones((8, 8), bool)}


@pytest.mark.parametrize("options", [{}, {"tolerance": 1}], ids=["masks", "outlines"])
def test_a_mask_that_is_a_pipe_is_skipped_at_once(make_dataset, pipe, options):
    begun = time.monotonic()
    assert scan_masks(make_dataset, GOOD, GOOD, {"mask_path": pipe}, **options) == (
        1,
        {"has a mask_path that is not a regular file": 1},
    )
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("options", [{}, {"tolerance": 1}], ids=["masks", "outlines"])
def test_a_mask_at_an_address_is_skipped_and_not_fetched(make_dataset, page, options):
    address, asked = page
    assert scan_masks(make_dataset, GOOD, GOOD, {"mask_path": address}, **options) == (
        1,
        {"has a mask_path that is an address, not a local file": 1},
    )
    assert asked == []


@pytest.mark.slow
def test_masks_that_inflate_to_too_many_bytes_are_skipped(make_dataset, tmp_path):
    bomb = mask_bomb(2 * MAX_INFLATED_BYTES)
    assert len(bomb) < 300_000
    large = png_bomb(tmp_path / "large.png")
    found = scan_masks(make_dataset, GOOD, {"stored": bomb}, {"mask_path": large}, GOOD)
    assert found == (
        1,
        {
            "has a mask of more than 128 MiB": 1,
            "has a mask of more than 100,000,000 pixels": 1,
        },
    )


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_each_pixel_of_a_palette_counts_as_a_color_with_opacity(tmp_path, suffix):
    path = tmp_path / f"mask.{suffix}"
    Image.new("P", (5_100, 5_000)).save(path)

    with pytest.raises(UnreadableError, match="more than 100,000,000 pixels"):
        images.read_pixels(str(path))


@pytest.mark.slow
def test_a_mask_of_the_maximum_size_is_read():
    mask = read_mask(mask_bomb(100_000_000))

    assert mask.shape == (10_000, 10_000)


def test_a_mask_whose_header_exceeds_its_data_allocates_nothing():
    stream = io.BytesIO()
    for order in (True, False):
        header = {"descr": "<f8", "fortran_order": order, "shape": (10**6, 10**6)}
        np.lib.format.write_array_header_1_0(stream, header)
        with pytest.raises(UnreadableError, match="no mask"):
            read_mask(zlib.compress(stream.getvalue() + bytes(8)))


HEADERS = {
    "a huge shape": "{'descr': '|u1', 'fortran_order': False, 'shape': (%s, 1), }"
    % ("9" * 30),
    "no end": "{'descr': '|u1', 'fortran_order': False, 'shape': (",
    "no hash": "{[]: 1}",
    "no type": "{'descr': (), 'fortran_order': False, 'shape': (1, 1), }",
    "indented": "  1\n 2",
    "deep": "-" * 9000 + "1",
    "nested": "(" * 9000,
    "no number": "{'descr': {}, 'fortran_order': False, 'shape': (1, 1), }",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=list(HEADERS))
def test_a_mask_with_a_broken_header_is_skipped(header):
    data = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode()
    with pytest.raises(UnreadableError, match="no mask"):
        read_mask(zlib.compress(data + bytes(8)))


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


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGB", "RGBA", "I;16"])
def test_a_mask_file_of_any_mode_is_read_as_fiftyone_reads_it(tmp_path, mode):
    path = str(tmp_path / "mask.png")
    pixels = np.zeros((5, 7), np.uint16 if mode == "I;16" else np.uint8)
    pixels[1:3, 2:6] = 255
    image = Image.fromarray(pixels)
    (image if mode == "I;16" else image.convert(mode)).save(path)
    theirs = fo.Detection(mask_path=path).get_mask()
    if theirs.ndim == 2:
        np.testing.assert_array_equal(read_mask(path), theirs)
    else:
        with pytest.raises(UnreadableError, match="no mask"):
            read_mask(path)


@pytest.mark.parametrize("suffix", ["jpg", "tif", "bmp", "webp"])
def test_a_mask_file_of_another_format_is_read_as_fiftyone_reads_it(tmp_path, suffix):
    path = str(tmp_path / f"mask.{suffix}")
    pixels = np.zeros((32, 48), np.uint8)
    cv2.circle(pixels, (20, 16), 9, 255, -1)
    cv2.imwrite(path, pixels)
    theirs = fo.Detection(mask_path=path).get_mask()
    if theirs.ndim == 2:
        np.testing.assert_array_equal(read_mask(path), theirs)
    else:
        with pytest.raises(UnreadableError, match="no mask"):
            read_mask(path)


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
