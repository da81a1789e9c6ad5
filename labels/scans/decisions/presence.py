"""Checks that some label has the tag, class or attribute that a parameter names.

A crowd attribute that is misspelled would make no label a crowd, and a keep rule that
matches nothing would be no rule: both would remove labels that were to be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import fiftyone.core.collections as foc

from ....iou_core.decisions.preference import number_of, place_of
from ....iou_core.errors import ParamsError
from ....iou_core.flags import read_flag
from ....iou_core.keep_rule import CLASS, N_ATTRIBUTES, KeepRule, parse_rules
from ....iou_core.params import ComputeParams
from ...fields import BUILTIN_NAMES, LabelField, require_fields, view_pipeline
from ...plurals import first_of
from ...reading import label_changes

LISTED = 10
"""The largest number of existing tags, classes or values that an error names."""

ANY_ATTRIBUTE: dict[str, Any] = {"attributes": {"$nin": [None, {}]}}
"""Matches labels with any attribute; see :func:`_has_attribute`."""

_CACHED = 256
_Key = tuple[Any, ...]
_faults: dict[_Key, str | None] = {}


def require_present(
    samples: foc.SampleCollection,
    params: ComputeParams,
    classes: Sequence[str | None] = (),
) -> None:
    """Raises an error for attributes or keep rules that match no label.

    Each question is one look for a first label, and its answer is remembered until
    a sample of the dataset changes. Fields without any label raise no error.

    Args:
        samples: a dataset or a view, whose stages may change labels
        params: the parameters
        classes (()): classes that are known to exist

    Raises:
        ParamsError: if there is one; the message names what labels have instead
    """
    rules = parse_rules(list(getattr(params, "keep", ())))
    named = [("evidence", name) for name in getattr(params, "evidence", ())]
    if params.iscrowd is not None:
        named.append(("iscrowd", params.iscrowd))
    if not named and not rules:
        return
    fields = require_fields(samples, (params.label_field, params.other_field))
    for where, name in named:
        fault = _remembered(samples, fields, _Attribute(name))
        if fault is not None:
            raise ParamsError("an attribute that labels have", fault, where)
    for rule in rules:
        if rule.path == CLASS and set(rule.values) & set(classes):
            continue
        fault = _remembered(samples, fields, _Rule(rule))
        if fault is not None:
            got = f"{rule.text!r}: {fault}"
            raise ParamsError("a rule that some label matches", got, "keep")


class _Attribute:
    """The question whether any label has an attribute."""

    def __init__(self, name: str) -> None:
        self.key = ("attribute", name)
        self.match: dict[str, Any] | None = {name: {"$ne": None}}
        self._name = name

    def fault(self, stored: _StoredLabels) -> str | None:
        """Returns what is wrong, once no stored label matched."""
        known = stored.attributes()
        return f"{self._name!r}, which no label has{_there_are(known)}"


class _Rule:
    """The question whether any label matches a keep rule."""

    def __init__(self, rule: KeepRule) -> None:
        self.key = ("keep", rule.text)
        self.match: dict[str, Any] | None = None
        self._rule = rule
        if rule.trait == N_ATTRIBUTES:
            self.match = ANY_ATTRIBUTE
        elif rule.path is not None:
            wanted = {"$in": _stored_forms(rule.values)} if rule.values else rule.key
            self.match = {rule.path: wanted or {"$type": "number"}}

    def fault(self, stored: _StoredLabels) -> str | None:
        """Returns what is wrong, once no stored label matched."""
        rule, row = self._rule, self._rule.definition
        if rule.path is None or not row.usage:
            return f"no label has {f'a {rule.path}' if rule.path else 'an attribute'}"
        known = stored.count(rule.path, unwind=not rule.values)
        if any(place_of(value, rule.values) is not None for value, _ in known):
            return None  # a value that is compared by its text
        if not known and not row.trait:
            names = stored.attributes()
            return f"no label has the attribute {rule.key!r}{_there_are(names)}"
        key = rule.key if rule.values else repr(rule.key)
        what = row.short.format(key=key, values=" or ".join(map(repr, rule.values)))
        return f"no label has the {what}{_there_are(known)}"


def _stored_forms(texts: Iterable[str]) -> list[Any]:
    """Returns the values that MongoDB may hold for the values of a rule."""
    forms: list[Any] = []
    for text in texts:
        number, flag = number_of(text), read_flag(text)
        forms += [text, *([] if number is None else [number])]
        forms += [] if flag is None else [flag]
    return forms


def _has_attribute(path: str) -> dict[str, Any]:
    """Returns what matches documents with a label that has an attribute of any name."""
    labels = {"$cond": [{"$isArray": f"${path}"}, f"${path}", []]}
    values = {"$cond": [{"$eq": [{"$type": "$$label"}, "object"]}, "$$label", {}]}
    is_attribute = {
        "$and": [
            {"$not": {"$in": ["$$pair.k", sorted(BUILTIN_NAMES)]}},
            {"$ne": [{"$substrCP": ["$$pair.k", 0, 1]}, "_"]},
            {"$gt": ["$$pair.v", None]},
        ]
    }
    each = {"input": {"$objectToArray": values}, "as": "pair", "cond": is_attribute}
    has_one = {"$ne": [{"$filter": each}, []]}
    found = {"$map": {"input": labels, "as": "label", "in": has_one}}
    by_name = {"$expr": {"$anyElementTrue": found}}
    return {"$or": [{path: {"$elemMatch": ANY_ATTRIBUTE}}, by_name]}


class _StoredLabels:
    """The labels of fields, as a view sees them."""

    def __init__(
        self, samples: foc.SampleCollection, fields: Sequence[LabelField]
    ) -> None:
        self._fields = fields
        changed = bool(label_changes.of(samples))
        source = samples if changed else samples._root_dataset
        self._collection, self._pipeline = view_pipeline(source, fields[0].on_frames)

    def have(self, match: dict[str, Any]) -> bool:
        """Returns whether any label matches, or there is no label at all."""
        some = [{f"{f.list_path}.0": {"$exists": True}} for f in self._fields]
        these: list[dict[str, Any]] = [
            _has_attribute(f.list_path)
            if match is ANY_ATTRIBUTE
            else {f.list_path: {"$elemMatch": match}}
            for f in self._fields
        ]
        return self._first({"$or": these}) or not self._first({"$or": some})

    def _first(self, match: dict[str, Any]) -> bool:
        stages = [{"$match": match}, {"$limit": 1}, {"$project": {"_id": True}}]
        found = self._collection.aggregate([*self._pipeline, *stages])
        return next(iter(found), None) is not None

    def count(self, key: str, unwind: bool = False) -> list[tuple[Any, int]]:
        """Returns the values that labels have at a key, with how many, most first."""
        stages = [{"$match": {"value": {"$ne": None}}}]
        if unwind:
            stages.insert(0, {"$unwind": "$value"})
        return self._count({"value": f"$label.{key}"}, stages)

    def attributes(self) -> list[tuple[Any, int]]:
        """Returns the names of attributes that are not FiftyOne's own."""
        keys = {"$objectToArray": "$label"}
        named = [
            {"$unwind": "$pair"},
            {"$match": {"pair.v": {"$ne": None}}},
            {"$project": {"value": "$pair.k"}},
        ]
        found = self._count({"pair": keys}, named)
        return [(k, n) for k, n in found if k not in BUILTIN_NAMES and k[0] != "_"]

    def _count(
        self, project: dict[str, Any], stages: list[dict[str, Any]]
    ) -> list[tuple[Any, int]]:
        lists = [{"$ifNull": [f"${field.list_path}", []]} for field in self._fields]
        found = self._collection.aggregate(
            [
                *self._pipeline,
                {"$project": {"label": {"$concatArrays": lists}}},
                {"$unwind": "$label"},
                {"$project": project},
                *stages,
                {"$group": {"_id": "$value", "n": {"$sum": 1}}},
                {"$sort": {"n": -1, "_id": 1}},
            ],
            allowDiskUse=True,
        )
        return [(doc["_id"], doc["n"]) for doc in found]


def _remembered(
    samples: foc.SampleCollection,
    fields: Sequence[LabelField],
    question: _Attribute | _Rule,
) -> str | None:
    """Returns what is wrong with a parameter; None where nothing is."""
    if question.match is None:
        return None
    collection = fields[0].collection(samples)
    newest = collection.find_one(
        {}, {"last_modified_at": True}, sort=[("last_modified_at", -1)]
    )
    key = (
        collection.name,
        collection.estimated_document_count(),
        (newest or {}).get("last_modified_at"),
        *(field.name for field in fields),
        *label_changes.of(samples),
        *question.key,
    )
    if key not in _faults:
        stored = _StoredLabels(samples, fields)
        fault = None if stored.have(question.match) else question.fault(stored)
        while len(_faults) >= _CACHED:
            _faults.pop(next(iter(_faults)), None)
        _faults[key] = fault
    return _faults[key]


def _there_are(known: Sequence[tuple[Any, int]]) -> str:
    if not known:
        return "; there are none"
    words = [f"{value} ({n:,})" for value, n in known]
    return f"; there are: {first_of(words, LISTED)}"
