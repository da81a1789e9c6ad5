"""A check for unreadable images, which would make an import in CVAT fail."""

from __future__ import annotations

import fiftyone.core.collections as foc
from bson import ObjectId

from ....iou_core.errors import CvatError
from ...media.images import has_image


def unreadable_images(view: foc.SampleCollection) -> dict[ObjectId, str]:
    """Returns the paths of the images that cannot be read, by sample.

    Their sizes are computed and stored where they are not known. A file may have
    changed since, so the header of each is read.

    Args:
        view: the samples to send

    Raises:
        CvatError: if none can be read
    """
    view.compute_metadata(num_workers=1, skip_failures=True, progress=False)
    ids, paths, widths, heights = view.values(
        ["id", "filepath", "metadata.width", "metadata.height"]
    )
    found = {
        ObjectId(_id): path
        for _id, path, width, height in zip(ids, paths, widths, heights)
        if not width or not height or not has_image(path)
    }
    if len(found) == len(ids):
        raise CvatError("images that can be read", paths[0], "filepath")
    return found
