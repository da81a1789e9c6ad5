"""Videos with tracks, without a file."""


def add_video(dataset, frames, filepath="/videos/street.mp4"):
    """Adds a video whose labels are ``(class, box, index)``, or have an instance."""
    import fiftyone as fo

    sample = fo.Sample(filepath=filepath)
    for number, labels in enumerate(frames, 1):
        boxes = fo.Detections(
            detections=[
                fo.Detection(
                    label=name,
                    bounding_box=box,
                    **{"instance" if isinstance(of, fo.Instance) else "index": of},
                )
                for name, box, of in labels
            ]
        )
        sample.frames[number] = fo.Frame(boxes=boxes)
    dataset.add_sample(sample)
    return str(sample.id)
