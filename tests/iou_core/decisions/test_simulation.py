"""In 200 drawn datasets of each mix, likelihoods and numbers hold what they state."""

import numpy as np
import pytest

from dev.simulation.reliability import Summary, of_scene
from dev.simulation.scenes import MIXES
from duplicates.iou_core.decisions.cost import DRAWS, CostTally
from duplicates.iou_core.decisions.likelihood import EvidenceTally, fit
from duplicates.iou_core.overlaps import find_overlaps

DATASETS = 200
_FIRST = 1000  # the model was made on lower seeds


@pytest.mark.long
@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: mix.name)
def test_each_band_and_the_numbers_of_a_cut_hold_what_they_state(mix):
    found = Summary()
    for seed in range(_FIRST, _FIRST + DATASETS):
        scene = of_scene(find_overlaps, EvidenceTally, fit, mix, 1500, seed)
        found.add(scene, CostTally(1, DRAWS))

    share, many = found.held / found.of, found.count >= 500
    assert (share[1:] >= 0.8).all(), share
    apart = (found.stated - found.true)[many] / found.count[many]
    assert np.abs(apart).max() < 0.1, apart
    assert found.numbers >= 0.85 * DATASETS
