"""Datasets of any kind of label, with a scan and its plan."""

import bson
import drawn
from drawn import CASES, FIELD

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import plans, search


class Drawn:
    """A dataset of a case, with a scan and its plan."""

    def __init__(self, name, frames, folder):
        self.case = CASES[name]
        self.dataset = drawn.dataset(
            self.case, seed=11, n=6, folder=folder, frames=frames
        )
        self.field = f"frames.{FIELD}" if frames else FIELD
        self.path = f"{self.field}.{self.case.list_name}"
        self.frames = frames
        self.scan()

    def scan(self):
        params = FindParams(self.field, iou_thresh=0.3, **self.case.options)
        self.found = search.find_duplicates(self.dataset, params)
        self.plan = plans.plan(self.dataset, self.found.scan_key)
        assert len(self.plan) > 3

    @property
    def documents(self):
        """Returns the collection of the samples or frames."""
        dataset = self.dataset
        return dataset._frame_collection if self.frames else dataset._sample_collection

    def raw(self):
        """Returns the bytes of the documents, except for the stamps."""
        return {
            document["_id"]: bson.encode(
                {k: v for k, v in document.items() if k != "last_modified_at"}
            )
            for document in self.documents.find()
        }

    def ids(self):
        """Returns the ids of all labels, in order."""
        return [i for i in self.dataset.values(f"{self.path}.id", unwind=True) if i]

    def rings(self):
        """Returns the rings of each polyline by its id."""
        return {
            str(label["_id"]): label["points"]
            for document in self.documents.find()
            for label in (document.get(FIELD) or {}).get("polylines", ())
        }
