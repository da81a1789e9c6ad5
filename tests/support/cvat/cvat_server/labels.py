"""The classes of tasks and projects, and their attributes."""

from .replies import INPUTS, MAX_CHOICE, MAX_VALUE, Refused, require


class Labels:
    """Requests for classes."""

    def _labels(self, task):
        return (
            self.projects[task["project_id"]]["labels"]
            if task["project_id"]
            else task["labels"]
        )

    def _specs(self, shape):
        return {a["id"]: a["name"] for a in self._class_of(shape)["attributes"]}

    def _class_of(self, shape):
        for task in [*self.tasks.values(), *self.projects.values()]:
            for label in task["labels"]:
                if label["id"] == shape["label_id"]:
                    return label
        raise KeyError(shape["label_id"])

    def _make_labels(self, given, task_id):
        names = [str(label.get("name", "")).strip() for label in given]
        for name in names:
            require(name, {"labels": [{"name": ["This field may not be blank."]}]})
            words = "Ensure this field has no more than 64 characters."
            require(len(name) <= 64, {"labels": [{"name": [words]}]})
        words = "All label names must be unique for the task"
        require(len(set(names)) == len(names), [words])
        return [self._make_label(*pair, task_id) for pair in zip(given, names)]

    def _make_label(self, label, name, task_id):
        label_id = self._next("label")
        attributes = []
        for a in label.get("attributes", []):
            require(
                {"name", "input_type", "mutable", "values"} <= a.keys(), ["attribute"]
            )
            words = {"input_type": [f'"{a["input_type"]}" is not a valid choice.']}
            require(a["input_type"] in INPUTS, words)
            known = str(a["name"]).strip()
            require(0 < len(known) <= 64, {"attributes": [{"name": ["length"]}]})
            words = f"Duplicate attribute with name '{known}' exists"
            require(known not in {each["name"] for each in attributes}, [words])
            values = [v.strip() for v in a["values"]] or [""]
            require(all(len(v) <= MAX_CHOICE for v in values), {"values": ["long"]})
            # the real server's column would overflow, and it replies with an error
            require(len("\n".join(values)) <= MAX_VALUE, ["values"], 500)
            attributes.append(
                {
                    "id": self._next("attr"),
                    "name": known,
                    "mutable": a["mutable"],
                    "input_type": a["input_type"],
                    "default_value": a.get("default_value", ""),
                    "values": values,
                }
            )
        return {
            "id": label_id,
            "name": name,
            "color": "#6080c0",
            "attributes": attributes,
            "type": "any",
            "sublabels": [],
            "task_id": task_id,
            "parent_id": None,
            "has_parent": False,
        }

    def _get_labels(self, _, query, body):
        require(
            "task_id" in query or "project_id" in query, {"detail": "Not found."}, 404
        )
        if "project_id" in query:
            project = int(query["project_id"][0])
            labels = self.projects[project]["labels"]
        else:
            task = self._task(int(query["task_id"][0]))
            labels, project = self._labels(task), task["project_id"]
        if project and self.is_new:
            labels = [
                {
                    **{k: v for k, v in x.items() if k != "task_id"},
                    "project_id": project,
                }
                for x in labels
            ]
        return self._page(labels, "/api/labels", query)

    def _list_with(self, number):
        """Returns the list that has a class, and its index."""
        for one in [*self.tasks.values(), *self.projects.values()]:
            for k, label in enumerate(one["labels"]):
                if label["id"] == number:
                    return one["labels"], k
        raise Refused(404, {"detail": "Not found."})

    def _patch_labels_n(self, number, query, body):
        labels, k = self._list_with(number)
        labels[k]["name"] = body.get("name", labels[k]["name"]).strip()
        return 200, labels[k]

    def _delete_labels_n(self, number, query, body):
        labels, k = self._list_with(number)
        del labels[k]
        for task in self.tasks.values():
            task["shapes"] = [s for s in task["shapes"] if s["label_id"] != number]
        return 204, None
