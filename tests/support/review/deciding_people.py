"""Changes of labels by people: in Review, in the App, and in other programs."""

import datetime

import naive_plan
from bson import ObjectId
from called import call
from crowded_places import CLASSES, PLACES
from known_decisions import Known

TAGS = ("duplicate", "duplicate", "check")
PEOPLE = ("Anna", "Bob", None)
KINDS = ("real", "duplicate", "merge", "remove_both")
EDITS = {"tag": 4, "untag": 3, "edit": 3, "attribute": 2, "delete": 1}


class People(Known):
    """Steps that people make.

    Args:
        dataset: the dataset
        field: its label field
        rng: chooses what they do

    Attributes:
        log: the steps, as lines
        undoable: the actions of the plugin that can be undone: the key, the bytes of
            each document before, the documents that were edited since, and whose the
            tags were that it changed
    """

    def __init__(self, dataset, field, rng):
        super().__init__(dataset, field)
        self.rng, self.log, self.undoable = rng, [], []

    def say(self, *words):
        """Notes a step; pytest shows what is printed if one fails."""
        self.log.append(" ".join(map(str, words)))
        print(self.log[-1])

    def judge(self):
        ids = self.an_object()
        if not ids:
            return
        if self.rng.random() < 0.5:
            ids = self.rng.sample(ids, 2)
        self.judge_labels(ids, self.rng.choice(KINDS))

    def judge_labels(self, ids, kind):
        asked = {"label_ids": ids, "verdict": kind, "who": self.rng.choice(PEOPLE)}
        if kind in ("duplicate", "merge"):
            asked["kept"] = self.rng.choice(ids)
        asked = {name: value for name, value in asked.items() if value is not None}
        self.say("verdict", asked)
        call("set_verdict", self.dataset, **asked)

    def an_object(self):
        """Returns the labels of an object, or sometimes of any ones of a sample."""
        cut = {"other": None, "metric": "iou", "thresh": 0.6, "classwise": False}
        documents = list(self.stored().values())
        found = [
            sorted(ids)
            for labels in documents
            for ids in naive_plan.objects(labels, cut, [], [])
        ]
        if not found or self.rng.random() < 0.1:
            found = [[one["id"] for one in labels] for labels in documents]
            found = [ids for ids in found if len(ids) > 1]
        return self.rng.choice(found) if found else None

    def take_back(self):
        known = self.people()
        if known:
            call("clear_verdicts", self.dataset, label_ids=self.rng.choice(known)[0])

    def rule(self):
        names = [self.rng.choice(CLASSES) for _ in range(2)]
        rule = self.rng.choice(("may_overlap", "iou_thresh", "none", "none"))
        asked = {"first_class": names[0], "second_class": names[1], "rule": rule}
        if rule == "iou_thresh":
            asked["iou_thresh"] = self.rng.choice((0.3, 0.6, 0.95))
        self.say("rule", asked)
        call("set_class_pairs", self.dataset, **asked)

    def person(self, kind=None, chosen=None):
        before, tags = self.raw(), self.tags_now()
        ids = sorted(self.ids())
        if not ids or (kind and not chosen):
            return
        if kind is None:
            kind, chosen = self.an_edit(ids)
        self.say("person", kind, chosen)
        view = self.dataset.select_labels(ids=chosen, fields=self.field)
        if kind == "tag":
            view.tag_labels(self.rng.choice(TAGS), label_fields=self.field)
        elif kind == "untag":
            view.untag_labels(self.rng.choice(TAGS), label_fields=self.field)
        elif kind == "delete":
            self.dataset.delete_labels(ids=chosen[:1], fields=self.field)
        else:
            self.edit(chosen[0], kind)
        now, there = self.tags_now(), self.ids()
        for one in tags - now:
            if one[0] in there:
                self.owner.pop(one, None)
        for one in now - tags:
            self.owner[one] = "person"
        after = self.raw()
        touched = {_id for _id in before if before[_id] != after.get(_id)}
        # FiftyOne stamps samples that it does not change as well
        for _, _, others, _ in self.undoable:
            others |= touched
        self.unsure |= {
            label["id"]
            for found in self.stored().values()
            for label in found
            if kind != "attribute" and any(one["id"] in chosen for one in found)
        }

    def an_edit(self, ids):
        """Returns what a person does, and with which labels."""
        (kind,) = self.rng.choices(list(EDITS), EDITS.values())
        chosen = self.rng.sample(ids, min(len(ids), self.rng.randint(1, 3)))
        if self.rng.random() < 0.3:
            chosen = self.an_object() or chosen
        return kind, chosen

    def edit(self, label_id, kind):
        stamp = datetime.datetime.now(datetime.timezone.utc)
        where = {f"{self.path}._id": ObjectId(label_id)}
        values = {f"{self.path}.$.note": self.rng.random()}
        if kind == "edit":
            x, y = self.rng.choice(PLACES)
            box = [x + self.rng.random() / 50, y, 0.3, 0.3]
            values = {f"{self.path}.$.bounding_box": box}
            if self.rng.random() < 0.3:
                values = {f"{self.path}.$.label": self.rng.choice(CLASSES)}
        self.documents.update_one(
            where, {"$set": {**values, "last_modified_at": stamp}}
        )

    def done(self, restore_key, before, tags, by_plugin=False):
        """Notes an action, and whose the tags are that it gave or took."""
        now = self.tags_now()
        if restore_key is None:
            assert self.raw() == before
            return
        there = self.ids()
        given, taken = now - tags, {one for one in tags - now if one[0] in there}
        was = {one: self.owner.get(one) for one in given | taken}
        for one in taken:
            self.owner.pop(one, None)
        for one in given:
            self.owner[one] = "plugin" if by_plugin else "person"
        self.undoable.append((restore_key, before, set(), was))

    def undone(self, skipped):
        """Checks that the newest action left no trace.

        Args:
            skipped: how many labels were not restored
        """
        restore_key, before, touched, was = self.undoable.pop()
        self.say("undo", restore_key, skipped)
        now = self.raw()
        differs = {
            _id
            for _id in before.keys() & now.keys() - touched
            if before[_id] != now[_id]
        }
        assert not differs, differs
        assert touched or not skipped
        for one in was:
            if one in self.tags_now() and was[one] is not None:
                self.owner[one] = was[one]
            elif one not in self.tags_now():
                self.owner.pop(one, None)
