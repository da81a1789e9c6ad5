"""The shapes of tasks and jobs, as they are stored and read."""

import copy

from .replies import MAX_VALUE, SHAPES, require


class Annotations:
    """Requests for shapes."""

    def _put_tasks_n_annotations(self, number, query, body):
        task = self._task(number)
        require({"version", "shapes", "tags", "tracks"} <= body.keys(), ["keys"])
        require(task["jobs"], ["The task has no jobs"])
        classes = {
            x["id"]: {a["id"] for a in x["attributes"]} for x in self._labels(task)
        }
        for shape in body["shapes"]:
            kind, points = shape["type"], shape["points"]
            require("id" not in shape, {"id": ["must be absent"]})
            require(kind in SHAPES, {"type": [f'"{kind}" is not a valid choice.']})
            require(len(points) >= SHAPES[kind], ["Invalid shape with points"])
            require(kind != "rectangle" or len(points) == 4, ["Invalid rectangle"])
            require(kind == "mask" or len(points) % 2 == 0, ["Invalid points"])
            require(all(isinstance(p, (int, float)) for p in points), ["points"])
            require(shape["label_id"] in classes, ["label_id is not of the task"])
            require(0 <= shape["frame"] < len(task["frames"]), ["frame"])
            for a in shape["attributes"]:
                require(a["spec_id"] in classes[shape["label_id"]], ["spec_id"])
                words = "Ensure this field has no more than 4096 characters."
                require(len(a["value"].strip()) <= MAX_VALUE, {"value": [words]})
                words = "Null characters are not allowed."
                require("\0" not in a["value"], {"value": [words]})
            specs = [a["spec_id"] for a in shape["attributes"]]
            require(len(set(specs)) == len(specs), ["spec_id twice"])
            group = shape.get("group", 0)
            require(isinstance(group, int) and group >= 0, {"group": ["invalid"]})
            require(0 <= shape.get("rotation", 0) <= 360, {"rotation": ["invalid"]})
        task["shapes"] = [self._stored(shape) for shape in body["shapes"]]
        return 200, {
            "version": 0,
            "tags": [],
            "shapes": copy.deepcopy(task["shapes"])[:: -1 if self.backwards else 1],
            "tracks": [],
        }

    def _stored(self, shape):
        attributes = [{**a, "value": a["value"].strip()} for a in shape["attributes"]]
        number = (lambda value: value) if self.is_new else float
        return {
            "type": shape["type"],
            "occluded": shape.get("occluded", False),
            "outside": False,
            "z_order": shape.get("z_order", 0),
            "rotation": number(shape.get("rotation", 0)),
            "points": [number(p) for p in shape["points"]],
            "id": self._next("shape"),
            "frame": shape["frame"],
            "label_id": shape["label_id"],
            "group": shape.get("group", 0),
            "source": "manual",
            "attributes": attributes,
            "elements": [],
        }

    def _get_jobs_n_annotations(self, number, query, body):
        task, job = self._job(number)
        frames = range(job["start_frame"], job["stop_frame"] + 1)
        shapes = copy.deepcopy([s for s in task["shapes"] if s["frame"] in frames])
        for shape in shapes:
            filled = {a["spec_id"] for a in shape["attributes"]}
            shape["attributes"] += [
                {"spec_id": spec["id"], "value": spec["default_value"]}
                for spec in self._class_of(shape)["attributes"]
                if spec["id"] not in filled
            ]
        tracks = task.get("tracks", [])
        tags = [tag for tag in task.get("tags", []) if tag["frame"] in frames]
        return 200, {"version": 0, "tags": tags, "shapes": shapes, "tracks": tracks}

    def _patch_jobs_n_annotations(self, number, query, body):
        task, _ = self._job(number)
        action = query["action"][0]
        if action == "create":
            made = [self._stored(shape) for shape in body["shapes"]]
            task["shapes"] += made
            tags = [{**tag, "id": self._next("shape")} for tag in body["tags"]]
            task["tags"] = [*task.get("tags", []), *tags]
            return 200, {"version": 0, "tags": tags, "tracks": [], "shapes": made}
        own = {shape["id"]: shape for shape in task["shapes"]}
        for shape in body["shapes"]:
            require(shape["id"] in own, {"id": ["invalid"]})
            if action == "update":
                own[shape["id"]] |= shape
            else:
                self.delete(own[shape["id"]])
        return 200, {"version": 0, "tags": [], "tracks": [], "shapes": body["shapes"]}
