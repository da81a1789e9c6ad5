"""Constant parts of replies, the limits of the server, and refusals."""

JSON = "application/vnd.cvat+json"
ABOUT = {
    "name": "Computer Vision Annotation Tool",
    "description": "CVAT, as the tests play it",
    "version": "2.15.0",
}
PAGE = 10
MAX_VALUE = 4096
MAX_CHOICE = 200
INPUTS = ("checkbox", "radio", "number", "text", "select")
SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
SHAPES = {"rectangle": 4, "polygon": 6, "polyline": 4, "points": 2, "mask": 6}
NOW = "2026-11-22T13:50:07.390686Z"

# what replies of 2.54.1 have beside those of 2.15.0
ABOUT_254 = {"logo_url": "/static/logo.svg", "subtitle": ""}
TASK_254 = {
    "organization_id": None,
    "assignee_updated_date": None,
    "validation_mode": None,
    "consensus_enabled": False,
}
JOB_254 = {
    "data_original_chunk_type": "imageset",
    "assignee_updated_date": None,
    "parent_job_id": None,
    "consensus_replicas": 0,
}
META_254 = {
    "chapters": None,
    "chunks_updated_date": NOW,
    "storage": "local",
    "cloud_storage_id": None,
}

UNREADABLE = (
    "Exception: rest_framework.exceptions.ValidationError: cannot identify image file"
)


class Refused(Exception):  # noqa: N818 - a reply, not an error
    def __init__(self, status, body):
        super().__init__(status)
        self.status, self.body = status, body


def require(fits, body, status=400):
    if not fits:
        raise Refused(status, body)
