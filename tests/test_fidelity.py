"""Numbers, addresses and Latin words find their way into the translation, and nothing else changes."""

import numpy as np
import pytest

from nmt_cli.fidelity import is_foreign, kept_words, restore, with_capital, without_stray_quote


def restored(source: str, target: str, looks: dict[int, int], language: str = "hi") -> str:
    """The translation after `restore`, where target words look at these source words."""
    weights = np.full((len(target.split()), len(source.split())), 0.1, dtype=np.float32)
    for at, place in looks.items():
        weights[at, place] = 1
    words, links = restore(source.split(), target.split(), weights, language)
    assert len(words) == len(links)
    return " ".join(words)


@pytest.mark.parametrize(
    ("source", "target", "looks", "expected"),
    [
        ("राम के पास 25 किताबें हैं।", "Ram has 52 books.", {2: 3}, "Ram has 25 books."),
        ("राम के पास 25 किताबें हैं।", "Ram has 52 books.", {2: 0, 3: 3}, "Ram has 25 books."),
        ("वह www.a-b.in/x?y=1। पर है", 'It is on "vvab".', {3: 1}, 'It is on "www.a-b.in/x?y=1".'),
        ("a.b@c.co.in को लिखो", "Write to abco!", {0: 2, 2: 0}, "Write to a.b@c.co.in!"),
        ("iPhone महँगा है", "It is expensive.", {0: 2, 1: 2, 2: 1}, "iPhone It is expensive."),
        ("iPhone महँगा है", "iPhone is expensive.", {2: 0}, "iPhone is expensive."),
        ("2 लोग और 1,00,000 रुपये", "Two people and 100,000 rupees", {0: 0}, "Two people and 100,000 rupees"),
        ("5 लाख लोग", "500,000 people", {0: 0}, "500,000 people"),
        ("<legal> यह धारा 7 है", "This is section 7", {0: 0}, "This is section 7"),
        ("12 और 34 और 56", "34 and 43 and 65", {0: 2, 2: 4, 4: 0}, "34 and 56 and 12"),
    ],
)
def test_restore(source: str, target: str, looks: dict[int, int], expected: str) -> None:
    assert restored(source, target, looks) == expected


def test_what_must_be_kept() -> None:
    source = "<tag> GST-2 का 10:30 बजे 3.5% http://x.in/a_b, U.S. में 5वें 6s (x@y.org) 7 करोड़"
    assert [item for _, item in kept_words(source.split(), "hi")] == (
        ["GST-2", "10:30", "3.5", "http://x.in/a_b", "U.S", "5", "6s", "x@y.org"]
    )


def test_urls_are_kept_with_a_path_in_devanagari() -> None:
    source = "(https://hi.wikipedia.org/wiki/भारत), www.x.in/हिंदी-समाचार/5/। http://x.in/। http://x.inपर www.x.in/a?b=दिल्ली।".split()
    assert [item for _, item in kept_words(source, "hi")] == [
        "https://hi.wikipedia.org/wiki/भारत",
        "www.x.in/हिंदी-समाचार/5/",
        "http://x.in/",
        "http://x.in",
        "www.x.in/a?b=दिल्ली",
    ]


def test_words_in_latin_script_are_kept_in_no_language_that_is_written_in_it() -> None:
    source = "The GST-2 form of 1980s, at 10:30 for 3.5 million and $42 (x@y.org)".split()
    for language in ("en", "xx"):
        assert [item for _, item in kept_words(source, language)] == ["2", "10:30", "42", "x@y.org"]
    assert restored("Ram has 25 books", "राम के पास 52 किताबें हैं।", {3: 2}, "en") == "राम के पास 25 किताबें हैं।"


def test_foreign_lines_have_no_letter_of_the_source_language() -> None:
    assert is_foreign("Already English 😀 42", "hi")
    assert not is_foreign("Delhi में", "hi")
    assert not is_foreign("Already English", "en")
    assert is_foreign("நான் 42", "en")
    assert not is_foreign("நான்", "ta")
    assert is_foreign("42 😀", "xx")
    assert not is_foreign("ሰላም", "xx")


def test_a_quotation_mark_that_nobody_wrote_goes() -> None:
    assert without_stray_quote("वह आया।", '"He came.') == "He came."
    for source, target in [
        ('"वह आया।', '"He came.'),
        ("'वह' आया।", '"He came.'),
        ("वह आया।", '"He" came.'),
        ("वह आया।", 'He came".'),
        ("वह आया।", '" He came.'),
        ("वह आया।", ""),
    ]:
        assert without_stray_quote(source, target) == target


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("सूची से अपना नाम हटाएँ।", "delete your name from the list.", "Delete your name from the list."),
        ('"आइए" , उसने कहा।', '"come in," he said.', '"Come in," he said.'),
        ("क्या वह आया? ", "did he come?", "Did he come?"),
        ("सूची का नाम", "name of the list", "name of the list"),
        ("iPhone महंगा है।", "iPhone is expensive.", "iPhone is expensive."),
        ("44 लोग आए।", "44 people came.", "44 people came."),
        ("हाँ।", "", ""),
        ("हाँ।", "...", "..."),
    ],
)
def test_a_sentence_begins_with_a_capital(source: str, target: str, expected: str) -> None:
    assert with_capital(source, target) == expected
