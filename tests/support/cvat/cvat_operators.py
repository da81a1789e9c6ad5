"""Calls of the operators for CVAT."""

URI = "@iou/duplicates/"


def call(name, dataset, **params):
    import fiftyone.operators as foo

    return foo.get_operator(URI + name)(dataset, **params).result


def scan(dataset):
    return call("find_duplicates", dataset, label_field="ground_truth")["scan_key"]


def form(name, dataset, **params):
    import fiftyone.operators as foo
    from fiftyone.operators.executor import ExecutionContext, Executor

    operator = foo.get_operator(URI + name)
    ctx = ExecutionContext(
        request_params={"dataset_name": dataset.name, "params": params},
        executor=Executor(),
        operator_uri=URI + name,
        required_secrets=operator._plugin_secrets,
    )
    return operator.resolve_type(ctx, "inputs").type.properties


def declare(dataset):
    import fiftyone as fo

    path = "ground_truth.detections"
    for name, kind in (("color", fo.StringField), ("size", fo.FloatField)):
        dataset.add_sample_field(f"{path}.{name}", kind)
    dataset.add_sample_field(f"{path}.when", fo.DateTimeField)
    dataset._sample_collection.update_many(
        {f"{path}.0": {"$exists": True}},
        {"$set": {f"{path}.0.color": "red", f"{path}.0.size": 0.5}},
    )
    dataset.reload()
