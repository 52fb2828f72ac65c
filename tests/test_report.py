"""The report as a person sees it: opened in a real browser; and the same numbers in a terminal."""

import dataclasses
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import WORDS, run_nmt

from nmt_cli.checkpoint import ModelFolder, load_model
from nmt_cli.errors import ModelError
from nmt_cli.evaluate import TestSet as Lines  # under its own name pytest would take it for a test
from nmt_cli.evaluate import evaluate
from nmt_cli.explain import Explanation, explain, explain_some
from nmt_cli.report import draw, page

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed: pip install nmt-cli[dev]")
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "headless=new no-sandbox disable-gpu disable-quic no-first-run disable-background-networking "
    "disable-component-update disable-sync disable-dev-shm-usage"
)
NASTY = [
    '<script>document.title = "owned"</script>',
    "</script><img src=x onerror=\"document.title='owned'\">",
    "<!--<script> & <b>",
]


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no chromium or chromedriver here: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in [*FLAGS.split(), f"user-data-dir={tmp_path_factory.mktemp('chromium')}", "window-size=1200,900"]:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


def opened(driver: Any, path: Path) -> Any:  # noqa: ANN401
    """The browser with a page, once all of it is there; nothing may have gone wrong on the way."""
    driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    driver.get(path.as_uri())
    assert driver.get_log("browser") == []
    assert driver.execute_script("return document.documentElement.dataset.ready")
    return driver


def all_of(driver: Any, selector: str) -> list[Any]:  # noqa: ANN401
    return driver.find_elements(By.CSS_SELECTOR, selector)  # type: ignore[no-any-return]


def choose(driver: Any, label: str, text: str) -> None:  # noqa: ANN401
    Select(driver.find_element(By.XPATH, f"//label[starts-with(., '{label}')]/select")).select_by_visible_text(text)


def overflow(driver: Any, width: int) -> int:  # noqa: ANN401
    """By how many pixels the page is wider than a screen of this width."""
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    return int(driver.execute_script("return document.documentElement.scrollWidth")) - width


@pytest.fixture(scope="module")
def parts(numbers: Path) -> ModelFolder:
    return load_model(numbers / "runs/numbers/model")


@pytest.fixture(scope="module")
def made(numbers: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the small task's model, an aligned twin of it and a system that knows one sentence."""
    folder = tmp_path_factory.mktemp("report")
    rows = [line.split("\t") for line in (numbers / "test.tsv").read_text("utf-8").splitlines()[1:]]
    links = [[f"{i}-{len(row[1].split()) - 1 - i}" for i in range(len(row[1].split()))] for row in rows]
    (folder / "links").write_text("".join(" ".join(line) + "\n" for line in links), encoding="utf-8")
    (folder / "gold").write_text("".join(f"{row[1]}\n" for row in rows), encoding="utf-8")
    (folder / "one").write_text("one\n" * len(rows), encoding="utf-8")
    (folder / "src").write_text("".join(f"{row[0]}\n" for row in rows), encoding="utf-8")
    files = {name: str(folder / name) for name in ("links", "gold", "one", "src")}
    result = run_nmt(
        numbers, "evaluate", "--config", "config.yaml", "--source", files["src"], "--reference", files["gold"],
        "--hypotheses", files["gold"], "--alignment", files["links"], "--compare", f"one={files['one']}",
        "--report", str(folder / "report.html"),
    )  # fmt: skip
    assert (result.returncode, result.stderr) == (0, "")
    return folder / "report.html"


def test_report_shows_scores_lengths_and_curve(made: Path, chromium: Any) -> None:  # noqa: ANN401
    driver = opened(chromium, made)
    assert driver.find_element(By.TAG_NAME, "h1").text == "gold on src"
    assert [row.text.split()[0] for row in all_of(driver, "#scores table:first-of-type tbody tr")[:2]] == [
        "gold",
        "one",
    ]
    assert "100.0 ± 0.0" in driver.find_element(By.CSS_SELECTOR, "#scores tbody tr").text
    assert "nrefs:1|case:mixed" in driver.find_element(By.ID, "scores").text
    assert "gold − one" in driver.find_element(By.ID, "scores").text
    assert len(all_of(driver, ".chart .bar")) == 2  # all sentences are short: one class, two systems
    assert all_of(driver, "#learning svg polyline")
    assert driver.find_element(By.CSS_SELECTOR, ".status").text == "1–25 of 200 sentences"


def test_a_target_word_lights_up_what_it_looked_at(made: Path, chromium: Any) -> None:  # noqa: ANN401
    driver = opened(chromium, made)
    box = Select(driver.find_element(By.CSS_SELECTOR, "#attention select"))
    box.select_by_index(max(range(len(box.options)), key=lambda i: len(str(box.options[i].text))))
    source, target = all_of(driver, ".source .word"), all_of(driver, ".target .word")
    lit = set()
    for word in target[:-1]:
        webdriver.ActionChains(driver).move_to_element(word).perform()
        assert word.get_attribute("aria-current") == "true"
        weights = [float(s.get_attribute("data-weight")) for s in source]
        strongest = source[weights.index(max(weights))]
        colours = [s.value_of_css_property("background-color") for s in source]
        assert max(weights) > 0.5
        assert colours.count(colours[weights.index(max(weights))]) == 1
        linked = [s.text for s in source if "linked" in s.get_attribute("class")]
        assert [WORDS[text] for text in linked] == [word.text]  # the alignment that was given
        lit.add(strongest.text)
    assert len(lit) > 1


def test_steps_show_the_model_s_numbers(made: Path, chromium: Any) -> None:  # noqa: ANN401
    driver = opened(chromium, made)
    data = json.loads(driver.execute_script("return document.getElementById('data').textContent"))["explanations"][0]
    driver.find_element(By.XPATH, "//button[.='Subwords']").click()
    assert len(all_of(driver, ".heat tbody tr")) == len(data["target"])
    assert len(all_of(driver, ".heat tbody td")) == len(data["target"]) * len(data["source"])
    driver.find_element(By.XPATH, "//button[.='Step ›']").click()
    state, energy, weight, context, word = (part.text for part in all_of(driver, ".steps > div"))
    assert f"{data['state_norms'][1]:.2f}" in state
    assert f"{data['context_norms'][1]:.2f}" in context
    best = max(data["weights"][1])
    assert f"{best:.3f}" in weight
    assert f"{data['energies'][1][data['weights'][1].index(best)]:.2f}" in energy
    assert f"{data['candidates'][1][0][1]:.3f}" in word
    assert f"step 2 of {len(data['target'])}" in word


def test_keys_reach_every_word(made: Path, chromium: Any) -> None:  # noqa: ANN401
    driver = opened(chromium, made)
    target = all_of(driver, ".target .word")
    driver.execute_script("arguments[0].focus()", target[0])
    webdriver.ActionChains(driver).send_keys(Keys.ARROW_RIGHT).perform()
    assert driver.switch_to.active_element == target[1]
    assert [word.get_attribute("aria-current") for word in target[:2]] == ["false", "true"]


def test_sentences_are_sorted_searched_and_filtered(made: Path, chromium: Any) -> None:  # noqa: ANN401
    driver = opened(chromium, made)
    sentences = json.loads(driver.execute_script("return document.getElementById('data').textContent"))["sentences"]
    lines = [card.get_attribute("data-line") for card in all_of(driver, ".sentence")]
    assert lines == [str(number) for number in range(1, 26)]
    choose(driver, "by chrF of", "one")
    choose(driver, "Sort", "chrF, worst first")
    scores = [float(line.text) for line in all_of(driver, ".sentence dl .score:nth-of-type(5)")]
    assert scores == sorted(sentences["chrf"]["one"])[:25]
    assert [card.get_attribute("data-line") for card in all_of(driver, ".sentence")] != lines
    choose(driver, "Sort", "longest first")
    assert "7 words" in all_of(driver, ".sentence")[0].text
    driver.find_element(By.CSS_SELECTOR, "input[type=search]").send_keys("सात")
    wanted = [i for i, line in enumerate(sentences["source"]) if "सात" in line]
    assert driver.find_element(By.CSS_SELECTOR, ".status").text == f"1–25 of {len(wanted)} sentences"
    all_of(driver, "input[type=number]")[1].send_keys("3")
    short = [i for i in wanted if sentences["words"][i] <= 3]
    assert 0 < len(short) < 25
    assert driver.find_element(By.CSS_SELECTOR, ".status").text == f"1–{len(short)} of {len(short)} sentences"
    assert {card.get_attribute("data-line") for card in all_of(driver, ".sentence")} == {str(i + 1) for i in short}


def test_page_fits_a_phone_and_the_dark(made: Path, chromium: Any) -> None:  # noqa: ANN401
    driver = opened(chromium, made)
    assert overflow(driver, 375) <= 0
    shades = []
    for scheme in ("light", "dark"):
        feature = [{"name": "prefers-color-scheme", "value": scheme}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": feature})
        colours = [
            driver.find_element(By.TAG_NAME, "body").value_of_css_property(key) for key in ("background-color", "color")
        ]
        shades.append(
            [sum(int(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]) for colour in colours]
        )
    (light, ink), (dark, chalk) = shades
    assert light > 600 > ink and dark < 150 < chalk
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_devanagari_is_shaped(made: Path, chromium: Any) -> None:  # noqa: ANN401
    fonts = shutil.which("fc-list")
    if not fonts or not subprocess.run([fonts, ":lang=hi"], capture_output=True, check=True).stdout:
        pytest.skip("no Devanagari font here: apt-get install fonts-noto-core")
    driver = opened(chromium, made)
    script = """
        const width = (text) => { const s = document.createElement("span"); s.lang = "hi"; s.textContent = text;
            document.body.append(s); const w = s.getBoundingClientRect().width; s.remove(); return w; };
        return [width("क्ष"), width("क") + width("ष")];"""
    joined, apart = driver.execute_script(script)
    assert 0 < joined < 0.9 * apart  # one letter form, not three signs in a row


def test_nothing_in_a_sentence_becomes_markup(tmp_path: Path, chromium: Any) -> None:  # noqa: ANN401
    lines = [*NASTY, "शब्द " * 1000]
    evaluation = evaluate([Lines("<i>set</i>", lines, [lines])], {"<b>name</b>": [lines[::-1]]})
    path = tmp_path / "page.html"
    path.write_text(page("<u>title</u>", results=evaluation.results, sentences=evaluation.sentences), encoding="utf-8")
    driver = opened(chromium, path)
    assert driver.title == driver.find_element(By.TAG_NAME, "h1").text == "<u>title</u>"
    assert not all_of(driver, "body img, main b:not([class]):not(.bar b), i:not([style]), u")
    assert [line.text for line in all_of(driver, ".sentence .source")][:3] == NASTY
    assert overflow(driver, 375) <= 0
    assert path.read_text("utf-8").count("<script") == 2


def test_a_large_report_opens_at_once(tmp_path: Path, chromium: Any) -> None:  # noqa: ANN401
    systems = [f"system {number}" for number in range(7)]
    source, line = "यह एक लंबा वाक्य है जिसमें कई शब्द हैं " * 3, "This is a sentence of some length, as news have them. " * 2
    results = evaluate([Lines("set", [source], [[line]])], {"one": [[line]]}).results
    results |= {"systems": dict.fromkeys(systems, results["systems"]["one"])}
    count = 2507
    sentences = {
        "set": [0] * count,
        "words": [25] * count,
        "source": [source] * count,
        "references": [[line] * count],
        "outputs": {name: [line] * count for name in systems},
        "chrf": {name: [50.5] * count for name in systems},
    }
    path = tmp_path / "large.html"
    path.write_text(page("large", results=results, sentences=sentences), encoding="utf-8")
    assert path.stat().st_size < 5e6
    driver = opened(chromium, path)
    assert 0 < int(driver.execute_script("return document.documentElement.dataset.ready")) < 2000  # milliseconds
    assert driver.find_element(By.CSS_SELECTOR, ".status").text == "1–25 of 2,507 sentences"


def test_a_page_can_show_attention_alone(parts: ModelFolder, tmp_path: Path, chromium: Any) -> None:  # noqa: ANN401
    path = tmp_path / "attention.html"
    found = [explain(parts, "एक दो", "two one"), explain(parts, "एक दो " * 25, "two one " * 25)]
    path.write_text(page("एक दो", explanations=found), encoding="utf-8")
    driver = opened(chromium, path)
    assert [word.text for word in all_of(driver, ".target .word")] == ["two", "one", "</s>"]
    assert not all_of(driver, "#scores, #sentences, #learning")
    Select(driver.find_element(By.CSS_SELECTOR, "#attention select")).select_by_index(1)
    assert len(all_of(driver, ".target .word")) == 51
    assert overflow(driver, 375) <= 0  # the map scrolls inside its frame


def test_page_loads_nothing(made: Path) -> None:
    text = made.read_text("utf-8")
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert "@import" not in text and "url(" not in text


def test_explanation_is_of_the_model_s_own_steps(parts: ModelFolder) -> None:
    found = explain(parts, "तीन  चार पाँच", "five four three")
    source, target = len(found.source), len(found.target)
    assert found.source[-1] == found.target[-1] == "</s>"
    assert "".join(found.source[:-1]).replace("▁", " ").strip() == "तीन चार पाँच"
    assert all(sum(row) == pytest.approx(1, abs=1e-5) and len(row) == source for row in found.weights)
    assert [row.index(max(row)) for row in found.energies] == [row.index(max(row)) for row in found.weights]
    for numbers in (found.state_norms, found.context_norms, found.probabilities, found.candidates, found.energies):
        assert len(numbers) == target
    assert all(candidates[0][0] == piece for candidates, piece in zip(found.candidates, found.target, strict=True))
    assert [candidates[0][1] for candidates in found.candidates] == pytest.approx(found.probabilities)


def test_some_explanations_are_spread_from_worst_to_best(parts: ModelFolder) -> None:
    pairs = [("एक", "one"), ("", ""), ("दो", "two"), ("एक " * 1000, "one"), ("तीन", "three")]
    assert [found.line for found in explain_some(parts, pairs, [9, 0, 5, 1, 7])] == [2, 4, 0]
    assert len(explain_some(parts, pairs * 60, [0.0] * 300)) == 40


def test_without_attention_there_is_nothing_to_see(parts: ModelFolder) -> None:
    model = parts.config.model.model_copy(update={"attention": "none"})
    blind = dataclasses.replace(parts, config=parts.config.model_copy(update={"model": model}))
    with pytest.raises(ModelError, match="'none', so there is no attention"):
        explain(blind, "एक", "one")


def test_terminal_view_has_a_row_a_word_and_says_where_it_looked() -> None:
    weights = [[0.1, 0.5, 0.4, 0.0], [0.0, 0.02, 0.08, 0.9], [0.0, 0.0, 0.0, 1.0]]
    found = Explanation(
        ["▁घर", "▁जा", "ता", "</s>"], ["▁go", "▁home", "</s>"], weights, weights, [1.0] * 3, [1.0] * 3, [1.0] * 3, [[]] * 3, [(0, 1)]
    )  # fmt: skip
    lines = draw(found).splitlines()
    assert lines[:3] == ["  1  घर", "  2  जाता", "  3  </s>"]
    assert lines[4] == "      1  2  3"
    assert lines[5] == "  go .  @       2 जाता 0.90"
    assert lines[6] == "home[ ] .  @    3 </s> 0.90"
    assert lines[7].endswith("3 </s> 1.00")
