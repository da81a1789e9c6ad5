"""Calls operators of the plugin as a user would from Python.

``call_operator.py DATASET`` answers each line of JSON, a list of an operator's name and
its parameters, with its result in a line of JSON.
"""

import contextlib
import json
import sys


def main():
    """Calls operators until there are no more lines."""
    import fiftyone as fo
    import fiftyone.operators as foo

    for line in sys.stdin:
        operator, *params = json.loads(line)
        with contextlib.redirect_stdout(sys.stderr):
            dataset = fo.load_dataset(sys.argv[1])
            dataset.reload()
            call = foo.get_operator(f"@iou/duplicates/{operator}")
            result = call(dataset, **dict(*params)).result
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
