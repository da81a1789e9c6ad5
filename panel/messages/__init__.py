"""The messages of the browser: each is one function here, which returns an Answer."""
