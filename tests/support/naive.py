"""Plain loops over pairs of Python floats, for comparison with the fast code."""

import itertools


def iou(a, b):
    """Returns the IoU of two ``[x, y, w, h]``, in FiftyOne's order of operations."""
    inter = intersection(a, b)
    if inter == 0:
        return 1.0 if _same_without_area(a, b) else 0.0
    union = a[3] * a[2] + b[3] * b[2] - inter
    return min(inter / union, 1.0) if union > 0 else 1.0


def ios(a, b):
    """Returns the intersection over the smaller area."""
    inter = intersection(a, b)
    if inter == 0:
        return 1.0 if _same_without_area(a, b) else 0.0
    smaller = min(a[3] * a[2], b[3] * b[2])
    return min(inter / smaller, 1.0) if smaller > 0 else 1.0


def intersection(a, b):
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return h * w if w > 0 and h > 0 else 0.0


def toward_crowd(a, crowd):
    """Returns a label's IoU with a crowd region: intersection / area of the label."""
    if intersection(a, crowd) == 0 and not _same_without_area(a, crowd):
        return 0.0
    area = a[3] * a[2]
    return min(intersection(a, crowd) / area, 1.0) if area > 0 else 1.0


def overlaps(boxes, image, classes=None, iscrowd=None, side=None):
    """Returns ``(max_iou, partner, earlier_iou, pairs)`` by comparing all pairs.

    ``pairs`` are ``(i, j, iou, ios, decides)`` of all pairs that overlap.
    """
    boxes = [[float(v) for v in box] for box in boxes]
    n = len(boxes)
    max_iou, partner, earlier = [0.0] * n, [-1] * n, [0.0] * n
    pairs = []
    for i, j in itertools.combinations(range(n), 2):
        if image[i] != image[j]:
            continue
        if classes is not None and classes[i] != classes[j]:
            continue
        if side is not None and side[i] == side[j]:
            continue
        value = iou(boxes[i], boxes[j])
        if value == 0:
            continue
        decides = iscrowd is None or iscrowd[i] == iscrowd[j]
        pairs.append((i, j, value, ios(boxes[i], boxes[j]), bool(decides)))
        if decides:
            earlier[j] = max(earlier[j], value)
        for a, b in ((i, j), (j, i)):
            mine = value
            if not decides and iscrowd[b]:
                mine = toward_crowd(boxes[a], boxes[b])
            if mine > max_iou[a] or (mine == max_iou[a] and b < partner[a]):
                max_iou[a], partner[a] = mine, b
    return max_iou, partner, earlier, pairs


def simple(edges):
    """Returns the later label of every pair."""
    return sorted({j for _, j in edges})


def greedy(edges):
    """Removes the label with the most remaining pairs, the earliest of equals."""
    left = list(edges)
    removed = []
    while left:
        counts = {}
        for i, j in left:
            counts[i] = counts.get(i, 0) + 1
            counts[j] = counts.get(j, 0) + 1
        most = max(counts.values())
        k = min(node for node, count in counts.items() if count == most)
        removed.append(k)
        left = [(i, j) for i, j in left if k not in (i, j)]
    return sorted(removed)


def is_cover(i, j, removed):
    """Returns whether every edge has an end among the removed nodes."""
    gone = set(removed.tolist())
    return all(a in gone or b in gone for a, b in zip(i.tolist(), j.tolist()))


def nms(edges):
    """Keeps nodes from the first down, and removes the later neighbors of each."""
    removed = set()
    for k in sorted({node for edge in edges for node in edge}):
        if k not in removed:
            removed |= {j for i, j in edges if i == k}
    return sorted(removed)


def fewest(edges):
    """Removes as few nodes as possible; of all such sets, the one that keeps first."""
    removed, left = [], {node for edge in edges for node in edge}
    while left:
        part, more = set(), {min(left)}
        while more:
            part |= more
            more = {b for e in edges for a, b in (e, e[::-1]) if a in part} - part
        left -= part
        own = [edge for edge in edges if edge[0] in part]
        removed += _fewest_of(sorted(part), own)
    return sorted(removed)


def _fewest_of(nodes, edges):
    for size in range(len(nodes)):
        sets = itertools.combinations(nodes, size)
        covers = [c for c in map(set, sets) if all(i in c or j in c for i, j in edges)]
        if covers:
            return min(covers, key=lambda cover: [k for k in nodes if k not in cover])
    return []


METHODS = {"simple": simple, "greedy": greedy, "nms": nms, "fewest": fewest}


def covered(method, edges, rank=None):
    """Returns the nodes that a method removes.

    Args:
        method: a key of :data:`METHODS`
        edges: pairs of nodes
        rank (None): the preference of each node, 0 for the most preferred; by default
            the order of the nodes
    """
    if rank is None:
        return METHODS[method](edges)
    # of nodes with equally many edges, greedy removes the lowest: the least preferred
    place = [-r for r in rank] if method == "greedy" else list(rank)
    named = [tuple(sorted((place[i], place[j]))) for i, j in edges]
    return sorted(place.index(k) for k in METHODS[method](named))


def judged(method, edges, removed, kept, removable, rank=None):
    """Returns the nodes that a method removes where people removed and kept some.

    Args:
        method: a key of :data:`METHODS`
        edges: pairs of nodes
        removed: the nodes that people removed
        kept: the nodes that people kept
        removable: the nodes that may be removed
        rank (None): as for :func:`covered`
    """
    edges = [edge for edge in edges if not removed & set(edge)]
    ends = [(a, b) for edge in edges for a, b in (edge, edge[::-1])]
    beaten = {a for a, b in ends if b in kept} - kept
    beaten &= removable
    rest = [edge for edge in edges if not (beaten | kept) & set(edge)]
    return sorted({*removed, *beaten, *covered(method, rest, rank)})


def removed_by(verdicts, there):
    """Returns which labels of a sample the verdicts of people remove.

    Args:
        verdicts: the two labels, the verdict, and the kept label or None, of each
        there: the labels of the sample that were scanned
    """

    def is_kept_instead(label, seen):
        found = {kept for pair, _, kept in verdicts if label in pair and kept}
        found -= {label, *seen}
        return any(k in there or is_kept_instead(k, {*seen, label}) for k in found)

    both = {k for pair, kind, _ in verdicts if kind == "remove_both" for k in pair}
    return {k for k in there if k in both or is_kept_instead(k, set())}


def _same_without_area(a, b):
    def corners(box):
        return box[0], box[1], box[0] + box[2], box[1] + box[3]

    return a[3] * a[2] == 0 and corners(a) == corners(b)
