"""The messages of the browser: each is one function here."""
