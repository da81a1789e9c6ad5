"""Small files and masks that need much memory once they are read."""

import io
import os
import zlib

import numpy as np
from PIL import Image


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
