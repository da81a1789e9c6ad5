"""Serves drawn datasets in the App, with the panel beside the grid, until it is ended.

Its environment names the database and the plugins. Arguments: the folder for the media,
the port, and the datasets: a name of street scenes, or a kind of labels.
"""

import pathlib
import sys

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
        print("ready", flush=True)
        session.wait(-1)


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
    dataset.save_workspace(WORKSPACE, demo_app.spaces())
    return dataset


if __name__ == "__main__":
    main()
