"""Requests to the App's server like those of a web page; it runs in this process."""

import asyncio
import json


def post(path, body):
    """Returns the status and the text of the reply to a POST of JSON.

    Args:
        path: the path of the URL
        body: the content, sent as ``text/plain``, which any web page may send
    """
    from fiftyone.server.app import app

    sent = [{"type": "http.request", "body": json.dumps(body).encode()}]
    replies = []

    async def receive():
        return sent.pop(0) if sent else await asyncio.Event().wait()

    async def send(message):
        replies.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"text/plain"),
            (b"origin", b"https://elsewhere.example"),
        ],
        "client": ("127.0.0.1", 40000),
        "server": ("127.0.0.1", 5151),
    }
    asyncio.run(app(scope, receive, send))
    text = b"".join(part.get("body", b"") for part in replies).decode()
    return replies[0]["status"], text


def execute(name, dataset, more=None, **params):
    """Returns the reply to the execution of an operator of the plugin, as text.

    Args:
        name: the operator
        dataset: the dataset
        more (None): further values of the request
        **params: the operator's parameters
    """
    body = {
        "operator_uri": f"@iou/duplicates/{name}",
        "dataset_name": dataset.name,
        "params": params,
        **(more or {}),
    }
    return post("/operators/execute", body)[1]
