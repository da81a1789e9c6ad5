"""The demo: a dataset with duplicates, found by the plugin, shown in the App.

``make demo`` runs it. Everything it makes lies in ``.demo``; a user's own FiftyOne is
neither read nor written, also while it runs.
"""

import argparse
import atexit
import os
import pathlib
import signal
import sys

from dev import environment, mongod, release

FOLDER = release.ROOT / ".demo"
DATABASE_NAME = "duplicates-demo"


def main():
    """Runs the demo that the command line asks for, and ends what it started."""
    options = _parser().parse_args()
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    try:
        _run(options)
    except mongod.MongodError as error:
        sys.exit(str(error))


def _run(options):
    folder = pathlib.Path(options.folder)
    environment.apply(_environment(folder))
    # FiftyOne reads its environment when it is imported: not before this line.
    from dev.demo import app, data, report

    try:
        port = app.free_port(options.port)
        dataset = data.prepare(options, folder)
    except (data.DataError, app.PortError) as error:
        sys.exit(str(error))
    report.print_duplicates(dataset, *data.comparison(dataset))
    if not options.once:
        app.serve(dataset, port, folder, open_browser=not options.headless)


def _environment(folder):
    release.copy(folder / "plugins" / "duplicates")
    uri = os.environ.get("FIFTYONE_DATABASE_URI")
    if not uri:
        server = mongod.Mongod(folder / "db")
        # FiftyOne cleans up at exit, after this module's code, and needs its database.
        atexit.register(server.stop)
        server.start()
        uri = server.uri
    values = environment.variables(folder, uri, DATABASE_NAME)
    return {**values, "FIFTYONE_LOGGING_LEVEL": "WARNING"}


def _end(number, _frame):
    # Ending takes a moment: one more Ctrl-C must not cut it short.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0 if number == signal.SIGINT else 128 + number)


def _parser():
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    add = parser.add_argument
    add("--annotations", help="a file in COCO's format, compressed with gzip or not")
    add("--images", help="the folder of its images; they may be missing")
    add("--dataset", help="a dataset of FiftyOne's zoo")
    add("--kind", help="draw labels of another kind than boxes")
    add("--max-samples", type=int, help="how many images to load at most")
    add("--port", type=int, help="the App's port; by default the first free from 5151")
    add("--headless", action="store_true", help="open no browser")
    add("--once", action="store_true", help="print the tables and end")
    add("--folder", default=FOLDER, help="where everything is kept")
    return parser


if __name__ == "__main__":
    main()
