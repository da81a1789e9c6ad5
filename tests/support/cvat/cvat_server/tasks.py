"""The tasks of the server."""

from .replies import NOW, TASK_254, require


class Tasks:
    """Requests for tasks."""

    def _task(self, number):
        require(number in self.tasks, {"detail": "Not found."}, 404)
        return self.tasks[number]

    def _task_of(self, task_id):
        return self.tasks[task_id] if task_id else next(iter(self.tasks.values()))

    def _described(self, task):
        url = self.url
        done = sum(job["state"] == "completed" for job in task["jobs"])
        number = task["id"]
        known = {
            "url": f"{url}/api/tasks/{number}",
            "id": number,
            "name": task["name"],
            "project_id": task["project_id"],
            "mode": "annotation" if task["frames"] else "",
            "owner": {"url": f"{url}/api/users/1", "id": 1, "username": "admin"},
            "assignee": task["assignee"],
            "bug_tracker": "",
            "created_date": NOW,
            "updated_date": NOW,
            "overlap": None,
            "segment_size": task["segment_size"],
            "status": "annotation",
            "guide_id": None,
            "dimension": "2d",
            "subset": "",
            "organization": None,
            "target_storage": None,
            "source_storage": None,
            "jobs": {
                "count": len(task["jobs"]),
                "completed": done,
                "validation": 0,
                "url": f"{url}/api/jobs?task_id={number}",
            },
            "labels": {"url": f"{url}/api/labels?task_id={number}"},
            **self._newer(TASK_254),
        }
        if task["frames"]:
            known |= {
                "overlap": 0,
                "data_chunk_size": 72,
                "data_compressed_chunk_type": "imageset",
                "data_original_chunk_type": "imageset",
                "size": len(task["frames"]),
                "image_quality": task["quality"],
                "data": number - 1,
            }
        return known

    def _post_tasks(self, _, query, body):
        require(
            str(body.get("name", "")).strip(), {"name": ["This field is required."]}
        )
        project = body.get("project_id")
        words = {"project_id": ["The specified project does not exist."]}
        require(project is None or project in self.projects, words)
        labels = body.get("labels") or []
        require(bool(labels) != bool(project), ["Label set must be defined"])
        size = body.get("segment_size", 0)
        require(isinstance(size, int) and size >= 0, {"segment_size": ["invalid"]})
        number = self._next("task")
        self.tasks[number] = {
            "id": number,
            "name": body["name"].strip(),
            "project_id": project,
            "labels": self._make_labels(labels, number),
            "segment_size": size,
            "quality": body.get("image_quality"),
            "assignee": None,
            "frames": [],
            "jobs": [],
            "shapes": [],
            "deleted_frames": [],
            "state": "Queued",
        }
        return 201, self._described(self.tasks[number])

    def _get_tasks(self, _, query, body):
        part = query.get("search", [""])[0]
        found = [self._described(t) for t in self.tasks.values() if part in t["name"]]
        return self._page(found, "/api/tasks", query)

    def _get_tasks_n(self, number, query, body):
        described = self._described(self._task(number))
        return 200, {**described, **self._newer({"data_cloud_storage_id": None})}

    def _patch_tasks_n(self, number, query, body):
        task = self._task(number)
        if "name" in body:
            task["name"] = body["name"].strip()
            return 200, self._described(task)
        require(body.get("assignee_id") in self.users, {"assignee_id": ["invalid"]})
        task["assignee"] = {"id": body["assignee_id"]}
        return 200, self._described(task)

    def _delete_tasks_n(self, number, query, body):
        self._task(number)
        del self.tasks[number]
        return 204, None
