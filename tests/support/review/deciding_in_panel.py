"""Steps in the panel, by the messages that the browser sends."""

from deciding_people import TAGS, People
from panel_calls import App

from duplicates.labels.reading.fingerprint import ids_digest

NO_FILTERS = dict.fromkeys(
    ("likelihood", "overlap", "classes", "class_pair", "size", "tag", "annotator")
)
NO_FILTERS |= {"chains": None, "undecided": False}


class InPanel(People):
    """Steps that a person makes in the panel."""

    def send(self, message, **request):
        answer = App(self.dataset).send(message, **request)
        assert answer["ok"], answer
        return answer

    def request(self, scan, given):
        """Returns the request of a plan."""
        cut = self.cut(scan, given)
        return {
            "scan_key": scan.key,
            "iou_thresh": cut["thresh"],
            "method": cut["method"],
            "keep": [cut["keep"]] if cut["keep"] else [],
            "metric": cut["metric"],
            "classwise": cut["classwise"] or self.rng.random() < 0.2,
            "classes": given.get("classes"),
            "tag": self.rng.choice(TAGS),
        }

    def panel_delete(self):
        _, scan = self.a_scan()
        given = self.decision(scan)
        asked = self.request(scan, given)
        asked["source"] = self.rng.choice(("plan", "tag", "reviewed"))
        self.check_state(scan, asked["tag"], self.send("compare_tag", **asked))
        shown = self.send("preview_delete", **asked)
        self.say("panel", asked, shown["labels"], shown["emptied"])
        if self.rng.random() < 0.2:
            self.person()
        before, tags, ids = self.raw(), self.tags_now(), self.ids()
        labels, emptied = self.labels_for(scan), shown["emptied"]["count"]
        asked |= {"expected": shown["labels"], "digest": shown["digest"], "sure": True}
        done = {"ok": False}
        if not emptied:
            done = App(self.dataset).send("delete_labels", emptied=0, **asked)
        if not done["ok"]:
            assert self.raw() == before
            shown = self.send("preview_delete", **asked)
            emptied = shown["emptied"]["count"]
            asked |= {"expected": shown["labels"], "digest": shown["digest"]}
            done = self.send("delete_labels", emptied=emptied, **asked)
        names = ("labels", "images", "by_verdicts", "merged", "consented")
        assert [done[n] for n in names] == [shown[n] for n in names], (done, shown)
        gone = ids - self.ids()
        assert ids_digest(gone) == shown["digest"]
        if asked["source"] != "tag":
            found = {**shown["emptied"], "consented": shown["consented"]}
            dry = {"label_ids": gone, "emptied": found}
            self.check_emptied(
                dry, self.cut(scan, given) | {"classwise": asked["classwise"]}, labels
            )
        if done["summary"] is not None:
            kind = self.scans[scan.key]["kind"]
            self.note_scan(done["summary"]["scan_key"], kind)
        self.done(done["restore_key"], before, tags)

    def panel_tag(self):
        _, scan = self.a_scan()
        asked = self.request(scan, self.decision(scan))
        shown = self.send("preview_delete", source="plan", **asked)
        before, tags = self.raw(), self.tags_now()
        done = self.send("tag_labels", **asked)
        self.say("panel tag", asked, shown["labels"], done["untagged"])
        assert done["labels"] == shown["labels"]
        state, skipped = done["state"], done["skipped"]
        assert state["missing"] <= skipped["count"], (state, skipped)
        lost = self.of_tag(tags - self.tags_now(), asked["tag"])
        assert done["untagged"] == len(lost)
        mine = {one for one in lost if self.owner.get((one, asked["tag"])) == "plugin"}
        assert lost == mine, "a person's tag was taken"
        self.done(done["restore_key"], before, tags, by_plugin=True)

    def panel_undo(self):
        if self.undoable:
            key, tag = self.undoable[-1][0], self.rng.choice(TAGS)
            scan_key, _ = self.a_scan()
            asked = {"restore_key": key, "scan_key": scan_key, "tag": tag}
            self.undone(self.send("restore", **asked)["skipped"]["count"])

    def accept(self):
        """Accepts what the plan removes; the plan stays the same."""
        _, scan = self.a_scan()
        given = {n: v for n, v in self.decision(scan).items() if n != "classes"}
        if scan.params.two_fields:
            return
        asked = {**self.request(scan, given), "who": "Anna", "browser": "b1"}
        del asked["tag"]
        asked |= {"filters": NO_FILTERS, "likelihood": self.rng.choice((0.0, 0.5, 0.9))}
        before, plan = self.people(), self.send("count_labels", **asked)
        shown = self.send("accept_above", digest=None, **asked)
        done = self.send("accept_above", digest=shown["digest"], **asked)
        self.say("accept", asked, done["pairs"])
        assert (shown["stored"], done["stored"]) == (0, shown["pairs"])
        assert len(self.people()) == len(before) + done["stored"]
        after = self.send("count_labels", **asked)
        assert after["labels"] == plan["labels"], (plan, after)
