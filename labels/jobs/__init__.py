"""Work that takes time: progress, cancellation, locks, and workers."""
