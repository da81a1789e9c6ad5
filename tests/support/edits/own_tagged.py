"""The plugin's own tags, and the plans that they stand for."""

from bson import ObjectId

from duplicates.labels.edits import tag, tagged
from duplicates.labels.edits.writing import own_tags
from duplicates.labels.fields import require_label_field

FIELD = "ground_truth"
TAG = "duplicate"
BOX = [0.1, 0.1, 0.4, 0.4]
FAR = [0.6, 0.6, 0.2, 0.2]


def tagged_now(dataset, name=FIELD):
    """Returns the ids of all labels with the tag."""
    found = tagged.find_tagged(dataset, require_label_field(dataset, name), TAG)
    return {label_id for labels in found.labels.values() for label_id in labels}


def of_plan(plan):
    return {ObjectId(removal.label_id) for removal in plan.removals}


def own(dataset, name=FIELD):
    """Returns the ids of the labels whose tag is the plugin's own."""
    found = own_tags.read(dataset, require_label_field(dataset, name), TAG)
    return {label_id for labels in found.values() for label_id in labels}


def retag(dataset, plan, **options):
    return tag.tag_plan(dataset, plan, TAG, replace=True, **options)
