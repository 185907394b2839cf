// The list of findings: each can be picked, confirmed, dismissed or corrected with one tap.

const VERDICTS = [["confirmed", "Confirm"], ["dismissed", "Dismiss"], ["corrected", "Correct"]];

function paintFindings(v) {
  const { findings, none } = v.data;
  v.ui.none.hidden = findings.length > 0;
  setText(v.ui.none, none || "");
  const sure = findings.filter((f) => !f.check), unsure = findings.filter((f) => f.check);
  v.ui.findings.replaceChildren(
    ...sure.map((f) => item(v, f)),
    unsure.length ? h("li.part", {}, "Please check: too unsure to count") : "",
    ...unsure.map((f) => item(v, f)));
  paintPicked(v);
}

function item(v, f) {
  const acts = v.data.may ? h("div.acts", {}, ...VERDICTS.map(([verdict, label]) => {
    const on = f.verdict === verdict;
    return button("act", label, (e) => {
      e.stopPropagation();
      v.act({ do: verdict === "corrected" ? "correct" : verdict, finding: f.id, box: null });
    }, { "aria-pressed": String(on), "data-do": verdict });
  })) : "";
  const row = h(`li${f.verdict ? ".settled" : ""}`, { tabindex: "0", style: { "--tone": toneOf(v, f.tone) } },
    h("div.head", {}, h("span.number", {}, String(f.number)), h("b", {}, f.title), h("span.where", {}, f.where)),
    h("p", {}, f.text), h("p.quiet", { title: f.exact }, f.sure), acts);
  row.dataset.finding = f.id;
  row.onclick = () => pick(v, f.id, true);
  row.onkeydown = (e) => { if (e.target === row && (e.key === "Enter" || e.key === " ")) { e.preventDefault(); pick(v, f.id, true); } };
  return row;
}

function pick(v, id, move) {
  v.picked = v.picked === id && !move ? null : id;
  paintOn(v);
  paintPicked(v);
  const mark = v.marks.find((m) => m.finding && m.finding.id === v.picked);
  const row = v.ui.findings.querySelector("li.on");
  if (move && mark) show(v, mark.box);
  else if (row) row.scrollIntoView({ block: "nearest", behavior: "smooth" });
  if (mark) setText(v.ui.live, `${mark.finding.title}, ${mark.finding.text}`);
}

function paintPicked(v) {
  for (const row of v.ui.findings.children) row.classList.toggle("on", Boolean(v.picked) && row.dataset.finding === v.picked);
}
