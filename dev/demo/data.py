"""The demo's dataset: drawn scenes, a COCO file, or a dataset of FiftyOne's zoo."""

import os
import pathlib

import fiftyone as fo
import fiftyone.zoo as foz

from dev import coco
from dev.demo import kinds
from dev.drawing import scenes, street

_PREFIX = "duplicate-objects-"
SCENES = _PREFIX + "demo"
PLANTED = "planted"
"""The key of a dataset's info under which the demo keeps what was planted, by label."""

FRAMES = "frames."
_SOURCE = "demo_source"
_KIND = "demo_kind"


class DataError(ValueError):
    """The requested data is not available; the message says why."""


def prepare(options, folder):
    """Returns the dataset that the options ask for.

    Data is drawn or loaded once, and keeps what the user did until its source changes,
    or the user asks for a new start.

    Args:
        options: the command-line options of :mod:`dev.demo`
        folder: the folder of the demo

    Returns:
        a persistent :class:`fiftyone.core.dataset.Dataset`

    Raises:
        DataError: if the data is not available
    """
    if sum(map(bool, (options.annotations, options.dataset, options.kind))) > 1:
        raise DataError("Give only one of ANNOTATIONS, DATASET and KIND.")
    if options.images and not options.annotations:
        raise DataError("IMAGES is the folder of the images of ANNOTATIONS: give both.")
    if options.annotations:
        return _from_annotations(options)
    if options.dataset:
        return _from_zoo(options.dataset, options.max_samples, options.reset)
    return _drawn(options, folder)


def _drawn(options, folder):
    """Returns a drawn dataset; each number of samples has its own, as each kind."""
    name, count = options.kind or "demo", options.max_samples
    if name != "demo":
        _require_kind(name)
    suffix = f"-{count}" if count else ""
    source = [name, count]
    dataset = _left_from_earlier(f"{_PREFIX}{name}{suffix}", source, options.reset)
    if dataset is not None:
        return dataset
    if name == "demo":
        folder = folder / f"scenes{suffix}"
        dataset = from_scenes(f"{SCENES}{suffix}", folder, count or scenes.COUNT)
    else:
        dataset = of_kind(name, folder, count, suffix)
    _set_planted_aside(dataset)
    _remember(dataset, source)
    return dataset


def _set_planted_aside(dataset):
    """Moves what was planted to the dataset's info, so that labels do not show it."""
    label_field, options = comparison(dataset)
    _, path = dataset._get_label_field_path(label_field)
    labels = label_values(dataset, options, [f"{path}.id", f"{path}.planted"])
    dataset.info[PLANTED] = {label_id: kind for label_id, kind in labels if kind}
    if label_field.startswith(FRAMES):
        dataset.delete_frame_field(f"{path.removeprefix(FRAMES)}.{PLANTED}")
    else:
        dataset.delete_sample_field(f"{path}.{PLANTED}")
    dataset.save()


def label_values(dataset, options, paths):
    """Returns some values of all labels that a comparison compares, as tuples.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`
        options: the parameters of the comparison
        paths: the paths of the values
    """
    samples = dataset
    if options.get("group_slices"):
        samples = dataset.select_group_slices(_allow_mixed=True)
    return list(zip(*samples.values(paths, unwind=True), strict=True))


def _require_kind(name):
    if name not in kinds.KINDS:
        known = ", ".join(kinds.KINDS)
        raise DataError(f"KIND: expected one of {known}, got {name!r}.")


def of_kind(name, folder, count=None, suffix=""):
    """Draws a dataset of one kind of labels.

    Args:
        name: the kind
        folder: the folder for its media
        count (None): the number of samples. By default, that of the kind
        suffix (""): the end of the names of the dataset and of its folder

    Returns:
        a persistent :class:`fiftyone.core.dataset.Dataset`

    Raises:
        DataError: if there is no such kind
    """
    _require_kind(name)
    kind = kinds.KINDS[name]
    samples = kind.make(folder / f"{name}{suffix}", count or kind.count)
    dataset = _new(f"{_PREFIX}{name}{suffix}")
    if any("group" in sample.field_names for sample in samples):
        dataset.add_group_field("group", default="left")
    dataset.add_samples(samples, dynamic=True, progress=False)
    if samples[0].media_type == "video" and kind.label_field.startswith("frames."):
        dataset.add_dynamic_frame_fields()
    if kind.skeleton is not None:
        dataset.default_skeleton = kind.skeleton
    dataset.info[_KIND] = name
    dataset.save()
    return dataset


def from_scenes(name, folder, count):
    """Draws a dataset of street scenes.

    Args:
        name: the name of the dataset
        folder: the folder for the images
        count: the number of images

    Returns:
        a persistent :class:`fiftyone.core.dataset.Dataset`
    """
    drawn = scenes.make(folder, count)
    width, height = street.SIZE
    dataset = _new(name)
    dataset.add_samples(
        [
            fo.Sample(
                filepath=str(folder / scene["filename"]),
                metadata=fo.ImageMetadata(width=width, height=height),
                ground_truth=fo.Detections(
                    detections=[fo.Detection(**label) for label in scene["labels"]]
                ),
            )
            for scene in drawn
        ],
        dynamic=True,
        progress=False,
    )
    return dataset


def comparison(dataset):
    """Returns the label field to compare in a dataset, and the options.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`

    Returns:
        the name of the label field, and the options, as operators take them

    Raises:
        DataError: if there is no field of detections
    """
    if _KIND in dataset.info:
        kind = kinds.KINDS[dataset.info[_KIND]]
        slices = {"group_slices": kind.group_slices} if kind.group_slices else {}
        return kind.label_field, {**kind.options, **slices}
    for name in dataset.get_field_schema(embedded_doc_type=fo.Detections):
        return name, {}
    raise DataError(f"{dataset.name} has no field of detections.")


def _from_annotations(options):
    path = pathlib.Path(options.annotations).expanduser().resolve()
    images = (
        pathlib.Path(options.images).expanduser() if options.images else path.parent
    )
    if options.images and not images.is_dir():
        raise DataError(f"IMAGES: the folder {images} does not exist.")
    try:
        changed = path.stat().st_mtime_ns
        source = [str(path), changed, os.path.abspath(images), options.max_samples]
        name = path.name.removesuffix(".gz").removesuffix(".json")
        dataset = _left_from_earlier(name, source, options.reset)
        if dataset is None:
            annotations = coco.load(path)
            dataset = _new(name)
            coco.add_to(dataset, annotations, images, options.max_samples)
            _remember(dataset, source)
    except (OSError, coco.CocoError) as error:
        raise DataError(f"ANNOTATIONS: {error}") from error
    return dataset


def _from_zoo(zoo_name, max_samples, reset):
    source = [zoo_name, max_samples]
    name = f"{zoo_name}-{max_samples or 'all'}"
    dataset = _left_from_earlier(name, source, reset)
    if dataset is not None:
        return dataset
    if zoo_name not in foz.list_zoo_datasets():
        raise DataError(f"DATASET: FiftyOne's zoo has no dataset {zoo_name!r}.")
    splits = foz.get_zoo_dataset(zoo_name).supported_splits or ()
    split = {"split": "validation"} if "validation" in splits else {}
    try:
        dataset = foz.load_zoo_dataset(
            zoo_name, dataset_name=name, max_samples=max_samples, **split
        )
    except OSError as error:
        raise DataError(f"DATASET: {zoo_name} cannot be downloaded: {error}") from error
    dataset.persistent = True
    _remember(dataset, source)
    return dataset


def _new(name):
    if fo.dataset_exists(name):
        fo.delete_dataset(name)
    return fo.Dataset(name, persistent=True)


def _left_from_earlier(name, source, reset):
    if not fo.dataset_exists(name):
        return None
    dataset = fo.load_dataset(name)
    if dataset.info.get(_SOURCE) == source and not reset:
        print(f"{name} is as you left it (make demo RESET=1 starts again).")
        return dataset
    dataset.delete()
    return None


def _remember(dataset, source):
    dataset.info[_SOURCE] = source
    dataset.save()
