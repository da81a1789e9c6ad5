"""Connections over HTTP, which can fail as tests ask."""

import contextlib
import email.parser
import email.policy
import http.server
import json
import socket
import struct
import time
from urllib.parse import parse_qs, urlsplit

from .replies import JSON, Refused, require


class Http(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Ignores clients that hang up, as some tests do."""


class Handler(http.server.BaseHTTPRequestHandler):
    cvat = None
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle_one_method(self):
        cvat, method = self.cvat, self.command
        parts = urlsplit(self.path)
        with cvat.lock:
            n = sum(seen == (method, parts.path) for seen in cvat.log)
            cvat.log.append((method, parts.path))
        fault = cvat.fault(method, parts.path, n)
        if fault is not None and fault != "cut after" and self.fail(fault):
            return
        try:
            body = self.body()
            query = parse_qs(parts.query)
            status, reply, cookies = cvat.answer(
                method, parts.path, query, body, self.headers
            )
        except Refused as refused:
            status, reply, cookies = refused.status, refused.body, []
            cvat.refused.append((status, method, parts.path))
        if fault == "cut after":
            self.cut()
            return
        data = b"" if reply is None else json.dumps(reply).encode()
        wait = [("Retry-After", "0")] if status == 429 else []
        self.reply(status, JSON if data else None, data, cookies, wait)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one_method  # noqa: N815

    def body(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            return _multipart(kind, data)
        if not data:
            return {}
        try:
            return json.loads(data)
        except ValueError:
            raise Refused(400, {"detail": "JSON parse error"}) from None

    def reply(self, status, kind, data, cookies=(), headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        for cookie in cookies:
            self.send_header("Set-Cookie", cookie)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def cut(self):
        # a reset, not an orderly close
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def fail(self, fault):
        """Makes a request fail; returns whether it was replied to.

        Args:
            fault: a status; seconds to be silent, as ``("hang", 3)``; a status and an
                address, as ``("redirect", 307, url)``; a reply, as ``("reply", 404,
                "text/html", b"")``; or "cut", "html", "malformed",
                "redirect", "big", "other json", "trickle"
        """
        if isinstance(fault, tuple) and fault[0] == "redirect":
            self.body()
            self.reply(fault[1], "text/html", b"", headers=[("Location", fault[2])])
            return True
        if isinstance(fault, tuple) and fault[0] == "reply":
            self.body()
            self.reply(*fault[1:])
            return True
        if isinstance(fault, tuple):
            time.sleep(fault[1])
            return False
        if fault == "cut":
            self.cut()
            return True
        self.body()
        replies = {
            "html": (200, "text/html", b"<html><title>Log in</title></html>"),
            "malformed": (200, JSON, b'{"count": 1, "results": [{'),
            "other json": (200, JSON, b'{"unexpected": []}'),
            "redirect": (302, "text/html", b""),
            "big": (200, JSON, b'{"results": "' + b"x" * 3_000_000 + b'"}'),
        }
        if fault == "trickle":
            self.send_response(200)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with contextlib.suppress(OSError):
                while self.cvat.is_open:
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(0.05)
            return True
        if fault in replies:
            headers = [("Location", "https://elsewhere.example/login")] * (
                fault == "redirect"
            )
            self.reply(*replies[fault], headers=headers)
        else:
            self.reply(fault, JSON, json.dumps({"detail": f"status {fault}"}).encode())
        return True


def _multipart(kind, data):
    """Returns the fields, and the files in order as (name, bytes)."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    parser = email.parser.BytesParser(policy=email.policy.HTTP)
    fields, files = {}, {}
    for part in parser.parsebytes(head + data).iter_parts():
        name = part.get_param("name", header="content-disposition")
        filename = part.get_filename()
        if filename is None:
            fields[name] = part.get_payload(decode=True).decode()
        else:
            files[name] = (filename, part.get_payload(decode=True))
    order = [f"client_files[{k}]" for k in range(len(files))]
    require(sorted(order) == sorted(files), {"client_files": ["?"]})
    return fields, [files[name] for name in order]
