"""Serves drawn datasets in the App, with the panel beside the grid, until it is ended.

Its environment names the database and the plugins. Arguments: the folder for the
images, how many of them, the names of the datasets, and the port.
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WORKSPACE = "panel"


def main():
    """Makes the datasets and serves the first."""
    import fiftyone as fo

    from dev.demo import app as demo_app
    from dev.drawing import scenes

    folder, count, *names, port = sys.argv[1:]
    drawn = scenes.make(folder, int(count))
    datasets = [_dataset(name, drawn, folder) for name in names]
    session = fo.launch_app(
        datasets[0],
        remote=True,
        port=int(port),
        address=demo_app.ADDRESS,
        spaces=demo_app.spaces(),
    )
    print("ready", flush=True)
    session.wait(-1)


def _dataset(name, drawn, folder):
    """Returns a dataset of drawn scenes, with the panel's workspace."""
    import fiftyone as fo

    from dev.demo import app as demo_app
    from dev.drawing import street

    width, height = street.SIZE
    dataset = fo.Dataset(name, persistent=True)
    dataset.add_samples(
        [
            fo.Sample(
                filepath=str(pathlib.Path(folder, scene["filename"])),
                metadata=fo.ImageMetadata(width=width, height=height),
                ground_truth=fo.Detections(
                    detections=[fo.Detection(**label) for label in scene["labels"]]
                ),
            )
            for scene in drawn
        ],
        dynamic=True,
        progress=False,
    )
    # for the keep rule of the test: a rule that no label matches is refused
    dataset.limit(1).tag_labels("reviewed", "ground_truth")
    dataset.save_workspace(WORKSPACE, demo_app.spaces())
    return dataset


if __name__ == "__main__":
    main()
