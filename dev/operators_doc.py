"""Writes ``docs/operators.md`` from the operators' code.

Usage: ``python -m dev.operators_doc``
"""

import pathlib

import duplicates_loader

PATH = pathlib.Path(__file__).resolve().parents[1] / "docs" / "operators.md"

_HEAD = """# Operators

Written by `python -m dev.operators_doc` from the operators' code.

Each operator `@iou/duplicates/NAME` is a Python function as well:

```python
import fiftyone as fo
import fiftyone.operators as foo

dup = foo.get_operator("@iou/duplicates/find_duplicates").functions
dataset = fo.load_dataset("my-dataset")
found = dup.find_duplicates(dataset, "ground_truth", iou_thresh=0.75)
```

The first argument is a dataset or a view. The second is `label_field`, where an
operator has one; all others are given by name. `help(dup.find_duplicates)` prints what
is below. A result's values are its attributes: `found.count`, `found.label_ids`,
`found.scan_key`; `found.result` is the JSON object.

*Risk* is what agents see: an operator of *high* risk is run only after asking.
*Background* means that `delegate=True` queues it for `fiftyone delegated launch`.
*Writes* is what is changed, *returns* the values of the result, which the end of this
page describes; some depend on the parameters.
"""


def text():
    """Returns the text of the document."""
    operators = duplicates_loader.load_module("operators")
    meanings = duplicates_loader.load_module("operators.returned").MEANINGS
    rows = [f"| `{name}` | {meaning} |" for name, meaning in meanings.items()]
    values = ["## Values of the results", "", "| value | |", "|---|---|", *rows, ""]
    return "\n".join([_HEAD, *map(_section, operators.OPERATORS), *values])


def _section(operator):
    functions = duplicates_loader.load_module("operators.functions")
    browser = (
        "runs by name" if operator.unlisted else f"in the browser: *{operator.label}*"
    )
    facts = [browser, f"risk: {operator.risk}"]
    facts += ["background"] if operator.delegable else []
    returns = dict.fromkeys(operator.returns)
    lines = [
        f"## {operator.name_}",
        "",
        f"{operator.description}.",
        "",
        " · ".join(facts),
        "",
        f"Writes: {operator.writes}.",
        "",
        "Returns: " + ", ".join(f"`{name}`" for name in (*returns, "message")) + ".",
        "",
    ]
    names = functions.names_of(operator)
    if names:
        lines += ["| parameter | type | |", "|---|---|---|", *map(_row, names), ""]
    return "\n".join(lines)


def _row(name):
    parameters = duplicates_loader.load_module("operators.parameters")
    return f"| `{name}` | {parameters.TYPES[name]} | {parameters.DESCRIPTIONS[name]} |"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
