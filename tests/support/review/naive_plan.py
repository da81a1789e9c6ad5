"""Plans and objects of small samples, by plain loops over labels.

A label is a dict of ``id``, ``box``, ``class``, ``is_crowd`` and ``in``, its field. A
cut is a dict of ``other``, ``metric``, ``thresh``, ``method``, ``keep`` and
``classwise``, and knows the pairs of a scan of the same.
"""

import naive

LOWEST, LOWEST_IOS = 0.05, 0.5  # pairs of less are not stored
MEASURES = {"iou": naive.iou, "ios": naive.ios}


def edges(labels, cut, rules, people):
    """Returns the pairs above the threshold, as places in the list.

    Args:
        labels: the labels of one sample, those of another field first
        cut: the cut
        rules: the rules of class pairs
        people: ``(labels, verdict, kept)`` of each verdict
    """
    own = {frozenset(rule["classes"]): rule for rule in rules}
    real = {frozenset(pair) for pair, verdict, _ in people if verdict == "real"}
    return [
        (i, j)
        for i, j in _compared(labels, cut)
        if _is_above(labels[i], labels[j], cut, own, real)
    ]


def _compared(labels, cut):
    for j, second in enumerate(labels):
        for i, first in enumerate(labels[:j]):
            if not cut["other"] or first["in"] != second["in"]:
                yield i, j


def _is_above(first, second, cut, own, real):
    rule = own.get(frozenset((first["class"], second["class"])), {})
    thresh = rule.get("iou_thresh") or cut["thresh"]
    return (
        MEASURES[cut["metric"]](first["box"], second["box"]) > thresh
        and first["is_crowd"] == second["is_crowd"]
        and not (cut["classwise"] and first["class"] != second["class"])
        and not rule.get("may_overlap")
        and frozenset((first["id"], second["id"])) not in real
    )


def scanned(labels, cut):
    """Returns the ids of the labels in stored pairs, and of the later one of each."""
    both, later = set(), set()
    for i, j in _compared(labels, cut):
        first, second = labels[i], labels[j]
        if cut["classwise"] and first["class"] != second["class"]:
            continue
        iou = naive.iou(first["box"], second["box"])
        if iou > LOWEST or naive.ios(first["box"], second["box"]) > LOWEST_IOS:
            both |= {first["id"], second["id"]}
            later.add(second["id"])
    return both, later


def removed(labels, cut, rules, people):
    """Returns the ids of the labels of one sample that a plan removes."""
    found = edges(labels, cut, rules, people)
    there, later = scanned(labels, cut)
    removing = naive.removed_by(people, there)
    keeping = {kept for _, _, kept in people if kept} - removing
    removable = {
        k for k, label in enumerate(labels) if not cut["other"] or label["id"] in later
    }
    by_people, kept = (
        {k for k, label in enumerate(labels) if label["id"] in ids}
        for ids in (removing & there, keeping & there)
    )
    rank = _rank(labels, cut["keep"])
    given = (cut["method"], found, by_people & removable, kept, removable, rank)
    return {labels[k]["id"] for k in naive.judged(*given)}


def _rank(labels, keep):
    if not keep:
        return None
    keys = {
        "last": lambda k: -k,
        "largest": lambda k: (-labels[k]["box"][2] * labels[k]["box"][3], k),
    }
    order = sorted(range(len(labels)), key=keys[keep])
    return [order.index(k) for k in range(len(labels))]


def objects(labels, cut, rules, people):
    """Returns the objects of one sample, as sets of ids: groups of two or more."""
    group = list(range(len(labels)))
    for i, j in edges(labels, cut, rules, people):
        group = [group[i] if g == group[j] else g for g in group]
    found = {}
    for label, number in zip(labels, group):
        found.setdefault(number, set()).add(label["id"])
    return [ids for ids in found.values() if len(ids) > 1]


def emptied(labels, gone, cut, rules, people):
    """Returns how many objects lose every label: unasked, and by consent."""
    there, _ = scanned(labels, cut)
    removing = naive.removed_by(people, there)
    both = {k for pair, verdict, _ in people if verdict == "remove_both" for k in pair}
    lost = [ids for ids in objects(labels, cut, rules, people) if ids <= gone]
    asked = sum(ids <= removing and bool(ids & both) for ids in lost)
    return len(lost) - asked, asked
