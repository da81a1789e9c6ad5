"""The likelihood that two labels mark one object, estimated from the dataset alone.

The IoUs of pairs above :data:`~.cells.LOWEST` are a mixture of two sorts:

- *duplicates*, two people's boxes of one object. How well two people agree at each size
  is known from double annotations, and is not fitted;
- *neighbors*, the boxes of two objects. Their densities are fitted.

What is compared is not only the IoU. Boxes that the image's border cuts agree there
anyway, so a pair is seen by its number of *free* sides: the fewer, the better
must two boxes of one object agree. Duplicates occur at the sizes and borders at which
labels occur; neighbors do not. And one box reaches over another on about half of the
free sides if both are of one object, but on all or none if one object is
inside the other.

The share of duplicates is estimated for each class pair, and drawn toward that of class
pairs like it: labels of one class, of two classes of about equal size, and of two
classes of which one is the larger (a table and a pizza).

Assumptions: given the sort and the class pair, IoU, sides and sizes are independent
but for the dependence stated above; the labels in pairs are of the sizes that
all labels have; objects are labeled twice regardless of size and place.

Sources: a mixture is fitted by expectation maximization (Dempster, Laird and Rubin,
1977) with conjugate priors. Counted odds that are multiplied are Fellegi and Sunter's
(A theory for record linkage, 1969). Falling densities are sums of Bernstein polynomials
(Petrone, Bayesian density estimation using Bernstein polynomials, 1999).
"""

from .calibrated import CalibratedModel, class_pairs, size_bins
from .calibration import Calibration, calibrate, calibration_from, to_names
from .evidence import Evidence, EvidenceTally
from .explained import explain, from_verdicts
from .fitting import fit
from .model import LikelihoodModel, Likelihoods, from_dict

__all__ = [
    "CalibratedModel",
    "Calibration",
    "Evidence",
    "EvidenceTally",
    "LikelihoodModel",
    "Likelihoods",
    "calibrate",
    "calibration_from",
    "class_pairs",
    "explain",
    "fit",
    "from_dict",
    "from_verdicts",
    "size_bins",
    "to_names",
]
