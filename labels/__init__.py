"""FiftyOne's database in, arrays out, and back: nothing else touches labels."""
