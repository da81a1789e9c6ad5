from hypothesis import settings

# the same examples in every run, and no clock that could fail one
settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")
