"""The CVAT round trip: labels out to be edited, and only real edits back in.

FiftyOne's own CVAT backend does the transport. What is sent is kept byte for byte
first; what comes back is compared with it, and only what somebody edited is written,
through the journal.
"""
