"""The result of sending labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...plurals import counted, predicate
from ...scans.blocks.compare import Skipped
from ..server.settings import Server
from .upload import Upload, reasons_text


@dataclass(frozen=True)
class SendResult:
    """The result of sending labels.

    Attributes:
        anno_key: the key of the trip, and of FiftyOne's annotation run
        upload: the upload
        labels: the number of labels on the server
        left: the labels that were not sent, and why
        links: the URLs of the tasks
    """

    anno_key: str
    upload: Upload
    labels: int
    left: Skipped
    links: list[str]

    @property
    def not_sent(self) -> int:
        """The number of labels that were not sent."""
        return self.left.reasons.total()

    def to_dict(self, server: Server) -> dict[str, Any]:
        """Returns the result of the operator, ready for JSON."""
        sent = self.upload.to_dict(server)
        images = counted(sent["images"], "image")
        text = f"Sent {counted(self.labels, 'label')} in {images} to CVAT"
        if self.not_sent:
            reasons = reasons_text(self.left.reasons)
            was = predicate(self.not_sent, "was not sent")
            text += f"; {counted(self.not_sent, 'label')} {was} ({reasons})"
        return {
            "count": self.labels,
            "samples": sent["images"],
            "anno_key": self.anno_key,
            "upload": sent,
            "not_sent": self.not_sent,
            "skipped": self.left.to_dict(),
            "links": self.links,
            "message": text,
        }
