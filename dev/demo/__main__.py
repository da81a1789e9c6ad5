"""The demo: a dataset with duplicates that the plugin finds and the App shows.

``make demo`` runs it. Everything that it makes is in ``.demo``; a user's own FiftyOne
is neither read nor written, even while it runs.
"""

import argparse
import atexit
import os
import pathlib
import signal
import sys

from dev import environment, mongod, release
from dev.demo import first

FOLDER = release.ROOT / ".demo"
DATABASE_NAME = "duplicates-demo"


def main():
    """Runs the demo that the command line asks for, and ends its processes."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    try:
        _run(options)
    except mongod.MongodError as error:
        sys.exit(str(error))


def _run(options):
    folder = pathlib.Path(options.folder)
    if address := first.address(folder):
        sys.exit(f"A demo is running already, at {address}. End it first.")
    environment.apply(_environment(folder))
    # FiftyOne reads its environment on import, so it must not be imported earlier.
    from dev.demo import app, data, report

    try:
        app.check_port(options.port)
        dataset = data.prepare(options, folder)
        if options.once or not dataset.list_runs():
            report.print_duplicates(dataset, *data.comparison(dataset))
        if not options.once:
            app.serve(dataset, options.port, folder, not options.headless)
    except (data.DataError, app.PortError) as error:
        sys.exit(str(error))


def _environment(folder):
    release.copy(folder / "plugins" / "duplicates")
    uri = os.environ.get("FIFTYONE_DATABASE_URI")
    if not uri:
        mongod.ensure()
        server = mongod.Mongod(folder / "db")
        # FiftyOne cleans up at exit, after this module's code, and needs its database.
        atexit.register(server.stop)
        server.start()
        uri = server.uri
    values = environment.variables(folder, uri, DATABASE_NAME)
    return {**values, "FIFTYONE_LOGGING_LEVEL": "WARNING"}


def _end(number, _frame):
    # Another Ctrl-C must not interrupt the cleanup.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0 if number == signal.SIGINT else 128 + number)


def _parser():
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    add = parser.add_argument
    add("--annotations", help="a file in COCO's format, may be gzipped")
    add("--images", help="the folder of its images; they may be missing")
    add("--dataset", help="a dataset of FiftyOne's zoo")
    add("--kind", help="the kind of label to draw instead of boxes")
    add("--max-samples", type=int, help="the maximum number of images to load")
    add("--reset", action="store_true", help="discard what was done in the demo before")
    add("--port", type=int, help="the App's port; by default the first free from 5151")
    add("--headless", action="store_true", help="open no browser")
    add("--once", action="store_true", help="print the tables and exit")
    add("--folder", default=FOLDER, help="the folder for everything the demo makes")
    return parser


if __name__ == "__main__":
    main()
