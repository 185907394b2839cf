// Someone else saved first: what both did, and what is to stand where both changed the same.

function openConflict(ed) {
  const { conflict } = ed.data, { ui } = ed, n = conflict.clashes.length;
  setText(ui.conflictText, conflict.message);
  setText(ui.conflictWho, conflict.who);
  setText(ui.conflictTheirs, conflict.theirs);
  setText(ui.conflictMine, conflict.mine);
  setText(ui.conflictVerdict, n === 0 ? "Your changes and theirs go together."
    : `${n === 1 ? "One place was" : `${n} places were`} changed by both. Choose, the rest goes together.`);
  ui.clashes.replaceChildren(...conflict.clashes.map((c, i) => clashRow(conflict, c, i)));
  ui.conflictName.value = conflict.name;
  ui.conflict.showModal();
  ui.conflictMerge.focus();
}

function clashRow(conflict, clash, i) {
  const side = (value, label, words, checked) => h("label.side", {}, h("input", { type: "radio", name: `clash${i}`, value, checked }),
    h("span", {}, h("b", {}, label), ...words.map((w) => h("span.what", {}, w))));
  return h("fieldset", {}, h("legend", {}, clash.title),
    side("theirs", conflict.who, clash.theirs, true), side("mine", "You", clash.mine, false));
}

/** Indexes of the clashes that are decided for this person's own side. */
function keptClashes(ed) {
  return [...ed.ui.clashes.children].flatMap((row, i) => (row.querySelector("input[value=mine]").checked ? [i] : []));
}
