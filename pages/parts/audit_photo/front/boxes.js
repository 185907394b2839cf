// Boxes over the photo: of a finding with its number, of all else that was seen on demand.

function toneOf(v, name) {
  return v.data.tones[name].color;
}

function paintBoxes(v) {
  const { layer } = v.ui;
  const { width, height, boxes } = v.data;
  layer.setAttribute("viewBox", `0 0 ${width} ${height}`);
  v.marks = boxes.map((box, i) => {
    if (!box.finding && !v.all) return null;
    const finding = v.data.findings.find((f) => f.id === box.finding);
    const kind = [finding ? "" : "seen", finding && finding.check ? "check" : "", box.room ? "room" : "", finding && finding.verdict ? "settled" : ""];
    const rect = s("rect", { x: box.x, y: box.y, width: box.w, height: box.h, rx: 4 });
    const group = s("g", { class: ["box", ...kind].filter(Boolean).join(" "), style: { "--tone": toneOf(v, box.tone) } }, rect);
    group.onpointerenter = (e) => tell(v, box, e);
    group.onpointermove = (e) => tell(v, box, e);
    group.onpointerleave = () => { v.ui.tip.hidden = true; };
    group.onclick = () => { if (!v.dragged) (finding ? pick(v, finding.id, false) : v.act({ do: "name", finding: null, box: i })); };
    return { group, box, finding };
  }).filter(Boolean);
  // What belongs to a finding lies above the rest.
  v.marks.sort((a, b) => Number(Boolean(a.finding)) - Number(Boolean(b.finding)));
  v.pins = s("g", {});
  layer.replaceChildren(...v.marks.map((m) => m.group), v.pins);
  paintPins(v);
  paintOn(v);
}

/** Numbers keep their size on the screen, however near the photo is. */
function paintPins(v) {
  if (!v.pins || !(v.view.scale > 0)) return;
  const r = 10 / v.view.scale;
  const first = new Set();
  v.pins.replaceChildren(...v.marks.filter((m) => m.finding && !first.has(m.finding.id) && first.add(m.finding.id)).map(({ box, finding }) => {
    const x = box.x + r * 0.9, y = box.y + r * 0.9;
    return s("g", { style: { "--tone": toneOf(v, box.tone), "pointer-events": "none" } },
      s("circle", { class: "pin", cx: x, cy: y, r }),
      textAt(x, y, r * 1.15, String(finding.number)));
  }));
}

function textAt(x, y, size, words) {
  const el = s("text", { x, y, "font-size": size });
  el.textContent = words;
  return el;
}

function paintOn(v) {
  for (const { group, finding } of v.marks || []) group.classList.toggle("on", Boolean(finding) && finding.id === v.picked);
}

function paintLegend(v) {
  const used = [...new Set(v.data.findings.map((f) => f.tone))];
  v.ui.legend.replaceChildren(...used.map((t) => h("span", { style: { "--tone": toneOf(v, t) } }, h("i", {}), v.data.tones[t].words)));
}

function tell(v, box, e) {
  const { tip, stage } = v.ui;
  if (e.pointerType === "touch") return;
  tip.replaceChildren(h("b", {}, box.title), box.text ? h("span", {}, box.text) : "");
  tip.hidden = false;
  const r = stage.getBoundingClientRect();
  const x = clamp(e.clientX - r.left + 14, 4, r.width - tip.offsetWidth - 4);
  const y = clamp(e.clientY - r.top + 16, 4, r.height - tip.offsetHeight - 4);
  tip.style.transform = `translate(${x}px, ${y}px)`;
}
