"""The operators as Python functions, with signatures and docstrings.

They call the operators, which remain the only implementation::

    import fiftyone.operators as foo

    dup = foo.get_operator("@iou/duplicates/find_duplicates").functions
    dup.find_duplicates(dataset, "ground_truth", iou_thresh=0.75)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import fiftyone.operators as foo

from . import parameters, returned

_INDENT = " " * 4
_COLLECTION = "sample_collection: a dataset or a view"
_DELEGATE = "delegate (False): whether to queue it for a background worker"


def names_of(operator: Any) -> list[str]:
    """Returns the parameters of an operator: what it acts on, and then the others."""
    acts_on = [name for some in operator.choices.values() for name in some]
    first = [
        name for name in ("label_field", "scan_key") if name in operator.parameters
    ]
    last = ["run_id"] if operator.delegable else []
    return list(dict.fromkeys([*first, *acts_on, *operator.parameters, *last]))


def of(operators: Sequence[Any]) -> SimpleNamespace:
    """Returns a namespace of functions, one for each class of operators.

    Args:
        operators: the classes
    """
    return SimpleNamespace(**{op.name_: _function(op) for op in operators})


def _function(operator: Any) -> Callable[..., Any]:
    uri, names = f"@iou/duplicates/{operator.name_}", names_of(operator)
    by_place = [inspect.Parameter("sample_collection", _BY_PLACE)]
    if "label_field" in names:
        by_place.append(inspect.Parameter("label_field", _BY_PLACE, default=None))
    options = [name for name in names if name != "label_field"]
    options += ["delegate"] if operator.delegable else []
    by_name = [inspect.Parameter(name, _BY_NAME, default=None) for name in options]
    signature = inspect.Signature([*by_place, *by_name])

    def function(*args: Any, **given: Any) -> Any:
        bound = signature.bind(*args, **given).arguments
        samples = bound.pop("sample_collection")
        given = {name: value for name, value in bound.items() if value is not None}
        return foo.get_operator(uri)(samples, **given)

    function.__name__ = function.__qualname__ = operator.name_
    function.__doc__ = _docstring(operator, names)
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function


_BY_PLACE = inspect.Parameter.POSITIONAL_OR_KEYWORD
_BY_NAME = inspect.Parameter.KEYWORD_ONLY


def _docstring(operator: Any, names: Sequence[str]) -> str:
    lines = [_COLLECTION]
    for name in names:
        words = parameters.DESCRIPTIONS[name]
        lines.append(f"{name} ({parameters.TYPES[name]}): {words}")
    lines += [_DELEGATE] if operator.delegable else []
    args = "\n".join(_INDENT + line for line in lines)
    found = "\n".join(
        f"{_INDENT}{name}: {returned.MEANINGS[name]}"
        for name in dict.fromkeys((*operator.returns, "message"))
    )
    return (
        f"{operator.description}. Writes {operator.writes}.\n\n"
        f"Args:\n{args}\n\nReturns, some depending on the parameters:\n{found}\n"
    )
