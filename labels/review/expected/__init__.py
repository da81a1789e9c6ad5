"""The expected effects of cuts, before a person has reviewed them."""
