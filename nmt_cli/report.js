"use strict";
// Every text of the data reaches the page as textContent: nothing in a sentence can become markup.
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.querySelector("main");
const METRICS = ["bleu", "chrf", "chrf++", "ter"];
const PAGE = 25;

function el(tag, properties, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties || {})) {
    if (key === "text") node.textContent = value;
    else if (key === "style") for (const [name, v] of Object.entries(value || {})) node.style.setProperty(name, v);
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

function section(id, title, ...children) {
  const node = el("section", { id }, el("h2", { text: title }), ...children);
  main.append(node);
  return node;
}

const scroll = (label, child) => el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, child);
const percent = (share) => (share === null ? "–" : `${(100 * share).toFixed(1)}%`);
const count = (number) => number.toLocaleString("en");
const colours = new Map();
const colour = (name) => ({ "--colour": `var(--c${(colours.get(name) || 0) % 8})` });
const select = (options, onchange) => {
  const node = el("select", { onchange });
  options.forEach(([value, text]) => node.append(el("option", { value, text })));
  return node;
};

// ---------------------------------------------------------------- scores

function scores(results) {
  for (const name of Object.keys(results.systems)) colours.set(name, colours.size);
  const box = el("div", {});
  const names = Object.keys(results.sets);
  const draw = (result) => box.replaceChildren(...scoresOf(result), ...lengths(result));
  const choice = select([...names.map((name) => [name, name]), ["", "all sets together"]], () =>
    draw(choice.value ? results.sets[choice.value] : results));
  if (names.length > 1) choice.value = "";
  const pick = names.length > 1 ? [el("div", { class: "controls" }, el("label", {}, "Test set", choice))] : [];
  draw(results);
  section("scores", "Scores", ...pick, box);
}

function scoresOf(result) {
  const keys = METRICS.filter((key) => result[key]);
  const systems = Object.entries(result.systems);
  const head = ["System", ...keys.map((key) => result[key].name), "Length ratio", "Numbers kept", "Repetition", "Copied", "Empty"];
  const body = el("tbody", {});
  for (const [name, found] of systems) {
    const cells = keys.map((key) => interval(systems, key, name));
    const rates = ["numbers_kept", "repetition", "copied"].map((key) => el("td", { text: percent(found[key]) }));
    const ratio = found.length_ratio === null ? "–" : found.length_ratio.toFixed(2);
    body.append(el("tr", {}, el("th", { scope: "row", class: "name", style: colour(name), text: name }), ...cells,
      el("td", { text: ratio }), ...rates, el("td", { text: count(found.empty) })));
  }
  const heads = el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col", text }))));
  const signatures = keys.map((key) => el("p", { class: "note", text: `${result[key].name}: ${result[key].signature}` }));
  return [
    scroll("Scores of all systems", el("table", { class: "figures" }, heads, body)),
    ...signatures,
    el("p", { class: "note", text: `±: 95 % interval of the bootstrap (${result.resampling}). ${count(result.lines)} lines.` }),
    ...comparisons(result, keys),
  ];
}

function interval(systems, key, name) {
  const ends = systems.flatMap(([, s]) => [s[key].mean - s[key].margin, s[key].mean + s[key].margin]);
  const low = Math.min(...ends), span = Math.max(...ends) - low || 1;
  const { score, mean, margin } = Object.fromEntries(systems)[name][key];
  const left = (100 * (mean - margin - low)) / span, width = Math.max(1.5, (200 * margin) / span);
  const bar = el("span", { class: "range", "aria-hidden": "true", style: colour(name) }, el("i", { style: { left: `${Math.min(left, 98.5)}%`, width: `${width}%` } }));
  return el("td", {}, score.toFixed(1), el("span", { class: "margin", text: ` ± ${margin.toFixed(1)}` }), bar);
}

function comparisons(result, keys) {
  if (!result.comparisons.length) return [];
  const heads = keys.flatMap((key) => [result[key].name, "p bootstrap", "p randomised"]);
  const body = el("tbody", {});
  for (const pair of result.comparisons) {
    const cells = keys.flatMap((key) => {
      const { difference, p_bootstrap, p_randomization } = pair[key];
      const signed = `${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(1)}`;
      const chances = [p_bootstrap, p_randomization].map((p) => el("td", { class: p >= 0.05 ? "weak" : null, text: p.toFixed(4) }));
      return [el("td", { text: signed }), ...chances];
    });
    body.append(el("tr", {}, el("th", { scope: "row", text: `${pair.better} − ${pair.worse}` }), ...cells));
  }
  const head = el("thead", {}, el("tr", {}, el("th", {}), ...heads.map((text) => el("th", { scope: "col", text }))));
  return [
    el("h3", { text: "Which differences are real?" }),
    scroll("Differences between systems", el("table", { class: "figures" }, head, body)),
    el("p", { class: "note", text: "p: how often two equally good systems would differ as much, by paired bootstrap and by approximate randomisation. Marked where it is 0.05 or more: these may be chance." }),
  ];
}

function lengths(result) {
  const charts = el("div", { class: "charts" });
  const draw = (key) => {
    const top = Math.max(1, ...Object.values(result.systems).flatMap((s) => s.by_length.map((part) => part[key])));
    charts.replaceChildren(...result.by_length.map((part, place) => {
      const bars = Object.entries(result.systems).map(([name, s]) => {
        const value = s.by_length[place][key];
        return el("div", { class: "bar" }, el("span", { class: "name", style: colour(name), text: name, title: name }),
          el("span", { class: "track", style: colour(name) }, el("i", { style: { width: `${(100 * value) / top}%` } })), el("b", { text: value.toFixed(1) }));
      });
      return el("div", { class: "chart" }, el("h3", { text: `${part.words} words · ${count(part.lines)} lines` }), ...bars);
    }));
  };
  const choice = select([["bleu", "BLEU"], ["chrf", "chrF"]], () => draw(choice.value));
  draw("bleu");
  return [el("h3", { text: "By length of the sentence" }), el("div", { class: "controls" }, el("label", {}, "Metric", choice)), charts];
}

// ---------------------------------------------------------------- attention

// Words from pieces: a word begins where SentencePiece writes "▁"; the end sign stands alone.
function grouped(pieces, words) {
  const groups = [];
  pieces.forEach((piece, place) => {
    const end = place === pieces.length - 1;
    if (!words || place === 0 || end || piece.startsWith("▁")) groups.push({ text: "", from: place, to: place });
    const group = groups[groups.length - 1];
    group.to = place + 1;
    group.text += words && !end ? piece.replaceAll("▁", " ") : piece;
  });
  groups.forEach((group) => { group.text = group.text.trim() || "▁"; });
  return groups;
}

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

// A source word gets what its pieces get together; a target word looks where its pieces look on average.
function matrix(weights, source, target) {
  return target.map((row) => source.map((column) =>
    sum(weights.slice(row.from, row.to).map((line) => sum(line.slice(column.from, column.to)))) / (row.to - row.from)));
}

function explorer(explanations) {
  const state = { example: 0, words: true, row: 0 };
  const box = el("div", { class: "explorer" });
  const label = (e) => `${e.line === null ? "" : `#${e.line + 1} `}${grouped(e.source, true).slice(0, -1).map((g) => g.text).join(" ")}`;
  const choice = select(explanations.map((e, place) => [place, shortened(label(e))]), () => show({ example: +choice.value, row: 0 }));
  const modes = [["Words", true], ["Subwords", false]].map(([text, words]) => el("button", { type: "button", text, onclick: () => show({ words, row: 0 }) }));
  const back = el("button", { type: "button", text: "‹ Back", onclick: () => go(state.row - 1) });
  const next = el("button", { type: "button", text: "Step ›", onclick: () => go(state.row + 1) });
  const view = el("div", {});
  let rows = null;

  function show(change) {
    Object.assign(state, change);
    choice.value = state.example;
    modes.forEach((button, place) => button.setAttribute("aria-pressed", String(state.words === (place === 0))));
    const e = explanations[state.example];
    const source = grouped(e.source, state.words), target = grouped(e.target, state.words);
    const alpha = matrix(e.weights, source, target);
    const linked = links(e, source, target);
    const src = source.map((g) => el("span", { class: "word", lang: "hi", text: g.text }));
    const tgt = target.map((g, row) => el("button", { type: "button", class: "word", text: g.text, onfocus: () => go(row), onpointerenter: () => go(row), onclick: () => go(row) }));
    const heat = heatMap(source, target, alpha, linked, go);
    const steps = el("div", { class: "steps", "aria-live": "polite" });
    rows = { e, src, tgt, heat, steps, alpha, linked, target };
    const overlay = e.links.length ? [el("p", { class: "note", text: "Framed in blue: the given word alignment." })] : [];
    view.replaceChildren(
      el("p", { class: "strip source", lang: "hi" }, ...spaced(src)), el("p", { class: "strip target" }, ...spaced(tgt)),
      steps, el("h3", { text: "All steps: each row a target word, each column a source word" }),
      scroll("Attention as a heat map", heat), ...overlay);
    go(state.row);
  }

  function go(row) {
    const { e, src, tgt, heat, steps, alpha, linked, target } = rows;
    state.row = Math.max(0, Math.min(row, target.length - 1));
    src.forEach((word, place) => {
      word.style.setProperty("--a", alpha[state.row][place].toFixed(3));
      word.dataset.weight = alpha[state.row][place].toFixed(3);
      word.classList.toggle("linked", linked.has(`${state.row},${place}`));
    });
    tgt.forEach((word, place) => word.setAttribute("aria-current", String(place === state.row)));
    [...heat.tBodies[0].rows].forEach((line, place) => line.setAttribute("aria-current", String(place === state.row)));
    back.disabled = state.row === 0;
    next.disabled = state.row === target.length - 1;
    steps.replaceChildren(...step(e, target[state.row]));
  }

  box.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!move || !event.target.matches(".target .word")) return;
    event.preventDefault();
    go(state.row + move);
    rows.tgt[state.row].focus();
  });
  box.append(el("div", { class: "controls" }, el("label", { class: "wide" }, "Sentence", choice), ...modes, back, next), view);
  const note = "Point at a word of the translation, or reach it with Tab and the arrow keys: the source words that the model looked at before it wrote the word light up.";
  const node = section("attention", "Attention", el("p", { class: "lead", text: note }), box);
  show({});
  return (example) => { show({ example, row: 0 }); node.scrollIntoView(); rows.tgt[0].focus({ preventScroll: true }); };
}

const shortened = (text) => (text.length > 70 ? `${text.slice(0, text.lastIndexOf(" ", 70))} …` : text);
const spaced = (words) => words.flatMap((word) => [word, " "]);

// The word links, as "row,column" of the groups shown: pieces belong to the word they are in.
function links(e, source, target) {
  const place = (pieces) => { let word = -1; return pieces.map((piece, i) => (i === pieces.length - 1 ? -1 : (word += piece.startsWith("▁") || i === 0 ? 1 : 0))); };
  const src = place(e.source), tgt = place(e.target), given = new Set(e.links.map(([s, t]) => `${s},${t}`)), found = new Set();
  target.forEach((row, r) => source.forEach((column, c) => { if (given.has(`${src[column.from]},${tgt[row.from]}`)) found.add(`${r},${c}`); }));
  return found;
}

function heatMap(source, target, alpha, linked, go) {
  const head = el("tr", {}, el("td", { style: { background: "none" } }), ...source.map((g) => el("th", { scope: "col", lang: "hi" }, el("span", { text: g.text }))));
  const body = el("tbody", {});
  target.forEach((g, row) => body.append(el("tr", { onpointerenter: () => go(row) }, el("th", { scope: "row", text: g.text }),
    ...source.map((s, column) => el("td", {
      style: { "--a": alpha[row][column].toFixed(3) }, class: linked.has(`${row},${column}`) ? "linked" : null,
      title: `${g.text} ← ${s.text}: ${alpha[row][column].toFixed(3)}`,
    })))));
  return el("table", { class: "heat" }, el("thead", {}, head), body);
}

// One step as in Bahdanau et al.: s_{t-1} → e_t → α_t → c_t → y_t. Pieces are what the model steps through.
function step(e, group) {
  const t = group.from, last = group.to - 1;
  const sub = (letter, index) => [letter, el("span", { class: "sub", text: index })];
  const part = (title, ...children) => el("div", {}, el("h4", {}, ...title), ...children);
  const top = e.weights[t].map((w, j) => j).sort((a, b) => e.weights[t][b] - e.weights[t][a]).slice(0, 6).sort((a, b) => a - b);
  const energies = top.map((j) => e.energies[t][j]), low = Math.min(...e.energies[t]), span = Math.max(...e.energies[t]) - low || 1;
  const bar = (text, share, value, chosen) => el("div", { class: "bar" }, el("span", { text, title: text, class: chosen ? "chosen" : null }),
    el("span", { class: "track" }, el("i", { style: { width: `${100 * share}%` } })), el("b", { text: value }));
  const source = (bars) => el("div", { lang: "hi" }, ...bars);
  const likely = e.candidates[t].some(([piece]) => piece === e.target[t]) ? e.candidates[t] : [...e.candidates[t], [e.target[t], e.probabilities[t]]];
  const more = last > t ? `, the first of ${last - t + 1} pieces of “${group.text}”` : "";
  return [
    part(sub("s", `t−1 = ${t}`), el("div", { class: "value", text: e.state_norms[t].toFixed(2) }), el("p", { class: "note", text: "length of the decoder's state before it writes" })),
    part(sub("e", `t = ${t + 1}`), source(top.map((j, place) => bar(`${j + 1} ${e.source[j]}`, (energies[place] - low) / span, energies[place].toFixed(2))))),
    part(sub("α", `t = ${t + 1}`), source(top.map((j) => bar(`${j + 1} ${e.source[j]}`, e.weights[t][j], e.weights[t][j].toFixed(3))))),
    part(sub("c", `t = ${t + 1}`), el("div", { class: "value", text: e.context_norms[t].toFixed(2) }), el("p", { class: "note", text: "length of Σ α h, what it has seen" })),
    part(["next: ", e.target[t]], ...likely.map(([piece, p]) => bar(piece, p, p.toFixed(3), piece === e.target[t])), el("p", { class: "note", text: `step ${t + 1} of ${e.target.length}${more}` })),
  ];
}

// ---------------------------------------------------------------- sentences

function browser(sentences, sets, explain, explained) {
  const systems = Object.keys(sentences.outputs), total = sentences.words.length;
  const number = (label, max) => el("input", { type: "number", min: 0, max, "aria-label": label, placeholder: label, oninput: refresh });
  const search = el("input", { type: "search", placeholder: "in sources, references and outputs", oninput: refresh });
  const system = select(systems.map((name) => [name, name]), refresh);
  const order = select([["file", "as in the file"], ["worst", "chrF, worst first"], ["best", "chrF, best first"], ["short", "shortest first"], ["long", "longest first"]], refresh);
  const set = select([["", "all"], ...sets.map((name, place) => [place, name])], refresh);
  const words = [number("from", 9999), number("to", 9999)], chrf = [number("from", 100), number("to", 100)];
  const list = el("div", {}), status = el("span", { "aria-live": "polite", class: "status" });
  const back = el("button", { type: "button", text: "‹ Previous", onclick: () => draw(first - PAGE) });
  const next = el("button", { type: "button", text: "Next ›", onclick: () => draw(first + PAGE) });
  let shown = [], first = 0;
  let texts = null;

  const within = (value, [low, high]) => (low.value === "" || value >= +low.value) && (high.value === "" || value <= +high.value);

  function text(i) {
    texts ||= [];
    texts[i] ||= [sentences.source?.[i] ?? "", ...sentences.references.map((lines) => lines[i]), ...systems.map((name) => sentences.outputs[name][i])].join("\n").toLowerCase();
    return texts[i];
  }

  function refresh() {
    const wanted = search.value.trim().toLowerCase(), scored = sentences.chrf[system.value];
    shown = [];
    for (let i = 0; i < total; i++) {
      if (set.value !== "" && sentences.set[i] !== +set.value) continue;
      if (within(sentences.words[i], words) && within(scored[i], chrf) && (!wanted || text(i).includes(wanted))) shown.push(i);
    }
    const by = { worst: (a, b) => scored[a] - scored[b], best: (a, b) => scored[b] - scored[a],
      short: (a, b) => sentences.words[a] - sentences.words[b], long: (a, b) => sentences.words[b] - sentences.words[a] }[order.value];
    if (by) shown.sort(by);
    draw(0);
  }

  function draw(from) {
    first = Math.max(0, from);
    const page = shown.slice(first, first + PAGE);
    list.replaceChildren(...page.map(card));
    status.textContent = page.length ? `${count(first + 1)}–${count(first + page.length)} of ${count(shown.length)} sentences` : "no sentence is like that";
    back.disabled = first === 0;
    next.disabled = first + PAGE >= shown.length;
  }

  function card(i) {
    const best = Math.max(...systems.map((name) => sentences.chrf[name][i]));
    const rows = el("dl", {});
    const row = (name, score, line, style, strong) => rows.append(el("dt", { text: name, title: name, class: style ? "name" : null, style }),
      el("dd", { class: `score${strong ? " best" : ""}`, text: score }), el("dd", { class: "text", lang: "en", text: line }));
    sentences.references.forEach((lines, place) => row(sentences.references.length > 1 ? `reference ${place + 1}` : "reference", "", lines[i]));
    systems.forEach((name) => row(name, sentences.chrf[name][i].toFixed(1), sentences.outputs[name][i] || "(empty)", colour(name), systems.length > 1 && sentences.chrf[name][i] === best));
    const facts = [`#${i + 1}`, ...(sets.length > 1 ? [sets[sentences.set[i]]] : []), `${sentences.words[i]} words`];
    const look = explained.has(i) ? [el("button", { type: "button", text: "Attention", onclick: () => explain(explained.get(i)) })] : [];
    const source = sentences.source ? [el("p", { class: "source", lang: "hi", text: sentences.source[i] })] : [];
    return el("article", { class: "sentence", "data-line": i + 1 }, el("div", { class: "head" }, ...facts.map((fact) => el("span", { text: fact })), ...look), ...source, rows);
  }

  const range = (title, [low, high]) => el("label", {}, title, el("span", { class: "pair" }, low, high));
  const controls = el("div", { class: "controls" }, el("label", { class: "wide" }, "Search", search), el("label", {}, "Sort", order),
    el("label", {}, "by chrF of", system), range("Words", words), range("chrF", chrf), ...(sets.length > 1 ? [el("label", {}, "Test set", set)] : []));
  section("sentences", "Sentences", controls, el("div", { class: "pager" }, back, next, status), list);
  refresh();
}

// ---------------------------------------------------------------- the page

document.title = data.title;
document.querySelector("h1").textContent = data.title;
if (data.results) {
  const others = Object.keys(data.results.systems).length - 1;
  document.querySelector(".lead").textContent = `${count(data.results.lines)} sentences, ${others ? `compared with ${others} other ${others > 1 ? "systems" : "system"}` : "one system"}`;
  scores(data.results);
}
const curve = document.getElementById("curve");
if (curve.content.firstElementChild) section("learning", "Learning curve", el("div", { class: "curve" }, curve.content.cloneNode(true)));
const explain = data.explanations.length ? explorer(data.explanations) : null;
const explained = new Map(data.explanations.map((e, place) => [e.line, place]));
if (data.sentences) browser(data.sentences, Object.keys(data.results.sets), explain, explained);
document.documentElement.dataset.ready = performance.now().toFixed();
