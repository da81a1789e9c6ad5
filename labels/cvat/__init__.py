"""The CVAT round trip, which sends labels to be edited and loads only real edits.

FiftyOne's own CVAT backend handles the transport. The plugin first stores each label
that it sends, byte for byte. It compares what the server returns with the stored
labels, and writes only what was edited, through the journal.
"""
