"""Forms as the App receives them."""

import asyncio
import json

import fiftyone.operators as foo
from fiftyone.operators import types
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


def errors(fields):
    return [field.error_message for field in fields.values() if field.invalid]


def texts(fields):
    """Returns the texts of notices and warnings."""
    return {
        type(field.view).__name__: f"{field.view.label} {field.view.description or ''}"
        for field in fields.values()
        if isinstance(field.view, types.Notice | types.Warning)
    }


def default_values(fields):
    """Returns the values that the App sends if a user changes nothing in a form."""
    return {
        name: field.default
        for name, field in fields.items()
        if field.default is not None and not isinstance(field.type, types.View)
    }
