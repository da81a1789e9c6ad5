"""Attributes that the plugin computes, and what may be stored in them."""
