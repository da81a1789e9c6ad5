"""Calls an operator of the plugin as a user would from Python; prints its result.

``call_operator.py DATASET OPERATOR PARAMS-AS-JSON``
"""

import json
import sys


def main():
    """Calls what the command line names."""
    import fiftyone as fo
    import fiftyone.operators as foo

    name, operator, params = sys.argv[1:]
    dataset = fo.load_dataset(name)
    call = foo.get_operator(f"@iou/duplicates/{operator}")
    print(json.dumps(call(dataset, **json.loads(params)).result))


if __name__ == "__main__":
    main()
