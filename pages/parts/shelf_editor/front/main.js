// The editor's life: mounting, taking in what Python sends, sending what people do, and the toolbar.

const EDITORS = new WeakMap();
const ZOOMS = ["fit", 50, 75, 100, 125, 150, 200];
const RESEND_AFTER_MS = 4000;
const PAIRS_AFTER_MS = 180;

export default function (component) {
  const { parentElement, data: raw, setTriggerValue } = component;
  const data = raw instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(raw)) : raw;
  let ed = EDITORS.get(parentElement);
  if (!ed || !ed.ui.root.isConnected) {
    ed = mount(parentElement);
    EDITORS.set(parentElement, ed);
  }
  ed.trigger = (events) => setTriggerValue("edit", events);
  receive(ed, data);
  return () => unmount(ed, parentElement);
}

function mount(parentElement) {
  const root = parentElement.querySelector(".editor");
  const ui = { root };
  for (const el of root.querySelectorAll("[data-ref]")) ui[el.dataset.ref] = el;
  const ed = {
    ui, shadow: root.getRootNode(), positions: [], warnings: [], overlays: [], selected: new Set(), openWarnings: new Set(), outbox: [],
    client: Math.random().toString(36).slice(2, 10), seq: 0, zoom: "fit", panel: "", held: null, lastUid: 0, planKey: null,
  };
  ed.nextUid = () => ++ed.lastUid;
  bindPointer(ed);
  bindClicks(ed);
  bindKeys(ed);
  bindToolbar(ed);
  document.fonts.ready.then(() => root.classList.add("ready"));
  ed.resize = new ResizeObserver(() => fitPage(ed));
  ed.resize.observe(root);
  window.addEventListener("resize", (ed.onResize = () => fitPage(ed)));
  return ed;
}

function unmount(ed, parentElement) {
  ed.resize.disconnect();
  window.removeEventListener("resize", ed.onResize);
  document.removeEventListener("keydown", ed.onDocumentKey);
  clearTimeout(ed.resendTimer);
  clearTimeout(ed.pairsTimer);
  clearTimeout(ed.searchTimer);
  EDITORS.delete(parentElement);
}

/** Take in a payload. While edits are on their way, the plan on screen is ahead of it and stays. */
function receive(ed, data) {
  const hadFocus = ed.shadow.activeElement && ed.shadow.activeElement.closest(".tile, .gap");
  if (data.client === ed.client) ed.outbox = ed.outbox.filter((e) => e.seq > data.ack);
  const fresh = ed.planKey !== data.plan.key;
  if (fresh) openPlan(ed, data);
  const catalogChanged = ed.catalogVersion !== data.catalogVersion;
  ed.data = data;
  ed.currency = data.currency;
  if (fresh || catalogChanged) {
    ed.products = decodeProducts(data.products);
    ed.catalogVersion = data.catalogVersion;
    buildList(ed);
  }
  if (data.pairs) ed.pairs = decodePairs(data.pairs);
  if (!ed.outbox.length || fresh) adopt(ed, data);
  paintToolbar(ed);
  paintCard(ed);
  if (data.pairs || fresh || catalogChanged) paintList(ed); else filterList(ed);
  if (!ed.dragging) keepFocus(ed, hadFocus);
  tell(ed, data);
  askForPairs(ed);
}

function openPlan(ed, data) {
  Object.assign(ed, { planKey: data.plan.key, fixture: data.fixture, positions: [], pairs: null, held: null, focused: null,
    focusAt: null, selectedProduct: null, shownMoney: undefined, toldNotice: data.notice ? data.notice.id : 0, toldMove: data.last ? data.last.id : 0 });
  ed.selected.clear();
  buildShelf(ed);
  fitPage(ed);
}

function adopt(ed, data) {
  ed.overlays = data.overlays;
  ed.warnings = data.warnings;
  ed.compare = data.compare;
  ed.overlay = data.overlays.find((o) => o.name === (ed.overlayName || data.overlay)) || data.overlays[0];
  ed.positions = decodePositions(data.positions, data.overlays, ed.positions, ed.nextUid);
  repaint(ed);
}

function repaint(ed) {
  paintShelf(ed);
  paintLegend(ed);
  if (ed.held) refreshHeld(ed);
}

/** An update may arrive while something is held: its targets are shown anew. */
function refreshHeld(ed) {
  const { position, product, mode } = ed.held;
  const still = position ? ed.positions.find((p) => p.uid === position.uid) : null;
  if (position && !still) { stopDrag(ed); return; }
  const { dragging, over } = ed;
  letGo(ed);
  pickUp(ed, still ? { position: still } : { product: product.id }, mode);
  ed.dragging = dragging;
  if (over && over.isConnected) hover(ed, over);
}

// --- sending ---

/** Send an edit and show it at once. */
function send(ed, event) {
  if (post(ed, event)) draw(ed, event);
}

/** Number an event and send it; events are kept until Python has acknowledged them. */
function post(ed, event) {
  if (ed.data.readOnly && !["select", "compare", "history", "overlay", "pairs", "search"].includes(event.type)) return false;
  event.seq = ++ed.seq;
  ed.outbox.push(event);
  flush(ed);
  return true;
}

/** Show what an edit most likely does, until the answer says what it did. */
function draw(ed, event) {
  if (!OPTIMISTIC[event.type] || !ed.outbox.includes(event)) return;
  ed.positions = applyEvent(ed, event);
  const focused = ed.shadow.activeElement && ed.shadow.activeElement.closest(".tile, .gap");
  repaint(ed);
  keepFocus(ed, focused);
}

function flush(ed) {
  ed.trigger({ client: ed.client, events: ed.outbox });
  clearTimeout(ed.resendTimer);
  ed.resendTimer = setTimeout(() => { if (ed.outbox.length) flush(ed); }, RESEND_AFTER_MS);
}

/** The table of best places is renewed a moment after an edit, off the path of the drop. */
function askForPairs(ed) {
  clearTimeout(ed.pairsTimer);
  if (!ed.data.pairsStale) return;
  ed.pairsTimer = setTimeout(() => { if (ed.dragging) askForPairs(ed); else send(ed, { type: "pairs" }); }, PAIRS_AFTER_MS);
}

/** Toasts: the worth of the last move, and what Python has to say. */
function tell(ed, data) {
  if (data.last && data.last.id !== ed.toldMove) {
    ed.toldMove = data.last.id;
    const worth = data.last.money ? `${signedMoney(data.last.gain, ed.currency)} a day` : data.last.title;
    toast(ed, { text: worth, action: "Undo", run: () => send(ed, { type: "undo" }), kind: data.last.gain < 0 ? "down" : "up" });
    announce(ed, `${data.last.title}. ${data.last.money ? worth : ""}${data.last.score === null ? "" : `, score ${data.last.score.toFixed(0)} of 100`}.`);
  }
  if (data.notice && data.notice.id !== ed.toldNotice) {
    ed.toldNotice = data.notice.id;
    toast(ed, { text: [data.notice.message, data.notice.hint].filter(Boolean).join(" "), kind: data.notice.kind, long: data.notice.kind === "error" });
    announce(ed, data.notice.message);
  }
  if (data.conflict && !ed.ui.conflict.open) openConflict(ed);
  if (!data.conflict && ed.ui.conflict.open) ed.ui.conflict.close();
}

function toast(ed, { text, action, run, kind, long }) {
  const el = h("div.toast", { "data-kind": kind || "" }, h("span", {}, text));
  const close = () => { el.remove(); };
  if (action) el.append(button("link", action, () => { run(); close(); }));
  ed.ui.toasts.replaceChildren(el);
  clearTimeout(ed.toastTimer);
  ed.toastTimer = setTimeout(close, long ? 9000 : 5000);
}

function announce(ed, text) {
  setText(ed.ui.live, text || "");
}

// --- edits that several inputs share ---

function changeFacings(ed, position, step) {
  const facings = position.facings + step;
  if (facings < 1) return;
  if (position.locked) { toast(ed, { text: "This position is locked. Press L to unlock it." }); return; }
  send(ed, { type: "facings", at: placeOf(position), facings });
  announce(ed, `${facings} facings`);
}

function removePositions(ed, positions) {
  const free = positions.filter((p) => !p.locked);
  if (!free.length) { toast(ed, { text: "This position is locked. Press L to unlock it." }); return; }
  send(ed, { type: "remove", items: free.map(placeOf) });
  clearSelection(ed);
  announce(ed, free.length > 1 ? `Removed ${free.length} products.` : "Removed.");
}

function lockPositions(ed, positions) {
  const locked = !positions.every((p) => p.locked);
  send(ed, { type: "lock", items: positions.map(placeOf), locked });
  announce(ed, locked ? "Locked." : "Unlocked.");
}

function copyRow(ed, row) {
  if (row + 1 >= ed.fixture.rows.length) { toast(ed, { text: "There is no shelf below." }); return; }
  send(ed, { type: "copyRow", from: row, to: row + 1 });
}

function save(ed) {
  ed.ui.saveMenu.hidden = true;
  if (!ed.data.canSave) { toast(ed, { text: "Everything is saved." }); return; }
  send(ed, { type: "save", comment: ed.ui.comment.value.trim() });
  ed.ui.comment.value = "";
}

// --- selection ---

function select(ed, uid, e) {
  if (e.ctrlKey || e.metaKey) {
    if (ed.selected.has(uid)) ed.selected.delete(uid); else ed.selected.add(uid);
  } else if (e.shiftKey && ed.anchor !== undefined) selectRange(ed, uid);
  else { ed.selected.clear(); ed.selected.add(uid); }
  if (!e.shiftKey) ed.anchor = uid;
  const p = ed.positions.find((q) => q.uid === uid);
  afterSelection(ed, ed.selected.size ? p.product : null);
}

function selectRange(ed, uid) {
  const order = ed.positions.map((p) => p.uid);
  const [a, b] = [order.indexOf(ed.anchor), order.indexOf(uid)].sort((x, y) => x - y);
  ed.selected = new Set(order.slice(Math.max(a, 0), b + 1));
}

function selectOnly(ed, uid) {
  ed.selected.clear();
  ed.selected.add(uid);
  ed.anchor = uid;
  const p = ed.positions.find((q) => q.uid === uid);
  afterSelection(ed, p ? p.product : null, true);
}

function selectProduct(ed, id) {
  ed.selected.clear();
  afterSelection(ed, id);
}

function clearSelection(ed) {
  ed.selected.clear();
  afterSelection(ed, null);
}

/** `afterDrop`: the card goes on telling of the move; the product's own card opens on a click. */
function afterSelection(ed, product, afterDrop) {
  ed.selectedProduct = afterDrop ? null : product;
  for (const [uid, tile] of ed.tiles) {
    tile.classList.toggle("selected", ed.selected.has(uid));
    setAttr(tile, "aria-selected", ed.selected.has(uid));
  }
  for (const [id, row] of ed.rows) row.classList.toggle("selected", id === ed.selectedProduct);
  if (ed.selectedProduct) ed.panel = "";
  paintCard(ed);
  clearTimeout(ed.detailTimer);
  if (ed.selectedProduct && ed.selected.size < 2 && (!ed.data.detail || ed.data.detail.product !== product)) {
    const at = ed.positions.find((p) => ed.selected.has(p.uid));
    ed.detailTimer = setTimeout(() => send(ed, { type: "select", product, at: at ? placeOf(at) : null }), 120);
  }
}

// --- toolbar, dialogs, size ---

function bindToolbar(ed) {
  const { ui } = ed;
  ui.undo.onclick = () => send(ed, { type: "undo" });
  ui.redo.onclick = () => send(ed, { type: "redo" });
  ui.save.onclick = () => save(ed);
  ui.saveMore.onclick = () => { ui.saveMenu.hidden = !ui.saveMenu.hidden; if (!ui.saveMenu.hidden) ui.comment.focus(); };
  ui.saveComment.onclick = () => save(ed);
  ui.saveAs.onclick = () => {
    const name = ui.newName.value.trim();
    if (!name) { ui.newName.focus(); return; }
    ui.saveMenu.hidden = true;
    send(ed, { type: "saveAs", name, comment: ui.comment.value.trim() });
  };
  ui.historyButton.onclick = () => setPanel(ed, ed.panel === "history" ? "" : "history");
  ui.helpButton.onclick = () => ui.help.showModal();
  ui.help.onclick = (e) => { if (e.target === ui.help) ui.help.close(); };
  ui.helpKeys.replaceChildren(...HELP.flatMap(([keys, text]) => [h("dt", {}, keys), h("dd", {}, text)]));
  ui.helpClose.onclick = () => ui.help.close();
  ui.zoomIn.onclick = () => stepZoom(ed, 1);
  ui.zoomOut.onclick = () => stepZoom(ed, -1);
  ui.zoomText.onclick = () => setZoom(ed, "fit");
  ui.overlayMore.onchange = () => { if (ui.overlayMore.value) setOverlay(ed, ui.overlayMore.value); };
  ui.cancelPick.onclick = () => letGo(ed);
  ui.conflictMerge.onclick = () => { ui.conflict.close(); send(ed, { type: "merge", keep: keptClashes(ed) }); };
  ui.conflictReload.onclick = () => { ui.conflict.close(); send(ed, { type: "reload" }); };
  ui.conflictSave.onclick = () => { ui.conflict.close(); send(ed, { type: "saveAs", name: ui.conflictName.value.trim() || ed.data.conflict.name, comment: "" }); };
  ui.conflict.oncancel = (e) => e.preventDefault();
  ui.root.addEventListener("click", (e) => { if (!e.target.closest(".savegroup")) ui.saveMenu.hidden = true; });
}

function paintToolbar(ed) {
  const { data, ui } = ed;
  const names = data.overlays.map((o) => o.name).join();
  if (ed.overlayNames !== names) {
    ed.overlayNames = names;
    const item = (o) => button("seg", "", () => setOverlay(ed, o.name), { "data-overlay": o.name });
    ui.segments.replaceChildren(...data.overlays.filter((o) => !o.more).map(item));
    ui.overlayMore.replaceChildren(h("option", { value: "" }, "More"), ...data.overlays.map((o) =>
      h("option", { value: o.name, class: o.more ? "" : "main" }, o.label)));
  }
  for (const seg of ui.segments.children) {
    const o = data.overlays.find((q) => q.name === seg.dataset.overlay);
    setText(seg, o.name === "warnings" ? `${o.label} ${ed.warnings.filter((w) => !w.known).length}` : o.label);
    setAttr(seg, "aria-pressed", ed.overlay.name === o.name);
  }
  ui.overlayMore.value = ed.overlay.more || ui.root.dataset.phone === "1" ? ed.overlay.name : "";
  ui.overlayMore.classList.toggle("on", Boolean(ed.overlay.more));
  ui.undo.disabled = !data.can.undo;
  ui.redo.disabled = !data.can.redo;
  ui.save.disabled = data.readOnly;
  ui.saveMore.disabled = data.readOnly;
  ui.historyButton.setAttribute("aria-pressed", ed.panel === "history");
  const n = data.changes;
  ui.unsaved.hidden = !data.canSave;
  setText(ui.unsavedText, n === 1 ? "1 change not saved" : n ? `${n} changes not saved` : "Not saved");
  if (!ui.newName.value) ui.newName.placeholder = `${data.plan.name} copy`;
}

function setOverlay(ed, name) {
  ed.overlayName = name;
  ed.overlay = ed.overlays.find((o) => o.name === name) || ed.overlays[0];
  repaint(ed);
  paintToolbar(ed);
  send(ed, { type: "overlay", name });
}

function setPanel(ed, panel) {
  ed.panel = panel;
  if (panel === "history") { ed.selectedProduct = null; send(ed, { type: "history" }); }
  else if (ed.data.compare) send(ed, { type: "compare", version: null });
  paintToolbar(ed);
  paintCard(ed);
}

function stepZoom(ed, step) {
  const at = ed.zoom === "fit" ? ZOOMS.indexOf(100) : ZOOMS.indexOf(ed.zoom);
  setZoom(ed, ZOOMS[clamp(at + step, 1, ZOOMS.length - 1)]);
}

/** Zoom about the middle of what is seen. */
function setZoom(ed, zoom) {
  const { scroll } = ed.ui;
  const center = [(scroll.scrollLeft + scroll.clientWidth / 2) / scroll.scrollWidth, (scroll.scrollTop + scroll.clientHeight / 2) / scroll.scrollHeight];
  ed.zoom = zoom === 100 ? "fit" : zoom;
  setText(ed.ui.zoomText, ed.zoom === "fit" ? "Fit" : `${zoom}%`);
  layoutShelf(ed);
  scroll.scrollTo(center[0] * scroll.scrollWidth - scroll.clientWidth / 2, center[1] * scroll.scrollHeight - scroll.clientHeight / 2);
}

/** Fill the window below the page's first lines; on a phone the parts stack and the page scrolls. */
function fitPage(ed) {
  const { root } = ed.ui;
  const phone = root.clientWidth < 720;
  root.dataset.phone = phone ? "1" : "0";
  root.dataset.narrow = !phone && root.clientWidth < 1020 ? "1" : "0";
  const paper = getComputedStyle(root).getPropertyValue("--paper").trim();
  root.dataset.theme = isDark(paper) ? "dark" : "light";
  const top = root.getBoundingClientRect().top + (ed.pageScroll ? ed.pageScroll.scrollTop : 0);
  root.style.height = phone ? "auto" : `${Math.max(520, window.innerHeight - Math.min(Math.max(top, 0), 220) - 14)}px`;
  if (ed.fixture) layoutShelf(ed);
}

function isDark(color) {
  const m = color.match(/^#([0-9a-f]{6})/i);
  if (!m) return matchMedia("(prefers-color-scheme: dark)").matches;
  const [r, g, b] = rgb(color);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}
