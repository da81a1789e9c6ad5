import pytest


@pytest.fixture(autouse=True, scope="session")
def running_database(database):
    """Every test of this folder has a database."""
