"""An upload reads only local regular files, and no mask that is too large."""

import os
import zlib

import cvat_data
import fiftyone as fo
import numpy as np
import pytest


def _send(dataset, account):
    from duplicates.labels.cvat.send import selection, send

    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    return send.send(dataset, account, chosen, anno_key="trip")


@pytest.mark.slow
def test_masks_that_are_not_local_files_or_too_large_are_not_sent(
    make_images, account, cvat, tmp_path
):
    pipe = tmp_path / "mask.png"
    os.mkfifo(pipe)
    bomb = zlib.compress(bytes(2**28), 9)
    mask = fo.Detection(mask=np.ones((2, 2), bool)).to_dict()["mask"]
    in_file = str(tmp_path / "good.png")
    fo.Detection(mask=np.eye(4, dtype=bool)).export_mask(in_file)
    dataset = make_images(
        [
            [
                cvat_data.label(cvat_data.NEAR),
                cvat_data.label(cvat_data.NEAR, mask_path=in_file),
                cvat_data.label(cvat_data.NEAR, mask_path=str(pipe)),
                cvat_data.label(cvat_data.NEAR, mask_path=f"{account.url}/mask.png"),
                cvat_data.label(cvat_data.NEAR, mask=bomb),
                cvat_data.label([0.0, 0.0, 5e5, 5e5], mask=mask),
            ]
        ]
    )
    posted = _send(dataset, account)

    assert posted.left.reasons == {
        "has a mask_path that is not a regular file": 1,
        "has a mask_path that is an address, not a local file": 1,
        "has a mask of more than 128 MiB": 1,
        "has a mask of more than 100,000,000 pixels": 1,
    }
    assert sorted(shape["type"] for shape in cvat.shapes()) == ["mask", "rectangle"]
    assert not [entry for entry in cvat.log if "mask.png" in str(entry)]


def test_an_image_that_is_a_pipe_is_not_sent(make_images, account, cvat, tmp_path):
    one = [cvat_data.label(cvat_data.NEAR)]
    dataset = make_images([one, [cvat_data.label(cvat_data.FAR)]])
    pipe = tmp_path / "street.png"
    os.mkfifo(pipe)
    first = dataset._sample_collection.find_one()["_id"]
    dataset._sample_collection.update_one(
        {"_id": first}, {"$set": {"filepath": str(pipe)}}
    )
    posted = _send(dataset, account)

    assert posted.labels == 1
    assert posted.left.reasons == {"is in an image that does not exist": 1}
