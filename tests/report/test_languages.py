"""The catalogues are complete, their placeholders match, and every message in the code is in them."""

import ast
import string
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from policydsl.front.load import load
from policydsl.report.heard import heard
from policydsl.report.html import render_html
from policydsl.report.language import language
from policydsl.report.languages import FOLDER, languages
from policydsl.report.model import Name
from policydsl.report.text import render_text
from policydsl.report.words import Words
from tests.report.samples import HOSTILE, report

REPORT = FOLDER.parent
METHODS = [("templates/**", "jinja2.ext:babel_extract"), ("**.py", "python")]
KEYWORDS = {"say": None, "count": (1, 2), "message": None}
OTHERS = [code for code in languages() if code != "en"]


def in_the_code() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(str(REPORT), METHODS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}


def test_the_extractor_sees_every_message() -> None:
    seen = in_the_code()
    for path in REPORT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                said = [a.value if isinstance(a, ast.Constant) else None for a in node.args]
                if name in {"say", "message"} and said and isinstance(said[0], str):
                    assert said[0] in seen, f"{path.name}:{node.lineno}: not in an f-string, please"
                if name == "count" and len(said) > 1 and isinstance(said[0], str):
                    assert tuple(said[:2]) in seen, f"{path.name}:{node.lineno}: not in an f-string, please"


def catalogue(code: str) -> Catalog:
    return read_po(BytesIO((FOLDER / f"{code}.po").read_bytes()), locale=code)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_chinese_is_there() -> None:
    assert "zh" in OTHERS


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_is_translated_and_none_is_left_over(code: str) -> None:
    read = catalogue(code)
    assert {m.id if isinstance(m.id, str) else tuple(m.id) for m in read if m.id} == in_the_code()
    open_ = [m.id for m in read if m.id and not all(m.string if isinstance(m.string, tuple | list) else [m.string])]
    assert open_ == []
    assert not [m.id for m in read if m.id and m.fuzzy]


@pytest.mark.parametrize("code", OTHERS)
def test_placeholders_match(code: str) -> None:
    for m in catalogue(code):
        if m.id:
            ids = (m.id,) if isinstance(m.id, str) else tuple(m.id)
            texts = (m.string,) if isinstance(m.string, str) else tuple(m.string or ())
            wanted = set().union(*(placeholders(i) for i in ids))
            for text in texts:
                assert placeholders(str(text)) == wanted, m.id


def test_what_a_story_leans_on_in_both_languages() -> None:
    names = {
        "score": Name("score", "state", "points", "1", {"zh": "信用分"}),
        "until": Name("until", "state", "date or none", "1", {"zh": "截止日"}),
        "Mode.slow": Name("Mode.slow", "value", None, "1", {"zh": "慢"}),
        "mode": Name("mode", "state", "Mode", "1", {}),
        "fee": Name("fee", "parameter", "money CNY", "1", {}),
    }
    english, chinese = (Words(language(code), names) for code in ("en", "zh"))
    assert (english.name("score"), chinese.name("score")) == ("score", "信用分")
    assert (english.value("score", "1 point"), chinese.value("score", "1 point")) == ("1 point", "1 分")
    assert english.value("score", "12000 points") == "12,000 points"
    assert (english.value("until", "2024-02-29"), chinese.value("until", "2024-02-29")) == (
        "29 February 2024",
        "2024年2月29日",
    )
    assert (english.value("until", "none"), chinese.value("until", "none")) == ("none", "无")
    assert (english.value("mode", "slow"), chinese.value("mode", "slow")) == ("slow", "慢")
    assert (english.value("fee", "12.5 CNY"), chinese.value("fee", "12.5 CNY")) == ("CN¥12.50", "¥12.50")
    assert english.value("until", "+12022-01-11") == "+12022-01-11"


@pytest.mark.parametrize("code", languages())
@pytest.mark.parametrize("word", [HOSTILE[0], HOSTILE[3], HOSTILE[9]])
def test_every_language_renders_everything(code: str, word: str) -> None:
    assert "<script" not in render_html(report(word), code)
    assert not set("\x1b\x07\u202e") & set(render_text(report(word), code, verbose=True))


def test_a_chinese_page_says_so_and_holds_no_english_sentences() -> None:
    page = render_html(report(), "zh")
    assert '<html lang="zh">' in page
    assert "What needs attention" not in page
    assert "需要注意" in page


def test_what_a_text_owes_and_how_it_is_proved_is_said_in_every_language() -> None:
    zh = language("zh")
    policies = load([Path(__file__).parents[2] / "specs"]).policies
    owed = [o.sentence for p in policies for o in (*p.system.obligations, *p.liveness)]
    methods = ["induction", "induction with 1 lemma", "induction over windows of 3 steps with 12 lemmas"]
    for said in (*owed, *methods):
        assert heard(said, zh) != said
        assert heard(said, language("en")) == said
    assert heard(methods[2], zh) == "以 3 步为一段的归纳法，12 个引理"
    assert heard("what the rule on a or b in clause 1.2 computes is always defined", zh) == (
        "条款 1.2 关于 a or b 的规则的计算结果始终有定义"
    )


def test_an_index_is_called_by_its_label_unless_two_have_it() -> None:
    one, other = Name("kind.a", "value", None, "1", {"zh": "甲"}), Name("sort.a", "value", None, "1", {"zh": "子"})
    assert Words(language("zh"), {"kind.a": one}).name("due[a]") == "due [甲]"
    assert Words(language("zh"), {"kind.a": one, "sort.a": other}).name("due[a]") == "due [a]"
    assert Words(language("zh"), {}).name("due[a_b]") == "due [a b]"
