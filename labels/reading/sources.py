"""The stored samples behind a view of patches or groups."""

from __future__ import annotations

from itertools import dropwhile

import fiftyone.core.collections as foc
import fiftyone.core.media as fom
import fiftyone.core.patches as fop
import fiftyone.core.stages as fosg
from bson import ObjectId
from fiftyone import ViewField as F

from ...iou_core.errors import FieldError


def stored_samples(samples: foc.SampleCollection) -> foc.SampleCollection:
    """Returns a view of the stored samples that a collection shows.

    FiftyOne generates samples for patches, which hold no list of labels to compare. So
    their labels are compared where they are stored. Dynamic groups are flattened. If a
    view chooses some of the groups, or of their samples, by number, these samples are
    selected by id: MongoDB returns groups in another order each time. Other collections
    are returned as they are.

    Args:
        samples: a dataset or a view

    Raises:
        FieldError: for patches of anything but the samples of a dataset
    """
    if samples._is_dynamic_groups:
        return _chosen(samples.flatten())
    if not samples._is_patches:
        return _chosen(samples)
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


_BY_NUMBER = (fosg.Limit, fosg.Skip, fosg.Take)
_OF_GROUPS = (fosg.GroupBy, fosg.Flatten, fosg.SortBy, fosg.Shuffle, *_BY_NUMBER)


def _chosen(samples: foc.SampleCollection) -> foc.SampleCollection:
    """Returns a view of the same samples each time, for one that chooses among groups.

    Its stages that change samples, or match them, are kept.
    """
    stages = getattr(samples, "_stages", ())
    after = list(dropwhile(lambda one: not isinstance(one, fosg.GroupBy), stages))
    if not any(isinstance(stage, _BY_NUMBER) for stage in after):
        return samples
    view = samples._dataset.select(samples.values("id"))
    for stage in stages:
        if not isinstance(stage, _OF_GROUPS):
            view = view.add_stage(stage)
    return view


def slice_of(samples: foc.SampleCollection) -> foc.SampleCollection:
    """Returns the active slice of groups; other collections are returned as they are.

    A view that selects its slices itself is one of these, and so are groups without a
    sample in the active slice: FiftyOne raises an error for a slice without samples.
    """
    stages = getattr(samples, "_stages", ())
    chosen = any(isinstance(stage, fosg.SelectGroupSlices) for stage in stages)
    if samples.media_type != fom.GROUP or chosen:
        return samples
    if samples.group_slice not in samples.group_media_types:
        return samples
    return samples.select_group_slices(samples.group_slice)
