"""Random histories of decisions, with everything that must be true after each step."""

import random

import crowded_places
import pytest
from called import call
from crowded_places import CLASSES, OTHER
from deciding_in_panel import InPanel
from deciding_people import TAGS
from fiftyone import ViewField as F
from fiftyone.operators.executor import ExecutionError

from duplicates.iou_core.params import METHODS
from duplicates.labels.scans import stored

THRESHOLDS = (0.5, 0.6, 0.6, 0.75, 0.75, 0.9)
FIELDS = {"images": "ground_truth", "videos": "frames.found"}


def history(make_dataset, of, seed):
    """Returns the history of a seed, on a new dataset of images or of videos."""
    rng = random.Random(seed)
    dataset = getattr(crowded_places, of)(make_dataset, rng)
    return History(dataset, FIELDS[of], rng)


class History(InPanel):
    """Random steps on one dataset, each of which is checked."""

    def __init__(self, dataset, field, rng):
        super().__init__(dataset, field, rng)
        dataset.save_view("cars", dataset.filter_labels(field, F("label") == "car"))
        self.scan()

    def step(self):
        name = self.rng.choice(STEPS)
        self.say(f"-- {name}")
        getattr(self, name)()

    def views(self):
        dataset, field = self.dataset, self.field
        yield "dataset", lambda: dataset
        yield "dataset", lambda: dataset
        yield "cars", lambda: dataset.load_saved_view("cars")
        yield "view", lambda: dataset.limit(2)
        yield "view", lambda: dataset.filter_labels(field, F("label") != "car")
        if not self.on_frames:
            yield "view", lambda: dataset.match_labels(tags=TAGS[0], fields=field)
        yield "changed", lambda: dataset.map_labels(field, {"bus": "car"})

    def scan(self):
        kind, view = self.rng.choice(list(self.views()))
        view, params = view(), self.params()
        if self.has_other and self.rng.random() < 0.2:
            params = {"other_field": OTHER, "iou_thresh": params["iou_thresh"]}
        if self.rng.random() < 0.3:
            params["iscrowd"] = "iscrowd"
        params["classwise"] = self.rng.random() < 0.15
        if self.scans and self.rng.random() < 0.3:
            params["recalibrate"] = True
        found = call("find_duplicates", view, label_field=self.field, **params)
        self.say(found["scan_key"], kind, params, found["count"])
        self.note_scan(found["scan_key"], kind)

    def params(self):
        """Returns random parameters of a decision."""
        metric = self.rng.choice(("iou", "iou", "iou", "ios", "likelihood"))
        return {
            "iou_thresh": self.rng.choice(THRESHOLDS),
            "method": self.rng.choice(list(METHODS)),
            "metric": metric,
            "keep": self.rng.choice((None, None, ["last"], ["largest"])),
        }

    def a_scan(self):
        known = [one["scan_key"] for one in stored.list_scans(self.dataset)]
        if self.rng.random() < 0.5:
            known = known[:3]
        for key in known:
            if key not in self.scans:  # the panel made it for itself
                scope = stored.open_scan(self.dataset, key).config["scope"]["kind"]
                self.note_scan(key, "dataset" if scope == "dataset" else "unknown")
        key = self.rng.choice(known)
        return key, stored.open_scan(self.dataset, key)

    def decision(self, scan):
        """Returns random parameters of a plan of a scan."""
        given = self.params()
        if scan.params.two_fields:
            given = {"iou_thresh": given["iou_thresh"]}
        if self.rng.random() < 0.2:
            given = {}
        if self.rng.random() < 0.2:
            given["classes"] = [self.rng.choice(CLASSES)]
        return given

    def delete(self):
        self.remove("delete_duplicates")

    def merge(self):
        self.remove("merge_duplicates")

    def remove(self, operator):
        key, scan = self.a_scan()
        if operator == "merge_duplicates" and scan.params.two_fields:
            return
        given = self.decision(scan)
        asked = {"scan_key": key, **{k: v for k, v in given.items() if v is not None}}
        dry = call(operator, self.dataset, dry_run=True, **asked)
        self.say(operator, asked, dry["count"], dry["emptied"])
        cut = self.cut(scan, given)
        if operator == "delete_duplicates":
            self.check_plan(scan, cut, given.get("classes"), dry)
        self.check_emptied(dry, cut, self.labels_for(scan))
        self.carry_out(operator, asked, dry)

    def delete_tag(self):
        tag = self.rng.choice(TAGS)
        view = self.rng.choice((self.dataset, self.dataset.limit(2)))
        asked = {"label_field": self.field, "tag": tag}
        dry = call("delete_duplicates", view, dry_run=True, **asked)
        self.say("delete tag", asked, dry["count"], dry["emptied"])
        self.check_judged(dry)
        self.carry_out("delete_duplicates", asked, dry, view)

    def carry_out(self, operator, asked, dry, samples=None):
        """Does what a dry run announced, and checks that it is just that."""
        samples = self.dataset if samples is None else samples
        before, tags = self.raw(), self.tags_now()
        if dry["emptied"]["count"]:
            words = f"{dry['emptied']['count']} object"
            with pytest.raises(ExecutionError, match=words):
                call(operator, samples, **asked)
            assert self.raw() == before
            if self.rng.random() < 0.5:
                return
            asked = {**asked, "allow_emptied": True}
        ids = self.ids()
        done = call(operator, samples, **asked)
        assert done["count"] == dry["count"], (done["message"], dry["message"])
        assert done.get("by_verdicts", 0) == dry.get("by_verdicts", 0)
        assert done["samples"] == dry["samples"]
        assert sorted(done["label_ids"]) == sorted(dry["label_ids"])
        assert ids - self.ids() == set(dry["label_ids"])
        self.done(done["restore_key"], before, tags)

    def undo(self):
        if self.undoable:
            key = self.undoable[-1][0]
            done = call("restore_deleted", self.dataset, restore_key=key)
            self.undone(done["skipped"]["count"])

    def tag(self):
        key, scan = self.a_scan()
        given, tag = self.decision(scan), self.rng.choice(TAGS)
        asked = {"scan_key": key, **{k: v for k, v in given.items() if v is not None}}
        replace = self.rng.random() < 0.6
        dry = call("delete_duplicates", self.dataset, dry_run=True, **asked)
        before, tags = self.raw(), self.tags_now()
        asked |= {"tag": tag, "replace": replace}
        done = call("tag_duplicates", self.dataset, **asked)
        self.say("tag", asked, done["count"], done["untagged"])
        self.check_tagged(scan, asked, dry, done, tags)
        self.done(done["restore_key"], before, tags, by_plugin=True)

    def tag_much(self):
        """Tags what several plans remove, or whole objects, and deletes the tag."""
        for _ in range(self.rng.randint(1, 3)):
            self.rng.choice((self.tag, self.tag, self.tag_object))()
        self.delete_tag()

    def tag_object(self):
        self.person("tag", self.an_object())

    def remove_object(self):
        """Judges all labels of an object, and deletes what is judged."""
        ids = self.an_object()
        if ids:
            self.judge_labels(
                ids, self.rng.choice(("remove_both", "merge", "duplicate"))
            )
        self.rng.choice((self.delete, self.panel_delete, self.merge))()

    def untag(self):
        view = self.rng.choice((self.dataset, self.dataset.limit(1)))
        before, tags, tag = self.raw(), self.tags_now(), self.rng.choice(TAGS)
        done = call("untag_duplicates", view, label_field=self.field, tag=tag)
        self.say("untag", tag, done["count"])
        assert {name for _, name in tags ^ self.tags_now()} <= {tag}
        self.done(done["restore_key"], before, tags)

    def finish(self):
        """Undoes everything, the newest first."""
        while self.undoable:
            self.undo()


STEPS = [
    *["scan"] * 4,
    *["delete"] * 2,
    "merge",
    "delete_tag",
    *["tag_much"] * 3,
    *["remove_object"] * 3,
    *["undo"] * 6,
    *["tag"] * 4,
    "untag",
    *["judge"] * 3,
    "take_back",
    *["rule"] * 2,
    *["person"] * 4,
    *["panel_delete"] * 2,
    "panel_tag",
    "panel_undo",
    *["accept"] * 2,
]
