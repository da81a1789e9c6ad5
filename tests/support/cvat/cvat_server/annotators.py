"""Edits of annotators in CVAT, without its interface."""

import copy


class Annotators:
    """The edits, for tests to call."""

    def shapes(self, task_id=None):
        """Returns all shapes of a task, or of all, as one list to edit in place."""
        tasks = self.tasks.values() if task_id is None else [self.tasks[task_id]]
        return [shape for task in tasks for shape in task["shapes"]]

    def label_id_of(self, shape):
        specs = self._specs(shape)
        values = {specs[a["spec_id"]]: a["value"] for a in shape["attributes"]}
        return values.get("label_id", "")

    def set_label_id(self, shape, value):
        specs = {name: spec for spec, name in self._specs(shape).items()}
        others = [a for a in shape["attributes"] if a["spec_id"] != specs["label_id"]]
        shape["attributes"] = [*others, {"spec_id": specs["label_id"], "value": value}]

    def texts(self, shape):
        """Returns the attributes of a shape as its editor shows them."""
        values = {a["spec_id"]: a["value"] for a in shape["attributes"]}
        specs = self._class_of(shape)["attributes"]
        return {a["name"]: values.get(a["id"], a["default_value"]) for a in specs}

    def edit(self, shape, **values):
        """Edits attributes as CVAT's editor does, which looks at all of a shape."""
        specs = {a["name"]: a for a in self._class_of(shape)["attributes"]}
        after = {**self.texts(shape), **values}
        for name, value in after.items():
            if not _fits(specs[name], value):
                raise ValueError(f"Trying to save {name} with invalid value {value!r}")
        shape["attributes"] = [
            {"spec_id": specs[name]["id"], "value": value.strip()}
            for name, value in after.items()
        ]

    def shape_of(self, label_id):
        (found,) = [s for s in self.shapes() if self.label_id_of(s) == str(label_id)]
        return found

    def class_id(self, name, task_id=None):
        task = self._task_of(task_id)
        return next(x["id"] for x in self._labels(task) if x["name"] == name)

    def delete(self, shape):
        for task in self.tasks.values():
            task["shapes"] = [s for s in task["shapes"] if s is not shape]

    def relabel(self, shape, name):
        task = next(t for t in self.tasks.values() if shape in t["shapes"])
        old = self._specs(shape)
        label = next(x for x in self._labels(task) if x["name"] == name)
        new = {a["name"]: a["id"] for a in label["attributes"]}
        shape["label_id"] = label["id"]
        shape["attributes"] = [
            {"spec_id": new[old[a["spec_id"]]], "value": a["value"]}
            for a in shape["attributes"]
        ]

    def draw(self, frame, name, points, kind="rectangle", task_id=None):
        """Adds a shape as CVAT's interface does; its ``label_id`` is blank."""
        task = self._task_of(task_id)
        label = next(x for x in self._labels(task) if x["name"] == name)
        shape = self._stored(
            {
                "type": kind,
                "points": points,
                "label_id": label["id"],
                "frame": frame,
                "attributes": [],
            }
        )
        task["shapes"].append(shape)
        return shape

    def copy(self, shape, **changes):
        """Copies and pastes a shape: it keeps its attributes, and so the label's id."""
        task = next(t for t in self.tasks.values() if shape in t["shapes"])
        pasted = {**copy.deepcopy(shape), "id": self._next("shape"), **changes}
        task["shapes"].append(pasted)
        return pasted

    def complete(self, task_id=None):
        for task in self.tasks.values():
            for job in task["jobs"] if task_id in (None, task["id"]) else ():
                job |= {"state": "completed", "stage": "acceptance"}


def _fits(spec, value):
    """Returns whether CVAT's editor accepts a value of an attribute."""
    if spec["input_type"] == "number":
        least, most = map(float, spec["values"][:2])
        return least <= float(value or 0) <= most
    if spec["input_type"] == "checkbox":
        return value.lower() in ("true", "false")
    return spec["input_type"] == "text" or value in spec["values"]
