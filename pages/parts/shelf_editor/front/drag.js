// Holding a product: by pointer, by keys or by tapping. One state, `ed.held`, and one way to drop it.
// held: {product, position?, group: [positions], mode: "drag" | "keys" | "tap", legal: the places it may take}

const DRAG_THRESHOLD_PX = 5;

function pickUp(ed, source, mode) {
  const position = source.position || null;
  const product = ed.products.get(position ? position.product : source.product) || unknownProduct(0);
  const group = position && ed.selected.has(position.uid) ? ed.positions.filter((p) => ed.selected.has(p.uid)) : position ? [position] : [];
  ed.held = { product, position, group, mode, legal: new Set() };
  ed.ui.root.dataset.holding = mode;
  for (const p of group) ed.tiles.get(p.uid).classList.add("lifted");
  const best = showTargets(ed);
  if (mode !== "drag") {
    announce(ed, product.refused || `Picked up ${product.name}. ${best ? `Best place ${best.name}, ${best.gain}. ` : ""}Move and press Enter to put it down, Escape to cancel.`);
  }
  paintPickBar(ed);
  return best;
}

function letGo(ed) {
  if (!ed.held) return;
  ed.held = null;
  ed.over = null;
  delete ed.ui.root.dataset.holding;
  for (const el of ed.ui.fixture.querySelectorAll(".open,.closed,.glow,.over,.bad,.lifted")) {
    el.classList.remove("open", "closed", "glow", "over", "bad", "lifted", "first");
    el.removeAttribute("data-gain");
  }
  ed.ui.preview.remove();
  ed.ui.list.classList.remove("removing");
  paintPickBar(ed);
}

/**
 * Light up the best three places with what they are worth a day, and fade those where it cannot stand. Most
 * products can take most places: touching only the few others keeps a pick-up quick on a shelf of hundreds.
 */
function showTargets(ed) {
  const ranked = [];
  for (const el of [...ed.tiles.values(), ...ed.gaps.values()]) {
    const target = targetOf(ed, el);
    const plan = dropPlan(ed, target);
    el.gain = "";
    if (!plan.event) {
      if (!el.classList.contains("lifted")) el.classList.add("closed");
      continue;
    }
    ed.held.legal.add(el);
    if (el.place) el.classList.add("open");
    const pair = ed.held.group.length > 1 ? null : pairAt(ed, ed.held, zoneOf(ed, target));
    if (pair) ranked.push({ el, target, ...pair });
  }
  ranked.sort((a, b) => b.gain - a.gain || b.score - a.score);
  const best = ranked.slice(0, 3).filter((r) => r.gain > 0.004);
  best.forEach((r, i) => {
    r.el.classList.add("glow");
    r.el.classList.toggle("first", i === 0);
  });
  for (const r of ranked) r.el.gain = signedMoney(r.gain, ed.currency);
  for (const r of best) r.el.dataset.gain = r.el.gain;
  return best.length ? { el: best[0].el, name: slotName(best[0].target), gain: `${signedMoney(best[0].gain, ed.currency)} a day` } : null;
}

function targetOf(ed, el) {
  if (el.place) return el.place;
  const position = ed.positions.find((p) => p.uid === Number(el.dataset.uid));
  return { row: position.row, column: position.column, x: position.x, position };
}

function dropPlan(ed, target) {
  if (ed.data.readOnly) return { reason: "You may look at this plan, but not change it." };
  return ed.held.group.length > 1 ? planShift(ed, target) : planDrop(ed, ed.held, target);
}

/** Move a whole selection, keeping its form; every place it comes to must be free or its own. */
function planShift(ed, target) {
  const { position, group } = ed.held;
  const free = isFree(ed.fixture);
  const step = { rows: target.row - position.row, columns: free ? 0 : target.column - position.column, inches: free ? target.x - position.x : 0 };
  if (!step.rows && !step.columns && !step.inches) return { reason: "They stand here." };
  const mine = new Set(group.map((p) => p.uid));
  for (const p of group) {
    const { start, end } = span(ed.fixture, p);
    const [row, wish] = [p.row + step.rows, start + (free ? step.inches : step.columns)];
    if (p.locked) return { reason: "A selected position is locked." };
    const at = row >= 0 && row < ed.fixture.rows.length ? settle(ed.fixture, ed.positions, row, wish, end - start, mine) : null;
    if (at === null || Math.abs(at - wish) > TOLERANCE_IN) return { reason: "Part of the selection has no room there." };
  }
  return { event: { type: "shift", items: group.map(placeOf), ...step } };
}

/**
 * Put down what is held. The event goes out before anything is drawn, so that the answer is on its way while
 * the tile lands: the page sends in a timer of its own, which comes before ours and before the next frame.
 */
function drop(ed, target) {
  const { held } = ed;
  const plan = dropPlan(ed, target);
  if (plan.event) post(ed, plan.event);
  setTimeout(() => { if (plan.event) land(ed, held, plan.event, target); else putBack(ed, plan.reason); });
}

function putBack(ed, reason) {
  letGo(ed);
  toast(ed, { text: reason });
  announce(ed, reason);
}

function land(ed, held, event, target) {
  letGo(ed);
  draw(ed, event);
  announce(ed, held.group.length > 1 ? `Moved ${held.group.length} products.` :
    `${held.product.name} ${event.type === "swap" ? "swapped into" : "put at"} ${slotName(target)}.`);
  const to = event.to || event.at || target;
  const landed = ed.positions.find((p) => p.row === to.row && p.product === held.product.id && Math.abs(p.x - to.x) < ed.fixture.cell);
  if (!landed) return;
  selectOnly(ed, landed.uid);
  if (held.mode === "keys") focusTile(ed, ed.tiles.get(landed.uid));
}

// --- pointer ---

function bindPointer(ed) {
  const { root } = ed.ui;
  root.onpointerdown = (e) => {
    if (e.button !== 0 || ed.data.readOnly) return;
    const tile = e.target.closest(".tile");
    const item = e.target.closest(".item");
    if (e.pointerType === "touch" || !(tile || item)) return;
    ed.press = { x: e.clientX, y: e.clientY, tile, item, id: e.pointerId };
  };
  root.onpointermove = (e) => {
    if (ed.press && !ed.dragging && Math.hypot(e.clientX - ed.press.x, e.clientY - ed.press.y) > DRAG_THRESHOLD_PX) startDrag(ed, e);
    if (ed.dragging) moveDrag(ed, e);
  };
  root.onpointerup = (e) => {
    if (ed.dragging) endDrag(ed, e);
    ed.press = null;
    if (ed.justDragged) setTimeout(() => { ed.justDragged = false; });
  };
  root.onpointercancel = () => stopDrag(ed);
  root.ondragstart = (e) => e.preventDefault();
}

function startDrag(ed, e) {
  const { tile, item } = ed.press;
  const position = tile ? ed.positions.find((p) => p.uid === Number(tile.dataset.uid)) : null;
  if (tile && (!position || position.locked)) {
    toast(ed, { text: "This position is locked. Press L to unlock it." });
    ed.press = null;
    ed.justDragged = true; // what was tried was a drag: letting go is no click
    return;
  }
  if (ed.held) letGo(ed);
  ed.ui.root.setPointerCapture(e.pointerId);
  const box = (tile || item).getBoundingClientRect();
  ed.dragging = { grab: tile ? (ed.press.x - box.left) / box.width : 0.5 };
  pickUp(ed, tile ? { position } : { product: Number(item.dataset.product) }, "drag");
  const many = ed.held.group.length;
  ed.ui.ghost.replaceChildren(packageImage(ed.held.product, position ? Math.min(position.facings, 4) : 1),
    h("span", {}, many > 1 ? `${many} products` : ed.held.product.name));
  ed.ui.ghost.hidden = ed.ui.cover.hidden = false;
}

function moveDrag(ed, e) {
  const { ui } = ed;
  const box = ui.root.getBoundingClientRect();
  ui.ghost.style.transform = `translate(${e.clientX - box.left + 10}px, ${e.clientY - box.top + 8}px)`;
  scrollAtEdge(ed, e);
  const el = placeUnder(ed, e);
  if (ed.over !== el) hover(ed, el);
  const onShelf = inside(ui.shelf, e);
  ui.list.classList.toggle("removing", Boolean(ed.held.position) && !onShelf);
  if (!el) { ui.preview.remove(); return; }
  const target = pointTarget(ed, el, e);
  if (isFree(ed.fixture) && el.place && ed.held.legal.has(el)) showPreview(ed, target);
  else ui.preview.remove();
}

/** Mark the place that a drop would take, with what it is worth there. */
function hover(ed, el) {
  if (ed.over) ed.over.classList.remove("over", "bad");
  ed.over = el;
  if (!el || el.classList.contains("lifted")) return;
  const legal = ed.held.legal.has(el);
  el.classList.add(legal ? "over" : "bad");
  if (legal && el.gain) el.dataset.gain = el.gain;
}

/** The tile or empty place under the pointer, seen through what floats above it. */
function placeUnder(ed, e) {
  for (const el of ed.shadow.elementsFromPoint(e.clientX, e.clientY)) {
    const place = el.closest(".tile, .gap");
    if (place) return place;
  }
  return null;
}

/** On a free shelf the pointer decides the inch; it snaps to neighbors and whole half inches. */
function pointTarget(ed, el, e) {
  const target = targetOf(ed, el);
  if (!isFree(ed.fixture) || !el.place) return target;
  const units = unitsOf(ed.fixture, ed.held);
  const bay = ed.ui.rows[target.row].bay.getBoundingClientRect();
  const at = ((e.clientX - bay.left) / bay.width) * ed.fixture.width - units * ed.dragging.grab;
  const last = el.place.x + Math.max(0, el.place.size - units);
  let x = clamp(Math.round(at * 2) / 2, el.place.x, last);
  if (x - el.place.x < 0.75) x = el.place.x;
  if (last - x < 0.75) x = last;
  return placeAt(ed.fixture, target.row, Math.round(x * 100) / 100);
}

function showPreview(ed, target) {
  const { preview, rows } = ed.ui;
  preview.style.setProperty("--x", target.x);
  preview.style.setProperty("--w", unitsOf(ed.fixture, ed.held));
  if (preview.parentNode !== rows[target.row].bay) rows[target.row].bay.append(preview);
}

function inside(el, e) {
  const box = el.getBoundingClientRect();
  return e.clientX >= box.left && e.clientX <= box.right && e.clientY >= box.top && e.clientY <= box.bottom;
}

function scrollAtEdge(ed, e) {
  const box = ed.ui.scroll.getBoundingClientRect();
  if (!inside(ed.ui.scroll, e)) return;
  const push = (at, low, high) => (at < low + 36 ? -10 : at > high - 36 ? 10 : 0);
  ed.ui.scroll.scrollBy(push(e.clientX, box.left, box.right), push(e.clientY, box.top, box.bottom));
}

function endDrag(ed, e) {
  const el = ed.over;
  const { position, group } = ed.held;
  const out = !inside(ed.ui.shelf, e);
  const target = el ? pointTarget(ed, el, e) : null;
  ed.justDragged = true;
  ed.dragging = null;
  ed.over = null;
  ed.ui.ghost.hidden = ed.ui.cover.hidden = true;
  if (target) drop(ed, target);
  else {
    letGo(ed);
    if (position && out) removePositions(ed, group);
  }
}

function stopDrag(ed) {
  ed.dragging = ed.press = ed.over = null;
  ed.ui.ghost.hidden = ed.ui.cover.hidden = true;
  letGo(ed);
}

// --- clicking and tapping ---

function bindClicks(ed) {
  const { fixture, items } = ed.ui;
  fixture.onclick = (e) => {
    if (ed.justDragged) return;
    const el = e.target.closest(".tile, .gap");
    if (!el) { if (!ed.held) clearSelection(ed); return; }
    if (ed.held && !ed.held.group.some((p) => p.uid === Number(el.dataset.uid))) {
      if (ed.held.mode === "drag") return;
      drop(ed, targetOf(ed, el));
      return;
    }
    const wasHeld = Boolean(ed.held);
    letGo(ed);
    if (el.classList.contains("gap")) { clearSelection(ed); focusTile(ed, el); return; }
    select(ed, Number(el.dataset.uid), e);
    focusTile(ed, el);
    if (isTouch(ed, e) && !wasHeld) pickUp(ed, { position: ed.positions.find((p) => p.uid === Number(el.dataset.uid)) }, "tap");
  };
  items.onclick = (e) => {
    const item = e.target.closest(".item");
    if (!item || ed.justDragged) return;
    letGo(ed);
    const id = Number(item.dataset.product);
    selectProduct(ed, id);
    if (isTouch(ed, e) && !ed.data.readOnly) {
      pickUp(ed, { product: id }, "tap");
      ed.ui.shelf.scrollIntoView({ block: "start", behavior: "smooth" });
    }
  };
}

function isTouch(ed, e) {
  return e.pointerType === "touch" || ed.ui.root.dataset.phone === "1";
}

function paintPickBar(ed) {
  const { held, ui } = ed;
  ui.pickBar.hidden = !held || held.mode === "drag";
  if (!ui.pickBar.hidden) setText(ui.pickText, held.product.refused || `Placing ${held.product.name}: choose a place`);
}
