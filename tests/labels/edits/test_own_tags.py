"""Tags are one plan: a second tagging replaces the tags of the plugin, and no other."""

import os

import pytest
from bson import ObjectId
from fiftyone import ViewField as F
from own_tagged import BOX, FAR, FIELD, TAG, of_plan, own, retag, tagged_now

from dev.drawing import scenes
from duplicates.iou_core.errors import ParamsError
from duplicates.iou_core.params import FindParams
from duplicates.labels import remains, store
from duplicates.labels.edits import delete, merge, tag, tagged
from duplicates.labels.edits.journal import journal
from duplicates.labels.edits.restore import restore
from duplicates.labels.edits.writing import own_tags, tag_follower, updates, writer
from duplicates.labels.fields import require_label_field
from duplicates.labels.jobs import engines
from duplicates.labels.review import emptied
from duplicates.labels.review.groups import list_groups
from duplicates.labels.scans import plans, search


def content(dataset):
    """All stored samples, apart from their stamps."""
    documents = list(dataset._sample_collection.find({}))
    for document in documents:
        del document["last_modified_at"]
    return documents


def ids(dataset):
    return [
        [ObjectId(_id) for _id in some]
        for some in dataset.values(f"{FIELD}.detections.id")
    ]


@pytest.fixture
def dataset(make_dataset):
    """Three samples with two cars each at one place, and a lone label."""
    return make_dataset([[("car", BOX), ("car", BOX), ("bus", FAR)]] * 3)


@pytest.fixture
def both(dataset):
    """Two plans: of each two cars, one removes the second, the other the first."""
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    found = [plans.plan(dataset, key, method=name) for name in ("simple", "greedy")]
    assert not of_plan(found[0]) & of_plan(found[1])
    return found


def demo(make_dataset, images):
    """Returns images of the demo, the key of their scan, and two plans."""
    dataset = make_dataset(
        [
            [(label["label"], label["bounding_box"]) for label in scenes.draw(k)[1]]
            for k in range(images)
        ]
    )
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    found = (plans.plan(dataset, key, method=name) for name in ("simple", "greedy"))
    return dataset, key, *found


def test_tagging_two_plans_of_the_demo_and_deleting_the_tag_empties_nothing(
    make_dataset,
):
    dataset, _, simple, greedy = demo(make_dataset, 12)
    together = of_plan(simple) | of_plan(greedy)
    assert len(together) > max(len(simple), len(greedy))

    assert tag.tag_plan(dataset, simple, TAG).count == len(simple)
    done = retag(dataset, greedy)
    assert done.count == len(greedy)
    assert done.untagged == len(together) - len(greedy)
    assert tagged_now(dataset) == of_plan(greedy)

    found = tagged.find_tagged(dataset, require_label_field(dataset, FIELD), TAG)
    assert emptied.by_newest_scan(dataset, FIELD, found.labels).count == 0
    assert delete.delete_tagged(dataset, FIELD, TAG).count == len(greedy)


@pytest.mark.slow
def test_two_plans_of_the_demo_that_add_up_would_empty_116_of_its_160_objects(
    make_dataset,
):
    dataset, key, *both = demo(make_dataset, scenes.COUNT)
    for plan in both:
        tag.tag_plan(dataset, plan, TAG)

    found = tagged.find_tagged(dataset, require_label_field(dataset, FIELD), TAG)

    groups = list_groups(dataset, key).count
    count = emptied.by_newest_scan(dataset, FIELD, found.labels).count
    assert (len(found), count, groups) == (320, 116, 160)


def test_without_replace_tags_add_up(dataset, both):
    for plan in both:
        assert tag.tag_plan(dataset, plan, TAG).untagged == 0
    assert tagged_now(dataset) == of_plan(both[0]) | of_plan(both[1])
    # and all of them are the plugin's own
    assert retag(dataset, both[0]).untagged == 3
    assert tagged_now(dataset) == of_plan(both[0])


def test_labels_that_a_person_tagged_keep_the_tag_and_are_counted_apart(dataset, both):
    bus = dataset.filter_labels(FIELD, F("label") == "bus").limit(1)
    bus.tag_labels(TAG)
    ((by_hand,),) = ids(bus)
    for plan in both:
        retag(dataset, plan)
        assert tagged_now(dataset) == of_plan(plan) | {by_hand}
        field = require_label_field(dataset, FIELD)
        state = tagged.compare(dataset, field, TAG, plan)
        assert state == tagged.TagState(tagged=4, missing=0, stale=0, by_hand=1)
    state = tagged.compare(dataset, field, TAG, both[0])
    assert state == tagged.TagState(tagged=4, missing=3, stale=3, by_hand=1)


def test_a_tag_that_was_taken_off_and_put_on_again_is_the_persons(dataset, both):
    retag(dataset, both[0])
    first = dataset.limit(1)
    first.untag_labels(TAG)
    theirs = first.select_labels(ids=[both[0].removals[0].label_id])
    theirs.tag_labels(TAG)

    assert retag(dataset, both[1]).untagged == 2
    assert tagged_now(dataset) - of_plan(both[1]) == {
        ObjectId(both[0].removals[0].label_id)
    }


def test_an_edit_of_another_label_makes_no_tag_the_persons(dataset, both):
    retag(dataset, both[0])
    sample = dataset.first()
    sample[FIELD].detections[2].label = "van"
    sample.tags.append("seen")
    sample.save()
    assert retag(dataset, both[1]).untagged == 3
    assert tagged_now(dataset) == of_plan(both[1])


def test_labels_that_were_deleted_do_not_count_as_untagged(dataset, both):
    first = both[0]
    retag(dataset, first)
    assert delete.delete_plan(dataset, first).count == 3
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    assert retag(dataset, plans.plan(dataset, key)).untagged == 0


def test_a_label_that_a_person_untagged_gets_the_tag_again_with_the_plan(dataset, both):
    retag(dataset, both[0])
    dataset.limit(1).untag_labels(TAG)
    assert len(tagged_now(dataset)) == 2
    retag(dataset, both[0])
    assert tagged_now(dataset) == of_plan(both[0]) == own(dataset)


def test_a_restriction_to_classes_replaces_the_tags_of_all_classes(make_dataset):
    dataset = make_dataset([[("car", BOX), ("car", BOX), ("bus", FAR), ("bus", FAR)]])
    key = search.find_duplicates(dataset, FindParams(FIELD)).scan_key
    assert retag(dataset, plans.plan(dataset, key)).count == 2
    buses = plans.plan(dataset, key, classes=["bus"])
    assert (retag(dataset, buses).untagged, tagged_now(dataset)) == (1, of_plan(buses))


def test_tags_of_samples_that_were_not_scanned_are_left_alone(dataset, both):
    retag(dataset, both[0])
    first = dataset.limit(1)
    key = search.find_duplicates(first, FindParams(FIELD, method="greedy")).scan_key
    assert retag(dataset, plans.plan(dataset, key)).untagged == 1
    assert len(tagged_now(dataset) & of_plan(both[0])) == 2


def test_one_undo_brings_back_the_tags_of_the_plan_before_as_the_plugins_own(
    dataset, both
):
    untouched = content(dataset)
    first = retag(dataset, both[0])
    before = content(dataset)
    second = retag(dataset, both[1])
    with pytest.raises(ParamsError, match=f"undo {second.restore_key} first"):
        restore(dataset, first.restore_key)

    undone = restore(dataset, second.restore_key)
    assert (undone.count, undone.others) == (3, 3)
    assert content(dataset) == before
    assert own(dataset) == of_plan(both[0])
    restore(dataset, first.restore_key)
    assert content(dataset) == untouched
    assert own(dataset) == set()


def test_tags_are_the_plugins_own_after_a_deletion_and_its_undo(dataset, both):
    retag(dataset, both[0])
    done = delete.delete_tagged(dataset, FIELD, TAG)
    restore(dataset, done.restore_key)
    assert own(dataset) == of_plan(both[0])
    assert retag(dataset, both[1]).untagged == 3


def test_a_merge_passes_on_the_tags_of_people_and_none_of_the_plugins_own(
    dataset, both
):
    first = dataset.limit(1)
    first.tag_labels(["seen", TAG])
    retag(dataset, both[0])
    first.select_labels(ids=[both[0].removals[0].label_id]).tag_labels("car")
    merged = merge.merge_plan(dataset, both[0])
    assert merged.count == 3
    tags = dataset.values(f"{FIELD}.detections.tags")
    assert tags[0] == [["seen", TAG, "car"], ["seen", TAG]]
    assert tags[1:] == [[[], []]] * 2
    restore(dataset, merged.restore_key)
    assert own(dataset) == of_plan(both[0]) - {ObjectId(both[0].removals[0].label_id)}


def test_emptying_the_journal_forgets_no_own_tag(dataset, both):
    retag(dataset, both[0])
    journal.empty(dataset)
    assert retag(dataset, both[1]).untagged == 3


def test_untagging_and_its_undo_keep_account_of_own_tags(dataset, both):
    retag(dataset, both[0])
    done = tag.untag(dataset, FIELD, TAG)
    assert own(dataset) == set()
    restore(dataset, done.restore_key)
    assert own(dataset) == of_plan(both[0])


@pytest.mark.slow
def test_workers_replace_tags_as_well(dataset, both):
    retag(dataset, both[0])
    done = retag(dataset, both[1], engine=engines.Engine("processes", 2))
    assert (done.count, done.untagged) == (3, 3)
    assert tagged_now(dataset) == of_plan(both[1]) == own(dataset)


POINTS = {
    "before the intention is noted": (own_tags, "intend", False),
    "after the intention is noted": (own_tags, "intend", True),
    "before the labels are written": (writer.Writer, "_command", False),
    "after the labels are written": (writer.Writer, "_command", True),
    "before the samples are noted": (tag_follower.Follower, "follow", False),
    "after the samples are noted": (tag_follower.Follower, "follow", True),
    "while the updates are made": (updates, "tag_updates", False),
}


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_tagging_that_is_killed_loses_nothing_and_can_be_done_again(
    dataset, both, point, monkeypatch
):
    holder, name, runs_first = POINTS[point]
    work = getattr(holder, name)
    untouched = content(dataset)
    first = retag(dataset, both[0]).restore_key
    before = content(dataset)

    def die(*args):
        if runs_first:
            work(*args)
        os._exit(9)

    child = os.fork()
    if not child:
        monkeypatch.setattr(holder, name, die)
        retag(dataset, both[1])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    killed = journal.list_actions(dataset)[0]
    assert killed["state"] == "under_way"

    retag(dataset, both[1])
    assert tagged_now(dataset) == of_plan(both[1]) == own(dataset)
    later = [action["restore_key"] for action in journal.list_actions(dataset)]
    for restore_key in later[: later.index(first)]:
        restore(dataset, restore_key)
    assert content(dataset) == before
    assert own(dataset) == of_plan(both[0])
    restore(dataset, first)
    assert content(dataset) == untouched


def test_own_tags_of_deleted_datasets_are_purged_and_erased(dataset, both):
    retag(dataset, both[0])
    assert store.collection("own_tags").count_documents({}) > 0
    assert any(name.endswith("own_tags") for name in remains.sizes())
    dataset_id = dataset._doc.id
    store.erase([dataset_id])
    wanted = {"dataset_id": dataset_id}
    assert store.collection("own_tags").count_documents(wanted) == 0
