"""One sheet for several pages: what they share once, what each has of its own for that page alone."""

from bs4 import BeautifulSoup

from helpers.report.page import merge_styles, split_rules

COMMON = "/* a } b */ a { color: red }\n@media print { p { margin: 0 } .x::before { content: \"};\" } }\n@import 'a;b';"


def page(own: str, body: str) -> BeautifulSoup:
    return BeautifulSoup(f"<style>{COMMON}\n{own}</style>{body}", "html.parser")


def test_a_sheet_is_split_where_its_rules_end():
    assert split_rules(COMMON) == [
        "/* a } b */ a { color: red }",
        '@media print { p { margin: 0 } .x::before { content: "};" } }',
        "@import 'a;b';",
    ]


def test_a_statement_without_a_block_is_a_rule_of_its_own():
    assert split_rules("@namespace svg url(x); p { margin: 0 }") == ["@namespace svg url(x);", "p { margin: 0 }"]


def test_pages_of_one_style_give_that_style():
    assert merge_styles({"a": page("", ""), "b": page("", "")}) == "\n".join(split_rules(COMMON)) + "\n"


def test_a_class_that_two_pages_define_differently_keeps_both_meanings():
    own = '@media screen { .pile-1 td::before { content: "%s .x" } .absent { top: 0 } }'
    body = '<table class="x pile-1"></table>'
    pages = {"a": page(own % "Lignes", body), "b": page(own % "Octets", body)}
    style = merge_styles(pages)
    assert [tag.table["class"] for tag in pages.values()] == [["x", "pile-1--a"], ["x", "pile-1--b"]]
    assert '.pile-1--a td::before { content: "Lignes .x" } .absent { top: 0 }' in style
    assert '.pile-1--b td::before { content: "Octets .x" }' in style
    assert style.count("color: red") == 1
