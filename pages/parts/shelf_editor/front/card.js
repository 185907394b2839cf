// The right card: what the plan earns, the last move, the selected product, next moves, warnings, versions.

function paintCard(ed) {
  paintMoney(ed);
  const { data, ui } = ed;
  const sections = ed.panel === "history" ? historySections(ed)
    : ed.selectedProduct ? productSections(ed)
      : [...moveSection(ed), ...nextMoves(ed), ...warningSection(ed)];
  ui.cardBody.replaceChildren(...sections);
  setAttr(ui.cardBody, "data-move", data.last ? data.last.id : "");
  setText(ui.earns, data.money ? "This plan earns" : "No estimate yet");
}

/** What the plan earns; the interval is drawn as a bar with the saved version as a mark. */
function paintMoney(ed) {
  const { money: m } = ed.data;
  const { ui } = ed;
  ui.money.hidden = !m;
  if (!m) return;
  showMoney(ed, m.day);
  const low = Math.min(m.low, m.saved), high = Math.max(m.high, m.saved);
  const pad = (high - low) * 0.18 || 1;
  const at = (v) => `${(((v - low + pad) / (high - low + 2 * pad)) * 100).toFixed(2)}%`;
  ui.range.style.setProperty("--low", at(m.low));
  ui.range.style.setProperty("--high", at(m.high));
  ui.range.style.setProperty("--mid", at(m.day));
  ui.range.style.setProperty("--saved", at(m.saved));
  setText(ui.interval, `${m.interval}, ${m.level} · saved version ${money(m.saved, ed.currency)}`);
  const changed = Math.abs(m.delta) >= 0.005;
  ui.delta.hidden = !changed;
  ui.delta.className = m.delta >= 0 ? "delta up" : "delta down";
  ui.delta.replaceChildren(h("b", {}, `${signedMoney(m.delta, ed.currency)} a day`), " ", h("span", {}, m.deltaInterval || ""));
}

/** The new value stands there at once; it comes in from the side that it changed to. */
function showMoney(ed, value) {
  const { day } = ed.ui;
  const from = ed.shownMoney ?? value;
  ed.shownMoney = value;
  setText(day, money(value, ed.currency));
  if (Math.abs(from - value) < 0.005 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  day.animate([{ transform: `translateY(${value > from ? 9 : -9}px)`, opacity: 0.2 }, {}], { duration: 200, easing: "ease-out" });
}

const section = (title, ...children) => h("section", {}, title && h("h3", {}, title), ...children);

const reason = (kind, text) => h("li." + kind, {}, h("span", { "aria-hidden": "true" }, { pro: "✓", con: "–", hint: "→" }[kind]), " ", text);

function moveSection(ed) {
  const { last } = ed.data;
  if (!last) return [];
  const parts = [];
  if (last.score !== null && last.score !== undefined) {
    parts.push(h("div.scoreline", { title: last.confidence || "" }, h("b.big", { "data-test": "score" }, last.score.toFixed(0)),
      h("div.bar", { role: "img", "aria-label": `Score ${last.score.toFixed(0)} of 100` }, h("i", { style: { width: `${last.score}%` } })), h("span", {}, "of 100")));
  }
  const only = ed.data.money && Math.abs(ed.data.money.delta - last.gain) < 0.005; // then the line above says it
  if (last.money && !only) parts.push(h("p.delta." + (last.gain >= 0 ? "up" : "down"), {}, h("b", {}, `${signedMoney(last.gain, ed.currency)} a day`), " ", h("span", {}, last.money)));
  const reasons = [...last.pros.map((t) => reason("pro", t)), ...last.cons.map((t) => reason("con", t)), ...last.hints.map((t) => reason("hint", t))];
  if (reasons.length) parts.push(h("ul.reasons", {}, ...reasons));
  if (last.confidence) parts.push(h("p.quiet", {}, last.confidence));
  return [section(last.title, ...parts)];
}

function nextMoves(ed) {
  const { moves } = ed.data;
  if (!moves) return [section("Next best moves", h("p.quiet", {}, "Looking for better places…"))];
  if (!moves.length) return [section("Next best moves", h("p.quiet", {}, "No single move is worth more than its uncertainty."))];
  return [section("Next best moves", ...moves.map((m) => h("div.row", {}, h("span.what", { title: m.title }, h("b", {}, m.name), " ", m.text),
    h("b.gain", { title: m.interval }, signedMoney(m.gain, ed.currency)),
    ed.data.readOnly ? null : button("small", "Apply", () => send(ed, m.event), { "aria-label": `Apply: ${m.title}` }))))];
}

const TOLD_SINGLY = 2;

/** The few of a rule one by one, the many in one line that opens; the rarest rule first. What somebody lives
 * with comes last, folded. */
function warningSection(ed) {
  const open = ed.warnings.filter((w) => !w.known), known = ed.warnings.filter((w) => w.known);
  const head = h("div.headrow", {}, h("h3", {}, open.length ? `Issues ${open.length}` : "Issues"),
    h("span.quiet", { title: "100 less what each issue takes off" }, `layout score ${ed.data.layoutScore} of 100`));
  const lines = open.length ? h("ul.reasons.issues", {}, ...issueLines(ed, open)) : h("p.quiet", {}, "Every rule is kept.");
  return [h("section", {}, head, lines, known.length ? knownIssues(ed, known) : null)];
}

function issueLines(ed, issues) {
  const groups = new Map();
  for (const w of issues) {
    const key = w.many || w.message;
    groups.set(key, [...(groups.get(key) || []), w]);
  }
  const weight = (list) => (list[0].severity === "error" ? 0 : list[0].minor ? 1e6 : list.length);
  const sorted = [...groups].sort((a, b) => weight(a[1]) - weight(b[1]));
  return sorted.flatMap(([many, list]) =>
    list.length > TOLD_SINGLY ? [warningGroup(ed, many, list)] : list.map((w) => warningLine(ed, w)));
}

function knownIssues(ed, known) {
  const lines = known.map((w) => h("li.con", {}, h("span", { "aria-hidden": "true" }, "·"), h("div", {}, w.message, issueActions(ed, w))));
  return h("details.known", {}, h("summary", {}, `${known.length} acknowledged`), h("ul.reasons.issues", {}, ...lines));
}

function warningLine(ed, w) {
  const text = h("span.text", {}, w.message);
  if (w.at) { text.classList.add("link"); text.tabIndex = 0; text.onclick = () => goTo(ed, w.at); text.onkeydown = (e) => { if (e.key === "Enter") goTo(ed, w.at); }; }
  if (w.hint) text.title = w.hint;
  return h("li.con", { "data-issue": w.key }, h("span", { "aria-hidden": "true" }, "–"), h("div", {}, text, issueActions(ed, w)));
}

/** One click to mend it, one to live with it. Only what belongs to the plan on screen can be mended. */
function issueActions(ed, w) {
  if (ed.data.readOnly || ed.data.pairsStale) return null;
  const fix = w.fix ? button("link.fix", w.fix, () => send(ed, { type: "fix", key: w.key })) : null;
  const leave = w.severity === "error" ? null : button("link.leave", w.known ? "Take back" : "Acknowledge",
    () => send(ed, { type: "acknowledge", key: w.key, back: w.known }), { "aria-label": `${w.known ? "Take back" : "Acknowledge"}: ${w.message}` });
  return fix || leave ? h("div.issueactions", {}, fix, leave) : null;
}

function warningGroup(ed, many, list) {
  const open = ed.openWarnings.has(many);
  const lines = h("ul.reasons.issues", {}, ...list.map((w) => warningLine(ed, w)));
  const group = h("details", { open }, h("summary", {}, h("b", {}, String(list.length)), ` ${many}`), lines);
  group.ontoggle = () => { if (group.open) ed.openWarnings.add(many); else ed.openWarnings.delete(many); };
  return h("li.con.group", {}, h("span", { "aria-hidden": "true" }, "–"), group);
}

function goTo(ed, at) {
  const p = findAt(ed.positions, at);
  if (!p) return;
  selectOnly(ed, p.uid);
  focusTile(ed, ed.tiles.get(p.uid));
}

// --- the selected product ---

function productSections(ed) {
  const product = ed.products.get(ed.selectedProduct);
  if (!product) return [];
  const chosen = ed.positions.filter((p) => ed.selected.has(p.uid));
  if (chosen.length > 1) return [manySection(ed, chosen)];
  const p = chosen[0] || null;
  const detail = ed.data.detail && ed.data.detail.product === product.id ? ed.data.detail : null;
  const { brand, rest } = splitName(product);
  const head = h("div.producthead", {}, h("div.thumb", {}, packageImage(product)), h("div", {},
    h("h3", {}, `${brand} ${rest}`.trim()), h("p.quiet", {}, p ? `${slotTitle(ed.fixture, p)} · ${product.category}` : product.category)));
  return [h("section", {}, head, factTable(ed, product, p), p && !ed.data.readOnly ? actionRow(ed, p) : null,
    product.refused ? h("p.quiet", {}, product.refused) : !p && !ed.data.readOnly ? h("p.quiet", {}, "Drag it to a slot, or press Enter.") : null,
    trendLine(product)), ...(detail ? detailSections(ed, detail) : []),
    h("section", {}, button("link", "Back to the plan", () => clearSelection(ed)))];
}

function factTable(ed, product, p) {
  const facts = [["Price", product.price === null ? "" : money(p && p.price !== null ? p.price : product.price, ed.currency)],
    ["Margin", product.margin !== null ? percent(product.margin) : product.price ? "cost not known" : ""]];
  if (p) {
    const value = (name) => { const o = ed.overlays.find((q) => q.name === name); return o ? overlayText(o, p.values[name], ed.currency) : ""; };
    facts.push(["Sells", value("velocity") && `${value("velocity")} a day`], ["Earns", value("revenue") && `${value("revenue")} a day`],
      ["Score here", value("score")], ["Stock lasts", value("supply")],
      ["Stock", p.capacity && p.quantity !== null ? `${p.quantity} of ${p.capacity}` : ""], ["Par level", p.par === null ? "" : String(p.par)]);
  } else facts.push(["Sells", product.velocity ? `${product.velocity.toFixed(1)} a day` : ""]);
  return h("dl.facts", {}, ...facts.filter(([, v]) => v).flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, v)]));
}

function actionRow(ed, p) {
  return h("div.actions", {}, h("div.stepper", { role: "group", "aria-label": "Facings" },
    button("small", "−", () => changeFacings(ed, p, -1), { "aria-label": "Fewer facings", disabled: p.facings < 2 }),
    h("span", {}, `${p.facings} facing${p.facings > 1 ? "s" : ""}`), button("small", "+", () => changeFacings(ed, p, 1), { "aria-label": "More facings" })),
  button("small", p.locked ? "Unlock" : "Lock", () => lockPositions(ed, [p])), button("small", "Remove", () => removePositions(ed, [p])));
}

function manySection(ed, chosen) {
  return h("section", {}, h("h3", {}, `${chosen.length} positions selected`), h("p.quiet", {}, "Drag one of them to move all together."),
    ed.data.readOnly ? null : h("div.actions", {}, button("small", "Lock", () => lockPositions(ed, chosen)),
      button("small", "Remove", () => removePositions(ed, chosen)), button("small", "Clear selection", () => clearSelection(ed))));
}

function trendLine(product) {
  if (!product.trend || product.trend.length < 2) return null;
  return h("figure.trend", {}, sparkline(product.trend, 220, 36), h("figcaption", {}, "Units sold, last 4 weeks"));
}

function detailSections(ed, detail) {
  const out = [];
  if (detail.curve.length > 1) out.push(section("Facings and money", facingsCurve(ed, detail), h("p.quiet", {}, detail.curveText)));
  if (detail.helps.length || detail.hurts.length) {
    out.push(section("Neighbors", h("ul.reasons", {}, ...detail.helps.map((t) => reason("pro", t)), ...detail.hurts.map((t) => reason("con", t)))));
  }
  return out;
}

/** Money a day by number of facings, the current one and the best one marked. */
function facingsCurve(ed, detail) {
  const [W, H, pad] = [220, 78, 16];
  const values = detail.curve.map((c) => c.day);
  const low = Math.min(...values), span = Math.max(...values) - low || 1;
  const x = (i) => 18 + (i / (values.length - 1)) * (W - 40);
  const y = (v) => H - pad - ((v - low) / span) * (H - pad - 20);
  const svg = s("svg", { class: "curve", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": detail.curveText });
  svg.append(s("polyline", { points: values.map((v, i) => `${x(i)},${y(v)}`).join(" ") }));
  detail.curve.forEach((c, i) => {
    const kind = c.facings === detail.best ? "best" : c.facings === detail.now ? "now" : "";
    svg.append(s("circle", { cx: x(i), cy: y(c.day), r: kind ? 3.6 : 2, class: kind }), s("text", { x: x(i), y: H - 3, "text-anchor": "middle" }, String(c.facings)));
    if (kind) svg.append(s("text", { x: x(i), y: y(c.day) - 8, "text-anchor": "middle", class: "mark" }, money(c.day, ed.currency)));
  });
  return svg;
}

// --- versions ---

function historySections(ed) {
  const { versions, compare } = ed.data;
  const list = (versions || []).map((v) => h("div.version" + (compare && compare.version === v.version ? ".on" : ""), {},
    h("div", {}, h("b", {}, `Version ${v.version}`), v.status === "draft" ? null : h("span.state", {}, v.status), h("span.quiet", {}, ` ${v.when}${v.who ? " · " + v.who : ""}`)),
    v.comment ? h("p", {}, v.comment) : null, v.summary ? h("p.quiet", {}, v.summary) : null,
    h("div.actions", {}, button("small", compare && compare.version === v.version ? "Hide" : "Compare",
      () => send(ed, { type: "compare", version: compare && compare.version === v.version ? null : v.version }), { "aria-label": `Compare with version ${v.version}` }),
    v.current || ed.data.readOnly ? null : button("small", "Restore", () => send(ed, { type: "restore", version: v.version }), { "aria-label": `Restore version ${v.version}` }))));
  const marks = compare ? h("ul.diffkey", {}, ...compare.counts.map(([kind, text]) => h("li", {}, h("i." + kind), text))) : null;
  return [h("section", {}, h("div.headrow", {}, h("h3", {}, "Versions"), button("link", "Close", () => setPanel(ed, ""))),
    compare ? h("p.quiet", {}, compare.counts.length ? `Changes since version ${compare.version}:` : `Nothing differs from version ${compare.version}.`) : null, marks), h("section.versions", {}, ...list)];
}
