"""Reading masks from their bytes gives the result of ``np.load``."""

import io
import zlib

import numpy as np
import pytest

from duplicates.iou_core.errors import UnreadableError
from duplicates.labels.reading.kinds.mask_arrays import read_mask

MASK = np.random.default_rng(1).integers(0, 2, (7, 5))


def stored(array, **options):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    "dtype", ["bool", "u1", "i1", "<u2", ">u2", "<i8", "<f4", ">f8", "f2", "c8"]
)
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_a_mask_of_any_dtype_is_read(dtype, version):
    mask = MASK.astype(dtype)
    found = read_mask(zlib.compress(stored(mask, version=version)))

    assert found.dtype == mask.dtype
    np.testing.assert_array_equal(found, mask)


def test_a_mask_in_fortran_order_is_read():
    np.testing.assert_array_equal(
        read_mask(zlib.compress(stored(np.asfortranarray(MASK)))), MASK
    )


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (1, 1), (12_000, 1)])
def test_a_mask_of_any_shape_is_read(shape):
    assert read_mask(zlib.compress(stored(np.ones(shape, bool)))).shape == shape


def test_bytes_after_a_mask_are_ignored():
    np.testing.assert_array_equal(
        read_mask(zlib.compress(stored(MASK) + b"more")), MASK
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not compressed",
        zlib.compress(b""),
        zlib.compress(b"no array"),
        zlib.compress(stored(MASK)[:-1]),
        zlib.compress(stored(MASK)[:70]),
        zlib.compress(stored(MASK))[:-5],
        zlib.compress(stored(MASK.ravel())),
        zlib.compress(stored(MASK[None])),
        zlib.compress(stored(MASK).replace(b"'<i8'", b"'|b9'")),
        zlib.compress(stored(MASK).replace(b"(7, 5)", b"(7,-5)")),
    ],
    ids=range(11),
)
def test_bytes_that_are_not_a_mask_are_an_error(data):
    with pytest.raises(UnreadableError, match="no mask"):
        read_mask(data)


@pytest.mark.parametrize("dtype", ["<U1", "M8[s]", "V2", [("a", "u1"), ("b", "u1")]])
def test_an_array_of_other_values_is_not_a_mask(dtype):
    with pytest.raises(UnreadableError, match="no mask"):
        read_mask(zlib.compress(stored(np.zeros((2, 2), dtype))))
