"""The jobs of a task."""

import json

from .replies import JOB_254, NOW, Refused, require


class Jobs:
    """Requests for jobs."""

    def _get_jobs(self, _, query, body):
        task = self._task(int(query["task_id"][0]))
        asked = self._asked.get(task["id"], 0)
        self._asked[task["id"]] = asked + 1
        if asked >= self.polls and task["frames"] and not task["jobs"]:
            self._make_jobs(task)
        for job in task["jobs"]:
            self._date(job)
        jobs = [] if task["id"] in self.hidden else task["jobs"]
        jobs = [{**job, **self._newer(JOB_254)} for job in jobs]
        return self._page(jobs[:: -1 if self.is_new else 1], "/api/jobs", query)

    def _date(self, job):
        """Changes the date of a job whose annotations were edited, as CVAT does."""
        task, _ = self._job(job["id"])
        frames = range(job["start_frame"], job["stop_frame"] + 1)
        content = [
            [shape for shape in task["shapes"] if shape["frame"] in frames],
            [task.get("tags"), task.get("tracks")],
        ]
        text = json.dumps(content)
        before, n = self._contents.get(job["id"], (text, 0))
        n += before != text
        self._contents[job["id"]] = text, n
        job["updated_date"] = f"{NOW[:20]}{n:06d}Z"

    def _make_jobs(self, task):
        n = len(task["frames"])
        size = task["segment_size"] = task["segment_size"] or n
        for begin in range(0, n, size):
            number, end = self._next("job"), min(begin + size, n) - 1
            task["jobs"].append(
                {
                    "url": f"{self.url}/api/jobs/{number}",
                    "id": number,
                    "task_id": task["id"],
                    "project_id": task["project_id"],
                    "assignee": None,
                    "guide_id": None,
                    "dimension": "2d",
                    "bug_tracker": None,
                    "status": "annotation",
                    "stage": "annotation",
                    "state": "new",
                    "mode": "annotation",
                    "frame_count": end - begin + 1,
                    "start_frame": begin,
                    "stop_frame": end,
                    "data_chunk_size": 72,
                    "data_compressed_chunk_type": "imageset",
                    "created_date": NOW,
                    "updated_date": NOW,
                    "issues": {
                        "url": f"{self.url}/api/issues?job_id={number}",
                        "count": 0,
                    },
                    "labels": {"url": f"{self.url}/api/labels?job_id={number}"},
                    "type": "annotation",
                    "organization": None,
                    "target_storage": None,
                    "source_storage": None,
                }
            )

    def _job(self, number):
        for task in self.tasks.values():
            for job in task["jobs"]:
                if job["id"] == number:
                    return task, job
        raise Refused(404, {"detail": "Not found."})

    def _patch_jobs_n(self, number, query, body):
        _, job = self._job(number)
        if "state" in body:
            job["state"] = body["state"]
            return 200, job
        require(body.get("assignee") in self.users, {"assignee": ["invalid"]})
        job["assignee"] = {"id": body["assignee"]}
        return 200, job
