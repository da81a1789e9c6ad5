"""Uploads of images to a task, and their import."""

import io

from PIL import Image

from .replies import META_254, SUFFIXES, require


class Uploads:
    """Requests for the images of tasks."""

    def _post_tasks_n_data(self, number, query, body):
        task = self._task(number)
        require(not task["frames"], ["Adding more data is not allowed"])
        fields, files = body
        quality = fields.get("image_quality", "")
        require(
            quality.isdigit() and 0 <= int(quality) <= 100, {"image_quality": ["?"]}
        )
        require(files, ["No media data found"])
        task["quality"] = int(quality)
        task["state"] = "Finished"
        if not any(name.lower().endswith(SUFFIXES) for name, _ in files):
            task["state"], self.reason = "Failed", "ValueError: No media data found"
            files = []
        for name, data in files:
            try:
                width, height = Image.open(io.BytesIO(data)).size
            except OSError:
                task |= {"state": "Failed", "frames": []}
                break
            task["frames"].append(
                {
                    "width": width,
                    "height": height,
                    "name": name,
                    "related_files": 0,
                    "has_related_context": False,
                }
            )
        if self.is_new:
            return 202, {"rq_id": f"action=create&target=task&target_id={number}"}
        return 202, {
            "chunk_size": None,
            "image_quality": task["quality"],
            "start_frame": 0,
            "stop_frame": 0,
            "frame_filter": "",
            "client_files": [name for name, _ in files],
            "server_files": [],
            "remote_files": [],
            "use_zip_chunks": False,
            "server_files_exclude": [],
            "use_cache": False,
            "copy_data": False,
            "storage_method": "file_system",
            "storage": "local",
            "sorting_method": fields.get("sorting_method", "lexicographical"),
            "filename_pattern": None,
        }

    def _get_tasks_n_status(self, number, query, body):
        task = self._task(number)
        state = {"state": task["state"], "message": "", "progress": 0.0}
        if self.queued > 0:
            self.queued -= 1
            return 200, {**state, "state": "Queued"}
        if task["state"] == "Failed":
            state["message"] = self.reason
        return 200, state

    def _request(self, rq_id):
        require(self.is_new, {"detail": "Not found."}, 404)
        number = int(rq_id.rpartition("=")[2])
        _, state = self._get_tasks_n_status(number, {}, {})
        return {**state, "id": rq_id, "status": state["state"].lower()}

    def _get_tasks_n_data_meta(self, number, query, body):
        task = self._task(number)
        require(task["frames"], {"detail": "Not found."}, 404)
        return 200, {
            "chunk_size": 72,
            "size": len(task["frames"]),
            "image_quality": task["quality"],
            "start_frame": 0,
            "stop_frame": len(task["frames"]) - 1,
            "frame_filter": "",
            "frames": task["frames"],
            "deleted_frames": task["deleted_frames"],
            "included_frames": None,
            **self._newer(META_254),
        }
