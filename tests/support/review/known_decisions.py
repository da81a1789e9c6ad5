"""The stored state of a dataset after decisions, and checks of that state."""

import bson
import naive_plan
from bson.raw_bson import RawBSONDocument
from called import call
from crowded_places import OTHER

from duplicates.labels.scans import stored
from duplicates.labels.scans.decisions.class_pair_rules import load_class_pairs

_RAW = bson.CodecOptions(document_class=RawBSONDocument)
_DEFAULT = {"metric": "iou", "thresh": 0.75, "other": None, "iscrowd": None}
_DEFAULT |= {"classwise": False}


class Known:
    """The expected state of a dataset, compared with plain loops over its labels.

    Args:
        dataset: the dataset
        field: its label field

    Attributes:
        scans: by key, the kind of view that was scanned, and the labels it had
        owner: by label and tag, whether the plugin or a person gave it
        unsure: labels whose tags a person may have taken off and put on again
    """

    def __init__(self, dataset, field):
        self.dataset, self.field = dataset, field
        self.on_frames = field.startswith("frames.")
        self.root = field.removeprefix("frames.")
        self.path = f"{self.root}.detections"
        samples, frames = dataset._sample_collection, dataset._frame_collection
        self.documents = frames if self.on_frames else samples
        self.has_other = OTHER in dataset.get_field_schema()
        self.scans, self.owner, self.unsure = {}, {}, set()

    def raw(self):
        """The bytes of each document, apart from its stamp."""
        return {
            document["_id"]: bson.encode(
                {key: document[key] for key in document if key != "last_modified_at"}
            )
            for document in self.documents.with_options(_RAW).find()
        }

    def stored(self, ids=None, classes=None, fields=None):
        """The labels of each document in their order, those of another field first.

        Args:
            ids (None): only these labels; by default all
            classes (None): by label, another class
            fields (None): the fields; by default the label field
        """
        return {
            document["_id"]: [
                {
                    "id": str(label["_id"]),
                    "box": label["bounding_box"],
                    "class": (classes or {}).get(str(label["_id"]), label.get("label")),
                    "is_crowd": label.get("iscrowd") is True,
                    "in": name,
                    "tags": label.get("tags") or [],
                }
                for name in fields or [self.root]
                for label in (document.get(name) or {}).get("detections") or ()
                if ids is None or str(label["_id"]) in ids
            ]
            for document in self.documents.find().sort("_id", 1)
        }

    def tags_now(self):
        return {
            (label["id"], tag)
            for found in self.stored().values()
            for label in found
            for tag in label["tags"]
        }

    def ids(self):
        return {label["id"] for found in self.stored().values() for label in found}

    def people(self):
        found = call("list_verdicts", self.dataset)["verdicts"]
        return [(v["label_ids"], v["verdict"], v["kept"]) for v in found]

    def rules(self):
        return load_class_pairs(self.dataset)

    def note_scan(self, key, kind):
        scan = stored.open_scan(self.dataset, key)
        self.scans[key] = {"kind": kind, "labels": self.seen_by(scan)}

    def seen_by(self, scan):
        """The labels of each document as a scan sees them now."""
        view, other = scan.view(), scan.params.other_field
        classes = {}
        for name in (self.field, *([other] if other else [])):
            path = f"{name}.detections"
            rows = view.values([f"{path}.id", f"{path}.label"], unwind=True)
            classes |= dict(zip(*rows, strict=True))
        fields = [*([other] if other else []), self.root]
        held_by = "frames.id" if self.on_frames else "id"
        there = set(view.values(held_by, unwind=self.on_frames))
        return {
            document_id: labels
            for document_id, labels in self.stored(classes, classes, fields).items()
            if str(document_id) in there
        }

    def cut(self, scan, given):
        params = scan.params
        return {
            "other": params.other_field,
            "metric": given.get("metric") or params.metric,
            "thresh": given.get("iou_thresh") or params.iou_thresh,
            "method": given.get("method") or params.method,
            "keep": next(iter(given.get("keep") or params.keep or ()), None),
            "classwise": params.classwise,
            "iscrowd": params.iscrowd,
        }

    def check_plan(self, scan, cut, classes, dry):
        """Compares the labels of a dry run with the plan of plain loops."""
        known = self.scans[scan.key]
        if cut["metric"] == "likelihood" or known["kind"] not in ("dataset", "view"):
            return
        now, wanted = self.seen_by(scan), set()
        for document_id, found in known["labels"].items():
            planned = self.planned(found, cut)
            still = self.planned(now.get(document_id, []), cut)
            names = {label["id"]: label["class"] for label in found}
            some = {one for one in planned if classes is None or names[one] in classes}
            wanted |= some & still
        found, merged = set(dry["label_ids"]), set()
        for pair, verdict, _ in self.people():
            merged |= set(pair) if verdict == "merge" else set()
        assert found <= wanted
        # a label to merge is skipped if it would be merged into another one now
        assert wanted - found <= merged

    def planned(self, found, cut):
        found = _with_crowds(found, cut)
        return naive_plan.removed(found, cut, self.rules(), self.people())

    def labels_for(self, scan):
        """The stored labels of each document, with the classes that a scan sees."""
        classes = {
            label["id"]: label["class"]
            for found in self.seen_by(scan).values()
            for label in found
        }
        return self.stored(classes=classes)

    def check_emptied(self, dry, cut, labels):
        """Counts the objects that lose every label by plain loops."""
        if cut["metric"] != "likelihood":
            wanted = (0, 0) if cut["other"] else self.emptied(dry, cut, labels)
            found = dry["emptied"]
            assert (found["count"], found["consented"]) == wanted, (found, wanted)

    def check_judged(self, dry):
        """Does the same for a deletion by tag, by the scan that judged it."""
        found, cut, changes = dry["emptied"], dict(_DEFAULT), ()
        known = stored.list_scans(self.dataset)
        if any(config["params"].get("other_field") for config in known):
            return
        if found["scan_key"] is not None:
            scan = stored.open_scan(self.dataset, found["scan_key"])
            cut, changes = self.cut(scan, {}), scan.label_changes
        cut |= {"metric": found["metric"], "thresh": found["iou_thresh"]}
        if cut["metric"] != "likelihood" and not changes:
            wanted = self.emptied(dry, cut, self.stored())
            assert (found["count"], found["consented"]) == wanted, (found, wanted)

    def emptied(self, dry, cut, labels):
        gone, rules, people = set(dry["label_ids"]), self.rules(), self.people()
        counts = [
            naive_plan.emptied(_with_crowds(found, cut), gone, cut, rules, people)
            for found in labels.values()
        ]
        return tuple(map(sum, zip(*counts)))

    def check_tagged(self, scan, asked, dry, done, before):
        """Checks which labels got a tag, and which lost it.

        Args:
            scan: the scan
            asked: the tag, and whether other labels lose it
            dry: the dry run of a deletion of the same plan
            done: the result
            before: the tags before
        """
        tag, now, planned = asked["tag"], self.tags_now(), set(dry["label_ids"])
        given, lost = self.of_tag(now - before, tag), self.of_tag(before - now, tag)
        assert len(given) + len(lost) == len(now ^ before)
        assert given <= planned <= self.of_tag(now, tag)
        assert done["count"] == len(planned) == dry["count"]
        assert done["untagged"] == len(lost)
        theirs = {one for one in lost if self.owner.get((one, tag)) != "plugin"}
        assert not theirs, "a person's tag was taken"
        if not asked["replace"]:
            assert not lost
            return
        seen = self.scans[scan.key]["labels"]
        in_scan = {
            label["id"]
            for document_id, found in self.stored().items()
            if document_id in seen
            for label in found
        }
        had = self.of_tag(before, tag)
        mine = {one for one in had if self.owner.get((one, tag)) == "plugin"}
        due = (mine & in_scan) - planned
        assert lost <= due
        assert due - lost <= self.unsure, "the plugin left its own tag"

    def of_tag(self, tags, tag):
        return {label_id for label_id, name in tags if name == tag}

    def check_state(self, scan, tag, state):
        """Checks how the labels with a tag are counted beside a plan."""
        seen = {label["id"] for found in self.seen_by(scan).values() for label in found}
        have = self.of_tag(self.tags_now(), tag) & seen
        theirs = {one for one in have if self.owner.get((one, tag)) != "plugin"}
        assert state["tagged"] == len(have), state
        if not have & self.unsure:
            assert state["by_hand"] == len(theirs), state


def _with_crowds(labels, cut):
    """Returns labels that are crowds only if the cut names the attribute."""
    is_named = cut["iscrowd"] is not None
    return [{**label, "is_crowd": label["is_crowd"] and is_named} for label in labels]
