"""Verdicts recalibrate a scan from Python and from the form of the operator."""

import fiftyone.operators as foo
import pytest
import resolved
import twice_labeled

FIELD = "ground_truth"

pytestmark = pytest.mark.usefixtures("no_verdicts_of_others")


def run(name, samples, **params):
    return foo.get_operator(f"@iou/duplicates/{name}")(samples, **params).result


def test_verdicts_recalibrate_a_scan_when_asked_and_later_scans_keep_that(make_dataset):
    dataset = make_dataset(twice_labeled.samples(40))
    first = run("find_duplicates", dataset, label_field=FIELD, iou_thresh=0.5)
    assert first["calibrated"] == 0
    assert (
        "recalibrate"
        not in resolved.form(
            "find_duplicates", dataset, label_field=FIELD
        ).type.properties
    )
    drawn = run("check_likelihoods", dataset, scan_key=first["scan_key"])
    assert drawn["count"] == len(drawn["pairs"]) > 5
    assert drawn["message"] == f"0 of {drawn['count']} random pairs above 0.3 judged"
    for pair in drawn["pairs"][:4]:
        run("set_verdict", dataset, label_ids=pair)
    judged = run("check_likelihoods", dataset, scan_key=first["scan_key"])
    assert judged["judged"] == sum(band["judged"] for band in judged["bands"]) == 4
    assert sum(band["agreed"] for band in judged["bands"]) == 0

    options = {"label_field": FIELD, "iou_thresh": 0.5}
    again = run(
        "find_duplicates",
        dataset,
        **options,
        since=first["scan_key"],
        recalibrate=True,
    )
    later = run("find_duplicates", dataset, **options, since=again["scan_key"])

    assert again["calibrated"] == later["calibrated"] == 4
    assert "likelihoods from 4 of your verdicts" in again["message"]
    assert again["cost"]["right"] < first["cost"]["right"]
    assert later["cost"] == again["cost"]
    listed = run("list_groups", dataset, scan_key=again["scan_key"])["groups"]
    assert all(
        pair["explanation"].endswith("4 of your verdicts")
        for group in listed
        for pair in group["pairs"]
    )
    scans = run("list_scans", dataset)["scans"]
    assert [scan["calibrated"] for scan in scans] == [4, 4, 0]
    form = resolved.form("find_duplicates", dataset, label_field=FIELD)
    field = form.type.properties["recalibrate"]
    assert field.view.label == "Recalibrate with 4 verdicts"
