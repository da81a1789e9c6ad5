"""Views that have to be split among workers, and the results of searching them."""

import generated
from bson import ObjectId
from fiftyone import ViewField as F

from duplicates.labels import store
from duplicates.labels.jobs.engines import Engine
from duplicates.labels.review import pairs
from duplicates.labels.scans import search as find
from duplicates.labels.scans import stored as scans
from duplicates.labels.scans.blocks import block_store

FIELD = "ground_truth"
PATH = f"{FIELD}.detections"
PROCESSES = Engine("processes", 2)
MADE_UP = ("scan_uuid", "created_at", "scan_key")

VIEWS = {
    "the dataset": lambda dataset: dataset,
    "labels that match": lambda dataset: dataset.filter_labels(
        FIELD, F("label").is_in(["cat", "dog"]), only_matches=False
    ),
    "samples that match": lambda dataset: dataset.match(F(PATH).length() > 2),
    "some in the middle": lambda dataset: dataset.skip(7).limit(31),
    "sorted": lambda dataset: dataset.sort_by("filepath", reverse=True),
    "some of the shuffled samples": lambda dataset: dataset.shuffle(seed=3).take(
        40, seed=5
    ),
    "chosen, in an order": lambda dataset: dataset.select(
        dataset.values("id")[30::-2], ordered=True
    ),
    "one sample twice": lambda dataset: dataset.limit(20).concat(dataset.limit(1)),
}


def odd(documents, seed=1):
    """Inserts labels that cannot be compared into the lists of samples."""
    for k, document in enumerate(documents):
        labels = (document.get(FIELD) or {}).get("detections")
        if not labels:
            continue
        bad = {"_id": ObjectId(), "_cls": "Detection", "label": f"odd {k % 3}"}
        if k % 4 == 0:
            labels.insert(0, bad)
        if k % 5 == 0:
            labels.append({**labels[-1], "bounding_box": [0, 0, -1, float("nan")]})
        if k % 7 == 0:
            labels.append({**labels[-1]})
    return documents


def make_odd(dataset):
    """Adds invalid labels, and reinserts half of the samples after the others."""
    collection = dataset._sample_collection
    documents = odd(list(collection.find()))
    collection.delete_many({})
    collection.insert_many(documents[1::2] + documents[::2])
    return dataset


def scanned_again(samples, params, found):
    """Scans what was edited since a scan; the result must be that of a full scan."""
    again = find.find_duplicates(samples, params, title="a scan", since=found.scan_key)
    assert recorded(samples, again) == search(samples, params)
    return again


def recorded(samples, found):
    """Returns everything that a search found and stored, except for generated keys."""
    config = scans.open_scan(samples, found.scan_key).config
    stored = block_store.classes(config["scan_uuid"])
    counts = {
        name: value.tolist() if hasattr(value, "tolist") else value
        for name, value in stored.items()
        if name not in ("_id", "scan_uuid", "stored")
    }
    pages = pairs.list_pairs(samples, found.scan_key, min_iou=-1, limit=10**6)
    seen = [
        tuple(part[k].tobytes() for part in block)
        for block in block_store.seen_samples(config["scan_uuid"])
        for k in range(len(block[0]))
    ]
    return {
        "label_ids": found.label_ids,
        "images": found.images,
        "by_class": list(found.by_class.items()),
        "skipped": found.skipped.to_dict(),
        "config": {k: v for k, v in config.items() if k not in MADE_UP},
        "counts": counts,
        "pairs": pages.pairs,
        "seen": seen,
    }


def search(samples, params, **options):
    """Returns the results of a search, and deletes its scan."""
    found = find.find_duplicates(samples, params, title="a scan", **options)
    try:
        return recorded(samples, found)
    finally:
        scans.delete(samples, found.scan_key)
        assert not store.collection("blocks").count_documents(
            {"scan_uuid": found.config["scan_uuid"]}
        )


def samples(n=90):
    """Returns samples of every kind for ``make_dataset``."""
    return generated.samples(4, n=n)
