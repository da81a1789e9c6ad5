"""The projects and users of the server."""

from .replies import require


class Projects:
    """Requests for projects and users."""

    def _get_users(self, _, query, body):
        part = query.get("search", [""])[0]
        found = [{"id": k, "username": v} for k, v in self.users.items() if part in v]
        return self._page(found, "/api/users", query)

    def _get_projects(self, _, query, body):
        part = query.get("search", [""])[0]
        found = [
            self._told_project(p) for p in self.projects.values() if part in p["name"]
        ]
        return self._page(found, "/api/projects", query)

    def _post_projects(self, _, query, body):
        number = self._next("task")
        labels = self._make_labels(body["labels"], None)
        self.projects[number] = {"id": number, "name": body["name"], "labels": labels}
        return 201, self._told_project(self.projects[number])

    def _get_projects_n(self, number, query, body):
        require(number in self.projects, {"detail": "Not found."}, 404)
        return 200, self._told_project(self.projects[number])

    def _patch_projects_n(self, number, query, body):
        require(number in self.projects, {"detail": "Not found."}, 404)
        own = {label["id"]: label for label in self.projects[number]["labels"]}
        for label in body.get("labels", []):
            require(label.get("id") in own, {"detail": "Not found label"}, 404)
            made = self._make_label(label, label["name"], None)
            kept = {a["id"]: a for a in own[label["id"]]["attributes"]}
            for sent, new in zip(label["attributes"], made["attributes"]):
                new["id"] = sent.get("id", new["id"])
                kept[new["id"]] = new
            own[label["id"]]["attributes"] = list(kept.values())
        return 200, self._told_project(self.projects[number])

    def _delete_projects_n(self, number, query, body):
        require(number in self.projects, {"detail": "Not found."}, 404)
        del self.projects[number]
        return 204, None

    def _told_project(self, project):
        number = project["id"]
        count = sum(task["project_id"] == number for task in self.tasks.values())
        return {
            "id": number,
            "name": project["name"],
            "owner": project.get("owner", {"id": 2, "username": self.username}),
            "tasks": {
                "count": count,
                "url": f"{self.url}/api/tasks?project_id={number}",
            },
            "labels": {"url": f"{self.url}/api/labels?project_id={number}"},
        }
