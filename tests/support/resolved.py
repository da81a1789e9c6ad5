"""Forms as the App receives them."""

import asyncio
import json

import fiftyone.operators as foo
from fiftyone.operators.executor import resolve_type
from fiftyone.operators.registry import OperatorRegistry


def form(name, dataset, **params):
    """Returns the form of an operator, with the values that a user has entered."""
    found = asyncio.run(
        resolve_type(
            OperatorRegistry(),
            f"@iou/duplicates/{name}",
            {
                "dataset_name": dataset.name,
                "dataset_id": str(dataset._doc.id),
                "params": params,
                "view": [],
                "target": "inputs",
            },
        )
    )
    assert not isinstance(found, foo.executor.ExecutionResult), found.error
    json.dumps(found.to_json())
    return found


def fields(name, dataset, **params):
    """Returns the fields of a form by name."""
    return dict(form(name, dataset, **params).type.properties)
