"""Serves a dataset of each kind of labels in the App, until it is ended.

Its environment says which database and plugins; arguments: the folder for the media,
how many samples each dataset has, and the port.
"""

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WORKSPACE = "panel"


def main():
    """Makes the datasets and serves them."""
    import fiftyone as fo

    from dev.demo import app as demo_app
    from dev.demo import data as demo_data
    from dev.demo import kinds as demo_kinds

    folder, count, port = sys.argv[1:]
    for kind in demo_kinds.KINDS:
        options = argparse.Namespace(
            annotations=None,
            images=None,
            dataset=None,
            kind=kind,
            max_samples=int(count),
        )
        dataset = demo_data.prepare(options, pathlib.Path(folder))
        dataset.save_workspace(WORKSPACE, demo_app.spaces())
    session = fo.launch_app(
        dataset,
        remote=True,
        port=int(port),
        address=demo_app.ADDRESS,
        spaces=demo_app.spaces(),
    )
    print("ready", flush=True)
    session.wait(-1)


if __name__ == "__main__":
    main()
