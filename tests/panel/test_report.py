"""The report is self-contained and inert for any names and images."""

import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from duplicates.iou_core.params import FindParams
from duplicates.labels.scans import plans, search
from duplicates.labels.scans.decisions import class_pair_rules
from duplicates.panel.report import page as report

BOX = [0.1, 0.1, 0.4, 0.4]


@pytest.fixture
def plan(make_dataset, tmp_path):
    name = "<b>cat</b> & dog"
    dataset = make_dataset([[(name, BOX), (name, BOX)], [(None, BOX), (name, BOX)]])
    image = tmp_path / "first.jpg"
    Image.new("RGB", (320, 200), (20, 120, 60)).save(image)
    sample = dataset.first()
    sample.filepath = str(image)
    sample.save()
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    return dataset, plans.plan(dataset, "scan")


def test_the_report_shows_parameters_counts_and_crops(plan):
    page = report.write(*plan)
    html = page["html"]

    assert page["filename"] == f"{plan[0].name}-duplicates.html"
    assert html.count("<figure>") == 2
    assert html.count("image not readable") == 1
    assert html.count("<image ") == 1
    assert "in 2 images" in html
    assert "IoU above 0.75" in html
    assert "first.jpg" in html
    assert "prefers-color-scheme: dark" in html


def test_the_file_is_named_after_the_dataset_in_characters_of_any_file_system(plan):
    dataset, _ = plan
    own = dataset.name
    dataset.name = f"Straße 7/ab: c? {own}"
    try:
        page = report.write(dataset, plans.plan(dataset, "scan"))
    finally:
        dataset.name = own
    assert page["filename"] == f"Straße-7-ab-c-{own}-duplicates.html"


def test_a_note_is_below_the_labels_that_it_is_about(plan):
    html = report.write(*plan)["html"]
    # the second image cannot be read
    (drawn,) = re.findall(r"<svg [^>]*>\s*<text.*?</svg>", html, re.DOTALL)
    height = float(re.search(r'viewBox="0 0 \S+ ([\d.]+)"', drawn)[1])
    note = float(re.search(r'<text x="\S+" y="([\d.]+)"[^>]*>image', drawn)[1])
    lines = re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawn)
    assert max(float(y) for _, y in lines) < note < height


def test_the_report_loads_nothing_and_runs_nothing(plan):
    html = report.write(*plan)["html"]
    assert re.findall(r'(?:src|href|url)[=(](?!"?data:)\S+', html) == []
    assert "<script" not in html


def test_names_are_escaped(plan):
    html = report.write(*plan)["html"]
    assert "<b>cat</b> &amp;" not in html
    assert "&lt;b&gt;cat&lt;/b&gt; &amp; dog" in html
    assert "(no class)" in html


def test_a_plan_without_labels_has_a_report(plan):
    dataset, _ = plan
    html = report.write(dataset, plans.plan(dataset, "scan", 1.0))["html"]
    assert "No label would be removed." in html
    assert "<figure>" not in html


HOSTILE = "\"'></title></style></svg><script>a()</script><img src=x onerror=a()>"
QUIET = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "b", "span"),
    *("table", "tr", "th", "td", "svg", "rect", "path", "text", "image", "br"),
    *("div", "figure", "figcaption"),
}


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.policy = set(), [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        if ("http-equiv", "Content-Security-Policy") in attributes:
            assert self.tags <= {"html", "head", "meta"}, "it comes before all else"
            self.policy = dict(attributes)["content"]

    handle_startendtag = handle_starttag


def test_the_page_is_inert_for_any_names(make_dataset):
    dataset = make_dataset([[(HOSTILE, BOX, {"tags": [HOSTILE]}), (HOSTILE, BOX)]])
    dataset.set_values("filepath", [f"/images/{HOSTILE}.jpg"])
    dataset.name = dataset.name + " <script>"
    params = FindParams("ground_truth")
    search.find_duplicates(dataset, params, "scan", title=HOSTILE)
    page = Page(report.write(dataset, plans.plan(dataset, "scan"))["html"])

    assert page.tags <= QUIET, page.tags - QUIET
    assert [name for name, _ in page.attributes if name.startswith("on")] == []
    rules = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules.keys().isdisjoint({"script-src", "connect-src", "frame-src"})
    assert rules["img-src"] == "data:"


def test_it_names_the_keep_rules_and_the_rules_for_class_pairs(make_dataset):
    dataset = make_dataset([[("cat", BOX), ("cat", BOX)]])
    class_pair_rules.set_class_pair(dataset, ["cat", "dog"], may_overlap=True)
    class_pair_rules.set_class_pair(dataset, ["cat", "cat"], False, 0.9)
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    keep = ["largest", "first"]
    html = report.write(dataset, plans.plan(dataset, "scan", keep=keep))["html"]
    assert "largest, then first" in html
    assert "cat and dog may overlap; cat and cat are duplicates above 0.9" in html


def test_it_shows_the_most_likely_duplicates_first(make_dataset, monkeypatch):
    wide = [0.1, 0.1, 0.4, 0.46]
    samples = [[("cat", BOX), ("dog", wide)] for _ in range(3)]
    samples += [[("cat", BOX), ("cat", BOX)] for _ in range(20)]
    dataset = make_dataset(samples)
    search.find_duplicates(dataset, FindParams("ground_truth"), "scan")
    monkeypatch.setattr(report, "SHOWN", 21)
    plan = plans.plan(dataset, "scan")
    assert [removal.class_name for removal in plan.removals][:3] == ["dog"] * 3
    html = report.write(dataset, plan)["html"]
    shown = re.findall(r"<figcaption><b>(\w+)</b>", html)
    assert shown == ["cat"] * 20 + ["dog"]
    assert "The 21 most likely duplicates of 23." in html
