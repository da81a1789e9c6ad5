"""Trips of the tests of CVAT."""

import cvat_data


def send_all(dataset, account, anno_key="trip", run=None, **given):
    from duplicates.labels.cvat.send import selection, send, upload

    ids = [str(_id) for _id in cvat_data.stored(dataset)]
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, label_ids=ids)
    options = upload.Options.parse(given)
    return send.send(dataset, account, chosen, options, anno_key, run)


def nothing_here(dataset):
    """Returns whether a dataset has no stored trip, label or run."""
    from duplicates.labels import store

    own = {"dataset_id": dataset._doc.id}
    trips = [t["_id"] for t in store.collection("cvat_trips").find(own)]
    dataset.reload()
    return trips == [] and dataset.list_annotation_runs() == []


def send_trip(dataset, account, **given):
    from duplicates.labels.cvat.send import selection, send

    given = given or {"label_ids": [str(_id) for _id in cvat_data.stored(dataset)]}
    chosen = selection.select(dataset, label_field=cvat_data.FIELD, **given)
    return send.send(dataset, account, chosen, anno_key="trip")


def set_values(dataset, label_id, **values):
    changes = {f"{cvat_data.PATH}.$[label].{k}": v for k, v in values.items()}
    dataset._sample_collection.update_one(
        {f"{cvat_data.PATH}._id": label_id},
        {"$set": changes},
        array_filters=[{"label._id": label_id}],
    )
