import pytest


@pytest.fixture(autouse=True, scope="session")
def running_database(database):
    """Starts a database for every test of this folder."""
