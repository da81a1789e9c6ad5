"""Serves a drawn dataset in the App, with the panel beside the grid, until it is ended.

Its environment says which database and plugins; arguments: the folder for the images,
how many of them, the dataset's name, and the port.
"""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main():
    """Makes the dataset and serves it."""
    import fiftyone as fo

    from dev.demo import app as demo_app
    from dev.drawing import scenes, street

    folder, count, name, port = sys.argv[1:]
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
            for scene in scenes.make(folder, int(count))
        ],
        dynamic=True,
        progress=False,
    )
    # for the keep rule of the test: a rule that no label matches is refused
    dataset.limit(1).tag_labels("reviewed", "ground_truth")
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
