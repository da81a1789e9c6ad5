"""Finds the duplicates of a dataset with the plugin's operators, and prints tables."""

import collections

import fiftyone as fo
import fiftyone.operators as foo

from dev import plants

PLUGIN = "@iou/duplicates"
SCAN_KEY = "demo"
IOU_THRESH = 0.75
ROWS = 20


def print_duplicates(dataset, label_field):
    """Stores each label's largest IoU, finds the duplicates and prints what was found.

    Args:
        dataset: the :class:`fiftyone.core.dataset.Dataset`
        label_field: the field of its labels
    """
    found = _find(dataset, label_field)
    print(
        f"\n{dataset.name}: {found['count']} duplicates in {found['samples']} of "
        f"{len(dataset)} images (IoU > {IOU_THRESH}, any class)\n"
    )
    _print_classes(found["by_class"])
    if found["skipped"]["count"]:
        reasons = found["skipped"]["reasons"]
        print(f"\nskipped: {found['skipped']['count']} labels, {reasons}")
    path = f"{label_field}.detections.planted"
    if isinstance(dataset.get_field(path), fo.StringField):
        _print_kinds(dataset, label_field, set(found["label_ids"]))


def _find(dataset, label_field):
    if dataset.has_run(SCAN_KEY):
        _operator("delete_scan")(dataset, scan_key=SCAN_KEY)
    _operator("compute_max_ious")(dataset, label_field=label_field)
    find_duplicates = _operator("find_duplicates")
    return find_duplicates(
        dataset, label_field=label_field, iou_thresh=IOU_THRESH, scan_key=SCAN_KEY
    ).result


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


def _print_kinds(dataset, label_field, label_ids):
    planted, found = collections.Counter(), collections.Counter()
    ids, kinds = dataset.values(
        [f"{label_field}.detections.id", f"{label_field}.detections.planted"],
        unwind=True,
    )
    for label_id, kind in zip(ids, kinds, strict=True):
        planted[kind] += 1
        found[kind] += label_id in label_ids

    remarks = {
        plants.INSIDE: "not expected: a small box in a large one has a low IoU",
        plants.NEIGHBOR: "real objects: finding one would be a false alarm",
    }
    print(f"\n{'planted':<20}{'labels':>8}{'found':>12}")
    for kind in plants.KINDS:
        row = f"{kind.replace('_', ' '):<20}{planted[kind]:>8}{found[kind]:>12}"
        print(f"{row}   {remarks.get(kind, '')}".rstrip())
    print(f"{'nothing':<20}{planted[None]:>8}{found[None]:>12}")
