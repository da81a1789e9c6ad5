"""Masks that are not small local files or arrays are skipped with a reason."""

import io
import os
import struct
import threading
import time
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer

import cv2
import fiftyone as fo
import numpy as np
import pytest
from bombs import mask_bomb, png_bomb
from PIL import Image

from duplicates.iou_core.errors import UnreadableError
from duplicates.iou_core.params import FindParams
from duplicates.labels.media import images
from duplicates.labels.media.inflate import MAX_INFLATED_BYTES
from duplicates.labels.reading.kinds.mask_arrays import read_mask
from duplicates.labels.scans.search import find_duplicates

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


def require_fiftyones_mask(path):
    """Requires a file to be read as FiftyOne reads it; one with colors is no mask."""
    theirs = fo.Detection(mask_path=path).get_mask()
    if theirs.ndim == 2:
        np.testing.assert_array_equal(read_mask(path), theirs)
    else:
        with pytest.raises(UnreadableError, match="no mask"):
            read_mask(path)


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGB", "RGBA", "I;16"])
def test_a_mask_file_of_any_mode_is_read_as_fiftyone_reads_it(tmp_path, mode):
    path = str(tmp_path / "mask.png")
    pixels = np.zeros((5, 7), np.uint16 if mode == "I;16" else np.uint8)
    pixels[1:3, 2:6] = 255
    image = Image.fromarray(pixels)
    (image if mode == "I;16" else image.convert(mode)).save(path)
    require_fiftyones_mask(path)


@pytest.mark.parametrize("suffix", ["jpg", "tif", "bmp", "webp"])
def test_a_mask_file_of_another_format_is_read_as_fiftyone_reads_it(tmp_path, suffix):
    path = str(tmp_path / f"mask.{suffix}")
    pixels = np.zeros((32, 48), np.uint8)
    cv2.circle(pixels, (20, 16), 9, 255, -1)
    cv2.imwrite(path, pixels)
    require_fiftyones_mask(path)
