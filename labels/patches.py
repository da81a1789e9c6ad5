"""Patches: views of labels one by one, and the labels that they show."""

from __future__ import annotations

import fiftyone.core.collections as foc
import fiftyone.core.patches as fop
from bson import ObjectId
from fiftyone import ViewField as F

from ..iou_core.errors import FieldError


def of_labels(samples: foc.SampleCollection) -> foc.SampleCollection:
    """Returns a view of the labels that patches show; other collections as they are.

    Patches are samples of their own, which FiftyOne makes for a view: no list of
    labels is left there to compare. So the labels are looked at where they are stored.

    Args:
        samples: a dataset or a view

    Raises:
        FieldError: for patches of anything but the samples of a dataset
    """
    if not samples._is_patches:
        return samples
    source = getattr(samples, "_source_collection", None)
    if not isinstance(samples, (fop.PatchesView, fop.EvaluationPatchesView)) or (
        source is None or source._is_generated
    ):
        raise FieldError(
            "patches of the labels of samples", "patches of another kind", "view"
        )

    dataset = samples._root_dataset
    view = dataset.select(list(dict.fromkeys(samples.values("sample_id"))))
    for name in samples._label_fields:
        list_name = getattr(
            samples.get_field(name).document_type, "_LABEL_LIST_FIELD", None
        )
        path = f"{name}.{list_name}.id" if list_name else f"{name}.id"
        ids = [
            ObjectId(_id)
            for _id in samples.values(path, unwind=bool(list_name))
            if _id is not None
        ]
        view = view.filter_labels(name, F("_id").is_in(ids), only_matches=False)
    return view
