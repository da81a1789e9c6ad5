"""The labels that a cut removes from one sample, by the rules of the tests alone."""

import naive

LOWEST = 0.05  # pairs below this IoU are not stored


def said(people):
    """Returns the two labels, the verdict, and the kept label or None, of each."""
    return [(one["labels"], one["verdict"], one["kept"]) for one in people]


def removed_by_verdicts(found, cut, people, same_class):
    """Returns the ids of the labels of one sample that verdicts remove."""
    return naive.removed_by(said(people), scanned(found, cut, same_class))


def removed(found, cut, people, above, same_class):
    """Returns which labels of one sample are removed, those of another field first."""
    overlap = naive.iou if cut["metric"] == "IoU" else naive.ios
    mine = [label["in"] == cut["field"] for label in found]
    real = {frozenset(v["labels"]) for v in people if v["verdict"] == "real"}
    edges, removable = [], set(range(len(found))) if all(mine) else set()
    for j, second in enumerate(found):
        for i, first in enumerate(found[:j]):
            if cut["other"] and mine[i] == mine[j]:
                continue
            value = overlap(first["box"], second["box"])
            if value > 0:
                removable.add(j)
            is_real = frozenset((first["id"], second["id"])) in real
            differ = cut["classwise"] and first["class"] != second["class"]
            classes = frozenset((first["class"], second["class"]))
            limit = above.get(classes, cut["threshold"])
            if value > limit and not is_real and not differ:
                edges.append((i, j))
    removing = removed_by_verdicts(found, cut, people, same_class)
    keeping = {v["kept"] for v in people} - removing
    gone, kept = (
        {k for k, label in enumerate(found) if label["id"] in ids}
        for ids in (removing, keeping)
    )
    rank = None
    if cut["keep"] == "Largest":
        sizes = [-label["box"][2] * label["box"][3] for label in found]
        order = sorted(range(len(found)), key=lambda k: (sizes[k], k))
        rank = [order.index(k) for k in range(len(found))]
    given = (cut["method"], edges, gone & removable, kept, removable, rank)
    return [found[k] for k in naive.judged(*given)]


def scanned(found, cut, same_class):
    """Returns the labels of one sample that are in a pair of the scan of a cut."""
    return {
        label["id"]
        for label in found
        if any(
            naive.iou(label["box"], other["box"]) > LOWEST
            and not (cut["other"] and label["in"] == other["in"])
            and not (same_class and label["class"] != other["class"])
            for other in found
            if other is not label
        )
    }
