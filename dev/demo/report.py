"""Tables of the duplicates that the plugin's operators find in a dataset."""

import collections

import fiftyone.operators as foo

from dev.demo import data
from dev.drawing import plants

PLUGIN = "@iou/duplicates"
SCAN_KEY = "demo"
IOU_THRESH = 0.75
ROWS = 20


def print_duplicates(dataset, label_field, options):
    """Stores each label's largest IoU, finds the duplicates and prints their counts.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`
        label_field: the field of its labels
        options: the parameters of the comparison, as the operators take them
    """
    found = _find(dataset, label_field, options)
    what = "frames" if label_field.startswith("frames.") else "samples"
    what = "images" if dataset.media_type == "image" else what
    print(
        f"\n{dataset.name}: {found['count']} duplicates in {found['samples']} of "
        f"{found['scope']['samples']} {what} (IoU > {IOU_THRESH}, any class)\n"
    )
    _print_classes(found["by_class"])
    if found["skipped"]["count"]:
        reasons = found["skipped"]["reasons"]
        print(f"\nskipped: {found['skipped']['count']} labels, {reasons}")
    labels = _labels(dataset, label_field, options)
    if labels:
        _print_kinds(labels, set(found["label_ids"]))
    if what == "frames":
        _print_tracks(dataset)


def _find(dataset, label_field, options):
    if dataset.has_run(SCAN_KEY):
        _operator("delete_scan")(dataset, scan_key=SCAN_KEY)
    _operator("compute_max_ious")(dataset, label_field=label_field, **options)
    return _operator("find_duplicates")(
        dataset,
        label_field=label_field,
        iou_thresh=IOU_THRESH,
        scan_key=SCAN_KEY,
        **options,
    ).result


def _labels(dataset, label_field, options):
    """Returns ``(id, planted)`` of each label; none if that is not known."""
    planted = dataset.info.get(data.PLANTED)
    if not planted:
        return []
    _, path = dataset._get_label_field_path(label_field)
    found = data.label_values(dataset, options, [f"{path}.id"])
    return [(label_id, planted.get(label_id)) for (label_id,) in found]


def _operator(name):
    return foo.get_operator(f"{PLUGIN}/{name}")


def _print_classes(by_class):
    rows = [(name, n["labels"], n["duplicates"]) for name, n in by_class.items()]
    rows.sort(key=lambda row: (-row[2], -row[1]))
    print(f"{'class':<20}{'labels':>8}{'duplicates':>12}")
    for name, labels, duplicates in rows[:ROWS]:
        print(f"{name:<20}{labels:>8}{duplicates:>12}")
    if len(rows) > ROWS:
        labels, duplicates = (sum(row[n] for row in rows[ROWS:]) for n in (1, 2))
        print(f"{f'{len(rows) - ROWS} more':<20}{labels:>8}{duplicates:>12}")


def _print_kinds(labels, label_ids):
    planted, found = collections.Counter(), collections.Counter()
    for label_id, kind in labels:
        planted[kind] += 1
        found[kind] += label_id in label_ids

    remarks = {
        plants.INSIDE: "not expected: a small box inside a large one has a low IoU",
        plants.NEIGHBOR: "real objects: none should be found",
    }
    print(f"\n{'planted':<20}{'labels':>8}{'found':>12}")
    for kind in filter(planted.get, plants.KINDS):
        row = f"{kind.replace('_', ' '):<20}{planted[kind]:>8}{found[kind]:>12}"
        print(f"{row}   {remarks.get(kind, '')}".rstrip())
    print(f"{'nothing':<20}{planted[None]:>8}{found[None]:>12}")


def _print_tracks(dataset):
    tracks = _operator("list_tracks")(dataset, scan_key=SCAN_KEY).result["tracks"]
    print(f"\n{'tracks of one object':<32}{'frames':>12}{'mean IoU':>12}")
    for track in tracks[:ROWS]:
        pair = " and ".join(f"{t['class']} {t['identity']}" for t in track["tracks"])
        span = f"{track['first_frame']} to {track['last_frame']}"
        print(f"{pair:<32}{span:>12}{track['mean_iou']:>12.3f}")
