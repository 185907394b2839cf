// The keyboard: everything that the pointer can do.

const HELP = [
  ["Arrows", "move along and between shelves"], ["Enter", "pick up, put down"], ["Escape", "put back, clear the selection"],
  ["Space", "select; with Shift or Ctrl several"], ["+  −", "more or fewer facings"], ["Delete", "remove from the shelf"],
  ["L", "lock or unlock"], ["D", "copy this shelf to the one below"], ["/", "search products"],
  ["Ctrl Z", "undo"], ["Ctrl Shift Z", "redo"], ["Ctrl S", "save"], ["[  ]", "zoom"], ["?", "this help"],
];

function bindKeys(ed) {
  ed.ui.root.onkeydown = (e) => {
    if (globalKey(ed, e) || localKey(ed, e)) {
      e.preventDefault();
      e.stopPropagation();
    } else if (!e.ctrlKey && !e.metaKey && !e.altKey) {
      e.stopPropagation(); // the page's own one-letter shortcuts do not apply here
    }
  };
  document.addEventListener("keydown", (ed.onDocumentKey = (e) => {
    const typing = e.composedPath().some((el) => el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName || ""));
    const here = e.composedPath().includes(ed.ui.root);
    if (!here && !typing && (e.ctrlKey || e.metaKey || e.key === "/") && globalKey(ed, e)) e.preventDefault();
  }));
}

function isTyping(e) {
  return /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);
}

function globalKey(ed, e) {
  const control = e.ctrlKey || e.metaKey;
  const key = e.key.toLowerCase();
  if (control && key === "s") { save(ed); return true; }
  if (key === "escape" && !ed.ui.saveMenu.hidden) { ed.ui.saveMenu.hidden = true; ed.ui.saveMore.focus(); return true; }
  if (isTyping(e)) return typingKey(ed, e);
  if (control && key === "z") { send(ed, { type: e.shiftKey ? "redo" : "undo" }); return true; }
  if (control && key === "y") { send(ed, { type: "redo" }); return true; }
  if (control) return false;
  if (key === "/") { ed.ui.search.focus(); ed.ui.search.select(); return true; }
  if (key === "?") { ed.ui.help.showModal(); return true; }
  if (key === "[" || key === "]") { stepZoom(ed, key === "]" ? 1 : -1); return true; }
  return false;
}

function typingKey(ed, e) {
  if (e.target !== ed.ui.search) return false;
  if (e.key === "Escape") { ed.ui.search.value = ""; filterList(ed); focusCurrent(ed); return true; }
  if (e.key === "ArrowDown" || e.key === "Enter") { focusItem(ed, 0); return true; }
  return false;
}

function localKey(ed, e) {
  const item = e.target.closest(".item");
  if (item) return itemKey(ed, e, item);
  const el = e.target.closest(".tile, .gap");
  if (!el) return e.key === "Escape" && Boolean(ed.held) && (letGo(ed), true);
  const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (steps[e.key]) { moveFocus(ed, el, ...steps[e.key]); return true; }
  if (e.key === "Home" || e.key === "End") { focusTile(ed, placesOf(ed, placeOfEl(ed, el).row).at(e.key === "Home" ? 0 : -1)); return true; }
  return placeKey(ed, e, el);
}

function placeKey(ed, e, el) {
  const position = el.dataset.uid ? ed.positions.find((p) => p.uid === Number(el.dataset.uid)) : null;
  if (e.key === "Escape") { if (ed.held) { letGo(ed); announce(ed, "Put back."); } else clearSelection(ed); return true; }
  if (e.key === "Enter") { enterKey(ed, el, position); return true; }
  if (!position) return false;
  const chosen = ed.selected.has(position.uid) ? ed.positions.filter((p) => ed.selected.has(p.uid)) : [position];
  switch (e.key) {
    case " ": select(ed, position.uid, e); return true;
    case "+": case "=": changeFacings(ed, position, 1); return true;
    case "-": case "−": changeFacings(ed, position, -1); return true;
    case "Delete": case "Backspace": removePositions(ed, chosen); return true;
    case "l": case "L": lockPositions(ed, chosen); return true;
    case "d": case "D": copyRow(ed, position.row); return true;
    default: return false;
  }
}

function enterKey(ed, el, position) {
  if (ed.held) {
    if (position && ed.held.group.some((p) => p.uid === position.uid)) { letGo(ed); announce(ed, "Put back."); } else drop(ed, targetOf(ed, el));
  } else if (position && position.locked) toast(ed, { text: "This position is locked. Press L to unlock it." });
  else if (position && !ed.data.readOnly) {
    if (!ed.selected.has(position.uid)) selectOnly(ed, position.uid);
    pickUp(ed, { position }, "keys");
  } else if (ed.selectedProduct && !ed.data.readOnly) {
    pickUp(ed, { product: ed.selectedProduct }, "keys");
    drop(ed, targetOf(ed, el));
  }
}

function itemKey(ed, e, item) {
  if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    const shown = [...ed.ui.items.children].filter((row) => !row.hidden);
    const at = shown.indexOf(item) + (e.key === "ArrowDown" ? 1 : -1);
    if (at < 0) ed.ui.search.focus(); else focusItem(ed, at);
    return true;
  }
  if (e.key === " ") { selectProduct(ed, Number(item.dataset.product)); return true; }
  if (e.key === "Escape") { letGo(ed); focusCurrent(ed); return true; }
  if (e.key !== "Enter" || ed.data.readOnly) return false;
  selectProduct(ed, Number(item.dataset.product));
  const best = pickUp(ed, { product: Number(item.dataset.product) }, "keys");
  focusTile(ed, best ? best.el : ed.focused || placesOf(ed, 0)[0]);
  return true;
}

// --- where the focus is ---

function focusItem(ed, index) {
  const shown = [...ed.ui.items.children].filter((row) => !row.hidden);
  shown[clamp(index, 0, shown.length - 1)]?.focus();
}

function placeOfEl(ed, el) {
  if (el.place) return { row: el.place.row, left: el.place.left, right: el.place.left + el.place.size };
  const p = ed.positions.find((q) => q.uid === Number(el.dataset.uid));
  return { row: p.row, ...extent(ed.fixture, p) };
}

/** Tiles and empty places of a row, from left to right. */
function placesOf(ed, row) {
  return [...ed.tiles.values(), ...ed.gaps.values()].filter((el) => placeOfEl(ed, el).row === row)
    .sort((a, b) => placeOfEl(ed, a).left - placeOfEl(ed, b).left);
}

function moveFocus(ed, el, rows, columns) {
  const at = placeOfEl(ed, el);
  const center = ed.focusX !== undefined && rows ? ed.focusX : (at.left + at.right) / 2;
  if (columns) {
    const line = placesOf(ed, at.row);
    const next = line[line.indexOf(el) + columns];
    ed.focusX = undefined;
    if (next) focusTile(ed, next);
    return;
  }
  const line = at.row + rows >= 0 && at.row + rows < ed.fixture.rows.length ? placesOf(ed, at.row + rows) : [];
  if (!line.length) return;
  const distance = (other) => { const o = placeOfEl(ed, other); return Math.max(o.left - center, center - o.right, 0); };
  focusTile(ed, line.reduce((best, other) => (distance(other) < distance(best) ? other : best)));
  ed.focusX = center;
}

/** Give the focus to one place; it alone is in the tab order. */
function focusTile(ed, el, quiet) {
  if (!el) return;
  if (ed.focused) ed.focused.tabIndex = -1;
  ed.focused = el;
  const { row, left, right } = placeOfEl(ed, el);
  ed.focusAt = { row, x: (left + right) / 2 };
  el.tabIndex = 0;
  if (quiet) return;
  el.focus({ preventScroll: true });
  el.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (!ed.held || ed.held.mode !== "keys") return;
  hover(ed, el);
  if (ed.held.legal.has(el)) announce(ed, `${slotName(targetOf(ed, el))}${el.gain ? `, ${el.gain} a day` : ""}`);
}

function focusCurrent(ed) {
  focusTile(ed, ed.focused && ed.focused.isConnected ? ed.focused : placesOf(ed, 0)[0]);
}

/** After an update: when the focused place is gone, the one that took its place gets the focus. */
function keepFocus(ed, had) {
  if (ed.focused && ed.focused.isConnected) {
    if (had && ed.shadow.activeElement !== ed.focused) ed.focused.focus({ preventScroll: true });
    return;
  }
  const at = ed.focusAt || { row: 0, x: 0 };
  const line = placesOf(ed, Math.min(at.row, ed.fixture.rows.length - 1));
  const heir = line.find((el) => { const o = placeOfEl(ed, el); return o.left <= at.x && at.x <= o.right; }) || line[0];
  focusTile(ed, heir, !had);
}
