"""The environment variables that separate a FiftyOne from the user's own."""

import os
import pathlib

_INHERITED = ("FIFTYONE_PRIVATE_DATABASE_PORT", "FIFTYONE_DISABLE_SERVICES")
_CONFIGS = ("CONFIG", "APP_CONFIG", "ANNOTATION_CONFIG", "EVALUATION_CONFIG")


def variables(folder, uri, database_name):
    """Returns the ``FIFTYONE_*`` variables of a FiftyOne confined to one folder.

    Args:
        folder: the folder for its plugins, data and settings
        uri: the URI of its MongoDB
        database_name: its database, so that databases of other FiftyOnes on the
            same MongoDB are not touched

    Returns:
        a dict of strings
    """
    folder = pathlib.Path(folder).resolve()
    return {
        "FIFTYONE_DATABASE_URI": uri,
        "FIFTYONE_DATABASE_NAME": database_name,
        "FIFTYONE_DATABASE_VALIDATION": "false",
        "FIFTYONE_PLUGINS_DIR": str(folder / "plugins"),
        "FIFTYONE_DEFAULT_DATASET_DIR": str(folder / "datasets"),
        "FIFTYONE_DATASET_ZOO_DIR": str(folder / "zoo"),
        "FIFTYONE_MODEL_ZOO_DIR": str(folder / "models"),
        "FIFTYONE_DO_NOT_TRACK": "true",
        "FIFTYONE_ALLOW_LEGACY_ORCHESTRATORS": "true",
        **{
            f"FIFTYONE_{name}_PATH": str(folder / "settings" / f"{name.lower()}.json")
            for name in _CONFIGS
        },
    }


def apply(values):
    """Sets variables for this process and its children, before FiftyOne is imported.

    Args:
        values: a dict, see :func:`variables`
    """
    for name in _INHERITED:
        os.environ.pop(name, None)
    os.environ.update(values)
