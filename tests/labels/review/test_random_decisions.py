"""Changes do what was stated before them, in any sequence of decisions."""

import pytest
import random_decisions

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


@pytest.mark.parametrize(
    ("of", "seed", "steps"),
    [
        ("images", 1, 10),
        ("videos", 1, 10),
        *(
            pytest.param(of, seed, 25, marks=pytest.mark.long)
            for of, last in (("images", 90), ("videos", 30))
            for seed in range(2, last)
        ),
    ],
)
def test_no_sequence_of_decisions_does_anything_but_what_it_states(
    make_dataset, of, seed, steps
):
    history = random_decisions.history(make_dataset, of, seed)
    for _ in range(steps):
        history.step()
    history.finish()
