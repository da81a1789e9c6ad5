"""Files of media, masks and compressed bytes come in through one door alone."""

import doors
import pytest

from dev import release


def test_nothing_but_the_door_opens_media_or_inflates_bytes():
    assert doors.check(release.ROOT) == []


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "from PIL import Image\nImage.open(path)",
        "import zlib\nzlib.decompress(data)",
        "from zlib import decompress",
        "import cv2\ncv2.imread(path, cv2.IMREAD_UNCHANGED)",
        "video = cv2.VideoCapture(path)",
        "label.get_mask()",
        "import numpy as np\nnp.load(stream)",
        "pathlib.Path(path).read_bytes()",
        "sizes = list(map(os.path.getsize, paths))",
    ],
)
def test_the_check_finds_a_second_door(source):
    (fault,) = doors.violations("panel/made_up.py", source)

    assert fault.startswith("panel/made_up.py:")
    assert doors.violations(doors.DOOR, source) == []


def test_the_check_lets_other_functions_pass():
    source = "json.load(stream)\nscans.load(dataset, key)\nzlib.compress(data, 1)"

    assert doors.violations("panel/made_up.py", source) == []
