import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from duplicates.iou_core.arrays import numbered


@given(
    keys=st.lists(st.integers(0, 99), max_size=40),
    size=st.sampled_from([100, 101, 10_000]),
)
def test_keys_are_numbered_in_order_at_any_density(keys, size):
    keys = np.array(keys, dtype=np.int64)
    distinct, number = numbered(keys, size)
    expected = np.unique(keys, return_inverse=True)

    np.testing.assert_array_equal(distinct, expected[0])
    np.testing.assert_array_equal(number, expected[1])
