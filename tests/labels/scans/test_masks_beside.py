"""A scan of boxes compares the masks beside them, and its likelihoods know it."""

import io
import zlib

import drawn
import engine_cases
import numpy as np
import pytest

from duplicates.iou_core.errors import ParamsError, ScanError
from duplicates.iou_core.params import FindParams
from duplicates.labels.reading.kinds.masks import sampled_digests
from duplicates.labels.reading.raw import buffer
from duplicates.labels.review import groups, pairs
from duplicates.labels.review.exchange import table
from duplicates.labels.scans import freshness, incremental, plans, search, stored
from duplicates.labels.scans.blocks.evidence import NEAR
from duplicates.labels.scans.decisions import verdicts
from duplicates.panel import plan_answers
from duplicates.panel.report import page as report

FIELD = drawn.FIELD
PATH = f"{FIELD}.detections"


def scanned(dataset, since=None, **options):
    return search.find_duplicates(dataset, FindParams(FIELD, **options), since=since)


def listed(dataset, found):
    """Returns the pairs of a scan by the ids of their labels."""
    page = pairs.list_pairs(dataset, found.scan_key, min_iou=-1, limit=10**6)
    return {frozenset(pair["label_ids"]): pair for pair in page.pairs}


def stored_mask(mask):
    stream = io.BytesIO()
    np.save(stream, mask)
    return zlib.compress(stream.getvalue())


def set_masks(dataset, mask, count=1):
    """Replaces the masks of the first labels of a sample that has a pair, unseen."""
    sample = dataset.match({f"{PATH}.2": {"$exists": True}}).first()
    changes = {f"{PATH}.{k}.mask": mask for k in range(count)}
    collection = dataset._sample_collection
    collection.update_one({"_id": sample._id}, {"$set": changes})
    return sample


def test_the_hash_of_a_mask_depends_on_its_bytes_alone():
    rng = np.random.default_rng(1)
    pieces = [rng.bytes(size) for size in (0, 1, 3, 7, 8, 9, 40, 1000)]
    masks = [stored_mask(np.eye(9, dtype=np.bool_)[:, ::k]) for k in (1, -1)]
    pieces += [*masks, pieces[4][:-1] + b"?"]
    begin = np.cumsum([3, *map(len, pieces)])
    raw = buffer.Raw(rng.bytes(3) + b"".join(pieces) + rng.bytes(9))

    among = sampled_digests(raw, begin[:-1], begin[1:]).tolist()

    ends = [(np.array([0]), np.array([len(piece)])) for piece in pieces]
    alone = [
        int(sampled_digests(buffer.Raw(piece), *own)[0])
        for piece, own in zip(pieces, ends)
    ]
    assert among == alone
    assert len(set(alone)) == len(pieces)
    assert min(alone) > 0


@pytest.fixture(scope="module")
def dataset():
    return drawn.dataset(drawn.CASES["masks"], seed=2, n=30)


@pytest.fixture
def copied(dataset):
    own = dataset.clone()
    yield own
    own.delete()


def test_masks_are_compared_where_their_boxes_are_near(dataset):
    found = scanned(dataset)
    by_masks = listed(dataset, scanned(dataset, use_masks=True, iou_thresh=0.0))
    known = listed(dataset, found)

    assert found.config["params"]["with_masks"] is True
    near = {key: pair for key, pair in known.items() if pair["iou"] > NEAR}
    assert len(near) > 20
    for key, pair in near.items():
        expected = by_masks[key]["iou"] if key in by_masks else 0
        assert pair["mask_iou"] == pytest.approx(expected)
        assert f"IoU of masks {expected:.2f}" in pair["explanation"]
    far = [pair["mask_iou"] for key, pair in known.items() if key not in near]
    assert far
    assert set(far) == {None}
    shown = groups.list_groups(dataset, found.scan_key).groups[0]["pairs"][0]
    key = frozenset(shown["label_ids"])
    assert shown["mask_iou"] == near[key]["mask_iou"]
    # what decides is the IoU of the boxes, as without masks
    plain = scanned(dataset, with_masks=False)
    assert plain.label_ids == found.label_ids
    assert {pair["mask_iou"] for pair in listed(dataset, plain).values()} == {None}


def test_tables_and_the_report_show_the_overlap_of_masks_beside_that_of_boxes(copied):
    found = scanned(copied, iou_thresh=0.5)
    known = listed(copied, found)
    plan = plans.plan(copied, found.scan_key)
    rows, _ = plan_answers.rows(copied, plan)
    assert len(rows) > 10
    for row, removal in zip(rows, plan.removals):
        pair = known[frozenset([removal.label_id, removal.partner_id])]
        assert row["mask_iou"] == removal.mask_iou == pair["mask_iou"]
    assert sum(row["mask_iou"] is not None for row in rows) > 10

    pair = next(pair for pair in known.values() if pair["mask_iou"])
    verdicts.set_verdict(copied, pair["label_ids"], "real")
    (judged,), _ = table.rows(copied, stored.open_scan(copied, found.scan_key))
    assert (judged["iou"], judged["mask_iou"]) == (pair["iou"], pair["mask_iou"])

    html = report.write(copied, plan, None)["html"]
    shown = [
        f"IoU {row['iou']:.3f}, masks overlap {row['mask_iou']:.3f}<br>"
        for row in rows
        if row["mask_iou"] is not None
    ]
    assert any(caption in html for caption in shown)
    plain = plans.plan(copied, scanned(copied, with_masks=False).scan_key)
    assert {removal.mask_iou for removal in plain.removals} == {None}
    assert "masks overlap" not in report.write(copied, plain, None)["html"]


def test_masks_in_files_are_compared_if_they_are_asked_for(dataset, tmp_path):
    case = drawn.CASES["masks in files"]
    files = drawn.dataset(case, seed=4, n=12, folder=str(tmp_path))
    unread = scanned(files)
    asked = scanned(files, with_masks=True)

    assert unread.config["params"]["with_masks"] is False
    by_masks = listed(files, scanned(files, use_masks=True, iou_thresh=0.0))
    near = {k: p for k, p in listed(files, asked).items() if p["iou"] > NEAR}
    assert near
    for key, pair in near.items():
        expected = by_masks[key]["iou"] if key in by_masks else 0
        assert pair["mask_iou"] == pytest.approx(expected)


@pytest.mark.parametrize(
    "mask",
    [None, b"", b"no mask", stored_mask(np.zeros((4, 4), np.bool_)), "text", 7],
    ids=["none", "no bytes", "broken", "no pixel", "text", "a number"],
)
def test_a_mask_that_says_nothing_changes_no_result(copied, mask):
    sample = set_masks(copied, mask, 3)
    ids = {label.id for label in sample[FIELD].detections[:3]}
    usual = scanned(copied, with_masks=False)
    found = scanned(copied, with_masks=True)

    assert found.label_ids == usual.label_ids
    assert found.skipped.to_dict() == usual.skipped.to_dict()
    assert all(
        pair["mask_iou"] is None
        for key, pair in listed(copied, found).items()
        if key & ids
    )


def test_an_edited_mask_makes_a_scan_out_of_date_and_is_scanned_again(copied):
    found = scanned(copied)
    assert freshness.check_freshness(copied, found.scan_key).is_up_to_date
    sample = copied.match({f"{PATH}.2": {"$exists": True}}).first()
    sample[FIELD].detections[0].mask = np.tri(9, 12, dtype=np.bool_)
    sample.save()

    assert freshness.check_freshness(copied, found.scan_key).edited == 1
    engine_cases.scanned_again(copied, FindParams(FIELD), found)


def test_a_scan_of_an_earlier_version_goes_on_without_masks(copied):
    found = scanned(copied, with_masks=False)
    info = copied.get_run_info(found.scan_key)
    del info.config.params["with_masks"]
    copied.update_run_config(found.scan_key, info.config)

    assert stored.open_scan(copied, found.scan_key).params.with_masks is None
    again = scanned(copied, since=found.scan_key)
    assert again.config["params"]["with_masks"] is False
    assert listed(copied, again) == listed(copied, found)
    assert incremental.is_usable(copied, FindParams(FIELD), found.scan_key)
    with pytest.raises(ScanError, match="with_masks: expected False, as in"):
        scanned(copied, since=found.scan_key, with_masks=True)


def test_masks_beside_other_labels_are_an_error():
    keypoints = drawn.dataset(drawn.CASES["keypoints"], n=2)
    with pytest.raises(ParamsError, match="with_masks has no effect on keypoints"):
        scanned(keypoints, with_masks=True)
    with pytest.raises(ParamsError, match="with_masks: expected True or False"):
        FindParams(FIELD, with_masks="yes")
    assert scanned(keypoints).config["params"]["with_masks"] is False


def test_polygons_are_compared_themselves_or_by_their_boxes_but_not_beside_them():
    polygons = drawn.dataset(drawn.CASES["boxes of polylines"], n=12)
    by_area, by_box = scanned(polygons), scanned(polygons, use_boxes=True)
    measures = [
        stored.open_scan(polygons, found.scan_key).likelihood_model.measure
        for found in (by_area, by_box)
    ]
    # two people's polygons agree as their masks do
    assert measures == ["masks", "boxes"]
    assert {pair["mask_iou"] for pair in listed(polygons, by_box).values()} == {None}
    with pytest.raises(ParamsError, match="with_masks has no effect on polylines"):
        scanned(polygons, use_boxes=True, with_masks=True)
