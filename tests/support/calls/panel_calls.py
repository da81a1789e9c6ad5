"""Calls of the panel's methods as by the App, without a browser."""

import json
import pathlib
import time

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "messages"
URI = "@iou/duplicates/duplicates_panel"
FORM = {
    "label_field": "ground_truth",
    "other_field": None,
    "classwise": False,
    "compare": None,
    "keypoint_sigmas": None,
    "unmarked_as_missing": False,
    "target": "dataset",
    "slices": None,
    "background": False,
}
NEAR = [0.1, 0.1, 0.4, 0.4]
ALIKE = [0.1, 0.1, 0.4, 0.42]
SAMPLES = [
    [("person", NEAR), ("person", ALIKE), ("truck", [0.6, 0.6, 0.2, 0.2])],
    [("person", NEAR), ("truck", NEAR)],
    [("truck", NEAR), (None, NEAR)],
    [("truck", NEAR)],
]
"""Three samples with eight labels, three of which are duplicates at 0.75."""
OPTIONAL = {"simple", "greedy", "consequence", "advice", "details"}


def example(name):
    return json.loads((EXAMPLES / f"{name}.json").read_text())


def names():
    return sorted(path.stem for path in EXAMPLES.glob("*.json"))


class App:
    """The App's side of a panel: a dataset, a view, a selection."""

    def __init__(self, dataset, view=None, selected=(), group_slice=None):
        self.dataset = dataset
        self.view = view
        self.selected = list(selected)
        self.group_slice = group_slice
        self.asked_for = []
        self.asked_with = {}

    def delete(self, **request):
        """Deletes what a preview shows, as the dialog does once the user confirms."""
        return self.send("delete_labels", **self.confirmed(**request), **request)

    def confirmed(self, **request):
        """Returns what a user confirms who sees the preview of a deletion."""
        shown = self.send("preview_delete", **request)
        return {"expected": shown["labels"], "digest": shown["digest"]}

    def send(self, message, **request):
        import fiftyone.operators as foo
        from fiftyone.operators.executor import ExecutionContext, Executor

        context = ExecutionContext(
            request_params={
                "dataset_name": getattr(self.dataset, "name", self.dataset),
                "view": None if self.view is None else self.view._serialize(),
                "selected": self.selected,
                "group_slice": self.group_slice,
                "params": {
                    "panel_id": "p1",
                    "panel_state": {},
                    "__method__": message,
                    "request_id": 1,
                    **request,
                },
            },
            executor=Executor(),
            operator_uri=URI,
            required_secrets=foo.get_operator(URI)._plugin_secrets,
        )
        answer = foo.get_operator(URI).execute(context)
        requests = context.executor._requests
        self.asked_for = [r.operator_uri for r in requests]
        self.asked_with = {r.operator_uri: r.params for r in requests}
        # the browser receives JSON
        return json.loads(json.dumps(answer))


def mismatch(found, wanted, path="reply"):
    """Returns where a value differs in structure from an example, or None."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        if path.endswith(".reasons"):
            return None if all(isinstance(n, int) for n in found.values()) else path
        missing = wanted.keys() - found.keys() - OPTIONAL
        if missing:
            return f"{path}: lacks {sorted(missing)}"
        parts = (
            mismatch(found[key], wanted[key], f"{path}.{key}")
            for key in wanted.keys() & found.keys()
        )
        return next(filter(None, parts), None)
    if isinstance(wanted, list) and isinstance(found, list):
        for k, item in enumerate(found if wanted else ()):
            faults = [mismatch(item, one, f"{path}[{k}]") for one in wanted[:5]]
            if all(faults):
                return faults[0]
        return None
    if found is None or wanted is None:
        return None
    numbers = (int, float)
    if isinstance(wanted, numbers) and not isinstance(wanted, bool):
        same = isinstance(found, numbers) and not isinstance(found, bool)
    else:
        same = type(found) is type(wanted)
    return None if same else f"{path}: {found!r} is not like {wanted!r}"


def scanned(app, **form):
    """Scans as the browser does, and returns the finished run."""
    answer = app.send("start_scan", **{**FORM, **form})
    assert answer["ok"], answer
    run = ended(app, answer["run"])
    assert run["state"] == "done", run
    return run


def ended(app, run):
    """Polls as the browser does until a run has ended."""
    deadline = time.monotonic() + 30
    while run["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, run
        time.sleep(0.05)
        run = app.send("poll_run", run_id=run["run_id"])["run"]
    return run
