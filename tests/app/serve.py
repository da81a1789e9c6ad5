"""Serves drawn datasets in the App, with the panel beside the grid, until it is ended.

Its environment names the database and the plugins. Arguments: the folder for the media,
the port, and the datasets: a name of street scenes, or a kind of labels.
"""

import pathlib
import sys
import time

import psutil

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WORKSPACE = "panel"
SCENES = 24
SAMPLES_OF_A_KIND = 5


def main():
    """Makes the datasets and serves the first."""
    from dev.demo import app as demo_app

    folder, port, *names = sys.argv[1:]
    datasets = [_dataset(name, pathlib.Path(folder)) for name in names]
    with demo_app.running(datasets[0], int(port)) as session:
        _wait_for_session(int(port))
        print("ready", flush=True)
        session.wait(-1)


def _wait_for_session(port):
    """Waits until FiftyOne's session is connected to its server.

    When it connects, the server shows the session's dataset in all pages, also in those
    that show another one by then.
    """
    connected = 0
    while connected < 3:  # a ping before it connects for a moment only
        time.sleep(0.5)
        links = psutil.Process().connections("tcp")
        held = [link for link in links if link.raddr and link.raddr.port == port]
        established = any(link.status == psutil.CONN_ESTABLISHED for link in held)
        connected = connected + 1 if established else 0


def _dataset(name, folder):
    """Returns a drawn dataset with the panel's workspace."""
    from dev.demo import app as demo_app
    from dev.demo import data as demo_data
    from dev.demo import kinds as demo_kinds

    if name in demo_kinds.KINDS:
        dataset = demo_data.of_kind(name, folder, SAMPLES_OF_A_KIND)
    else:
        dataset = demo_data.from_scenes(name, folder / "scenes", SCENES)
        # for the keep rule of the test: a rule that no label matches is refused
        dataset.limit(1).tag_labels("reviewed", "ground_truth")
        # in so few samples, the App lists the classes in its sidebar
        dataset.save_view("ten", dataset.limit(10))
    if name.startswith("walked"):
        _add_second_field(dataset)
    dataset.save_workspace(WORKSPACE, demo_app.spaces())
    return dataset


def _add_second_field(dataset):
    """Adds a field with other labels of the same boxes and classes."""
    import fiftyone as fo

    first = zip(
        dataset.values("ground_truth.detections.label"),
        dataset.values("ground_truth.detections.bounding_box"),
    )
    second = [
        fo.Detections(
            detections=[
                fo.Detection(label=name, bounding_box=box)
                for name, box in zip(names, boxes)
            ]
        )
        for names, boxes in first
    ]
    dataset.set_values("second", second)


if __name__ == "__main__":
    main()
