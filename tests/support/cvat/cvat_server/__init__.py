"""A CVAT server on the loopback interface that replies like the recorded real server.

It stores tasks, jobs and shapes, and refuses the requests that the real server refuses.
Tests edit its shapes as annotators do, and make single requests fail.
``test_cvat_server.py`` compares its replies with the recording.
"""

from .replies import ABOUT, JSON, Refused
from .server import Server

__all__ = ["ABOUT", "JSON", "Refused", "Server"]
