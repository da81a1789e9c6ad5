"""Only one module opens media files and masks, or inflates compressed bytes."""

import doors
import pytest

from dev import release


def test_only_one_module_opens_media_or_inflates_bytes():
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
def test_the_check_reports_a_second_module_that_opens_media(source):
    (fault,) = doors.violations("panel/made_up.py", source)

    assert fault.startswith("panel/made_up.py:")
    assert doors.violations(doors.DOOR + "made_up.py", source) == []


def test_the_check_ignores_other_functions():
    source = "json.load(stream)\nscans.load(dataset, key)\nzlib.compress(data, 1)"

    assert doors.violations("panel/made_up.py", source) == []
