"""The texts of a load."""

from duplicates.labels.cvat.load import texts


def test_a_text_of_an_annotator_is_no_link_or_image_in_the_form():
    plain = texts._plain("color: red → ![a](http://example.org/a_b.png) <img src=x>")
    assert plain == (
        r"color: red → \!\[a\]\(http://example.org/a\_b.png\) \<img src=x\>"
    )
