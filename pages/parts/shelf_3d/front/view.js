// The view's life: mounting, taking in a plan, drawing when something changed, telling what is pointed at.

const VIEWS = new WeakMap();
const GLIDE_MS = 380;
const REST_MS = 160; // without a graphics card a picture in motion has half the points a side, until it rests

export default function (component) {
  const { parentElement, data: raw } = component;
  const text = raw instanceof Uint8Array ? new TextDecoder().decode(raw) : JSON.stringify(raw);
  let v = VIEWS.get(parentElement);
  if (!v || !v.ui.root.isConnected) {
    v = mountView(parentElement);
    VIEWS.set(parentElement, v);
  }
  if (v.text !== text) { v.text = text; receiveScene(v, JSON.parse(text)); }
  return () => unmountView(v, parentElement);
}

function mountView(parentElement) {
  const root = parentElement.querySelector(".view3d");
  const ui = { root };
  for (const el of root.querySelectorAll("[data-ref]")) ui[el.dataset.ref] = el;
  const v = { ui, picked: -1, hover: -1, overlay: "plain", preset: "front", camera: null, scene: null, frames: 0, waiting: false };
  v.changed = () => moved(v);
  v.stop = () => { v.glide = null; v.preset = ""; paintPresets(v); };
  v.goTo = (name) => goTo(v, name);
  v.boxAt = (e) => boxUnder(v, e);
  v.pointAt = (e) => pointAt(v, e);
  v.hideTip = () => hover(v, -1);
  v.pick = (box) => pick(v, box ? box.position : -1);
  v.step = (by) => pick(v, v.scene.positions.length ? (v.picked + by + v.scene.positions.length) % v.scene.positions.length : -1);
  startRenderer(v);
  bindPointer3d(v);
  bindBar(v);
  v.resize = new ResizeObserver(() => fitView(v));
  v.resize.observe(root);
  v.resize.observe(ui.stage);
  window.addEventListener("resize", (v.onResize = () => fitView(v)));
  return v;
}

function unmountView(v, parentElement) {
  v.gone = true;
  clearTimeout(v.rest);
  v.resize.disconnect();
  window.removeEventListener("resize", v.onResize);
  if (v.renderer) dropRenderer(v.renderer);
  VIEWS.delete(parentElement);
}

/** WebGL where there is any; else a flat drawing, which says so. */
function startRenderer(v) {
  const { glass, sheet } = v.ui;
  v.renderer = makeRenderer(glass);
  glass.hidden = !v.renderer;
  sheet.hidden = Boolean(v.renderer);
  v.ui.mark.hidden = Boolean(v.renderer);
  v.canvas = v.renderer ? glass : sheet;
  v.pen = v.renderer ? null : sheet.getContext("2d");
  glass.addEventListener("webglcontextlost", (e) => { e.preventDefault(); v.lost = true; });
  glass.addEventListener("webglcontextrestored", () => { if (v.gone) return; v.lost = false; v.renderer = makeRenderer(glass); loadScene(v); });
  v.canvas.setAttribute("data-drawn", v.renderer ? "webgl" : "flat");
}

function receiveScene(v, data) {
  const same = v.scene && v.key === data.plan.key;
  const name = v.picked >= 0 && same ? v.scene.positions[v.picked].product.id : null;
  v.key = data.plan.key;
  v.name = data.plan.name;
  v.scene = decodeScene(data);
  if (!same) v.overlay = "plain";
  v.picked = name === null ? -1 : v.scene.positions.findIndex((p) => p.product.id === name);
  v.hover = -1;
  fitView(v);
  loadScene(v);
  if (!same || !v.camera) { v.camera = presetCamera(v.scene, "front", aspectOf(v)); v.preset = "front"; }
  v.ui.nothing.hidden = data.positions.length > 0;
  setText(v.ui.words, data.fixture.words);
  const summary = `${v.name} in 3-D: ${data.positions.length} products on ${data.fixture.rows} shelves, ${data.fixture.words}. ` +
    "Arrow keys turn, plus and minus zoom, 1 to 6 choose a camera, N and P go through the products.";
  v.canvas.setAttribute("aria-label", summary);
  paintColors(v);
  paintPresets(v);
  paintFact(v);
  paintTight(v);
  requestDraw(v);
}

/** Everything that depends on the plan or the theme, handed to the renderer. */
function loadScene(v) {
  v.parts = buildFurniture(v.scene, v.theme);
  v.art = artOf(v.scene, TONES[v.theme].tag);
  if (!v.renderer || v.lost) return;
  loadRoom(v.renderer, v.parts);
  startArt(v.renderer, v.art.layers.length, v.art.size);
  loadUnits(v.renderer, groupUnits(v));
  const { art } = v;
  v.canvas.setAttribute("data-art", art.layers.length ? "drawing" : "done");
  drawArt(art, (layer, canvas) => putArt(v.renderer, layer, canvas), (all) => {
    if (all) { finishArt(v.renderer); v.canvas.setAttribute("data-art", "done"); }
    if (all || !v.renderer.slow) requestDraw(v);
  }, () => !v.gone && !v.lost && v.art === art);
}

/** Units by kind of package, and the price tags, as the renderer wants them. */
function groupUnits(v) {
  const groups = new Map();
  const add = (shape, far, unit, color, layer, art) => {
    const name = `${shape}|${far}`;
    if (!groups.has(name)) groups.set(name, { shape, far, data: [] });
    groups.get(name).data.push(...unit.at, ...unit.size, ...color, unit.heading, layer, unit.owner.index, unit.shade, art);
  };
  const plain = overlayOf(v).kind === "plain";
  const few = v.renderer.slow;
  for (const unit of unitsOf(v.scene, few)) {
    const { product } = unit.owner;
    add(few && unit.back ? "box" : modelOf(product.shape), few || unit.back > 0, unit, colorOf(v, unit.owner), plain ? product.layer : -1, 1);
  }
  const tag = tone(TONES[v.theme].tag);
  for (const p of v.scene.positions) {
    if (p.tagLayer < 0) continue;
    const wide = Math.min(2.3, p.span * 0.94);
    const at = placed([p.x, shelfTop(v.scene.room, p.row) - 0.08 - wide / 2, p.z], p.heading, [0, 0, 0.12]);
    add("tag", false, { at, size: [wide, wide / 2, 0.1], heading: p.heading, owner: p, shade: -1 }, tag, p.tagLayer, 1);
  }
  return [...groups.values()];
}

const overlayOf = (v) => v.scene.overlays.find((o) => o.name === v.overlay) || { name: "plain", kind: "plain" };

/** Color of a position, from 0 to 1: its own, or what the chosen overlay says of it. */
function colorOf(v, position) {
  const overlay = overlayOf(v);
  const { product } = position;
  const value = overlay.values ? overlay.values[position.index] : null;
  if (overlay.kind === "scale") {
    return value === null || value === undefined ? [0.6, 0.62, 0.66] : overlayColor(overlay, value).map((c) => c / 255);
  }
  if (overlay.kind !== "blocks") return tone(product.color);
  return tone({ brand: product.brandColor, category: overlay.colors[product.category] }[overlay.name] || overlay.colors[value] || product.color);
}

// --- drawing ---

function requestDraw(v) {
  if (v.waiting || v.gone) return;
  v.waiting = true;
  requestAnimationFrame((now) => { v.waiting = false; if (!v.gone && v.canvas.isConnected) drawView(v, now); });
}

/** Points of the picture for its size on the page. */
function sizeCanvas(v) {
  const { stage } = v.ui;
  const slow = v.renderer && v.renderer.slow;
  const ratio = slow ? (v.moving ? 0.5 : 1) : Math.min(window.devicePixelRatio || 1, 2);
  const [width, height] = [Math.round(stage.clientWidth * ratio), Math.round(stage.clientHeight * ratio)];
  if (!width || (v.canvas.width === width && v.canvas.height === height)) return;
  v.canvas.width = width;
  v.canvas.height = height;
}

/** The camera moves by hand: draw now, and once more when it rests. */
function moved(v) {
  v.moving = true;
  clearTimeout(v.rest);
  v.rest = setTimeout(() => { v.moving = false; requestDraw(v); }, REST_MS);
  requestDraw(v);
}

function drawView(v, now) {
  sizeCanvas(v);
  if (v.glide) {
    const t = clamp((now - v.glide.start) / GLIDE_MS, 0, 1);
    v.camera = between(v.glide.from, v.glide.to, t);
    if (t < 1) requestDraw(v); else v.glide = null;
  }
  v.lens = lensOf(v.camera, aspectOf(v));
  const mood = { picked: v.picked, hover: v.hover, paper: v.paper, bright: v.theme === "dark" ? 0.93 : 1 };
  if (v.renderer && !v.lost) drawFrame(v.renderer, v.lens, v.scene.room, mood);
  else if (v.pen) paintFrame(v.pen, v.lens, v.scene, v.parts, (p) => colorOf(v, p), mood);
  v.canvas.setAttribute("data-frames", ++v.frames);
}

const aspectOf = (v) => (v.ui.stage.clientWidth || 4) / (v.ui.stage.clientHeight || 3);

function fitView(v) {
  const { root, stage } = v.ui;
  const phone = root.clientWidth < 720;
  root.dataset.phone = phone ? "1" : "0";
  const style = getComputedStyle(root);
  const paper = style.getPropertyValue("--paper").trim();
  const theme = isDarkColor(paper) ? "dark" : "light";
  const top = root.getBoundingClientRect().top;
  const high = phone ? Math.round(window.innerHeight * 0.78) : Math.max(480, window.innerHeight - clamp(top, 0, 220) - 14);
  root.style.height = `${high}px`;
  setText(v.ui.how, phone ? "Drag to turn, two fingers to zoom and move" : "Drag to turn, wheel to zoom, right button to move");
  if (theme !== v.theme) {
    v.theme = theme;
    root.dataset.theme = theme;
    v.paper = theme === "dark" ? [0.14, 0.16, 0.2] : [0.93, 0.94, 0.96];
    if (v.scene) loadScene(v);
  }
  if (!v.scene || !v.camera) return;
  if (v.preset && !v.glide) v.camera = presetCamera(v.scene, v.preset, aspectOf(v));
  requestDraw(v);
}

function isDarkColor(color) {
  const m = color.match(/^#[0-9a-f]{6}/i);
  if (!m) return matchMedia("(prefers-color-scheme: dark)").matches;
  const [r, g, b] = rgb(m[0]);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128;
}

function goTo(v, name) {
  v.preset = name;
  const to = presetCamera(v.scene, name, aspectOf(v));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  v.glide = still ? null : { from: { ...v.camera }, to, start: performance.now() };
  if (still) v.camera = to;
  paintPresets(v);
  requestDraw(v);
}

// --- pointing ---

function boxUnder(v, e) {
  const { left, top, width, height } = v.canvas.getBoundingClientRect();
  if (!v.lens) return null;
  const way = rayThrough(v.lens, ((e.clientX - left) / width) * 2 - 1, 1 - ((e.clientY - top) / height) * 2);
  return boxOnRay(v.scene, v.lens.eye, way);
}

function pointAt(v, e) {
  const box = boxUnder(v, e);
  hover(v, box ? box.position : -1);
  if (!box) return;
  const { tip, stage } = v.ui;
  const area = stage.getBoundingClientRect();
  const [x, y] = [e.clientX - area.left, e.clientY - area.top];
  tip.style.transform = `translate(${clamp(x + 14, 4, area.width - tip.offsetWidth - 6)}px, ${y > area.height - 90 ? y - tip.offsetHeight - 10 : y + 18}px)`;
}

function hover(v, index) {
  if (index === v.hover) return;
  v.hover = index;
  v.ui.tip.hidden = index < 0;
  v.ui.stage.classList.toggle("over", index >= 0);
  if (index >= 0) {
    const p = v.scene.positions[index];
    v.ui.tip.replaceChildren(h("b", {}, p.product.name), h("span", {}, tipText(v, p)));
  }
  requestDraw(v);
}

function tipText(v, p) {
  const overlay = overlayOf(v);
  const value = overlay.values ? overlayText(overlay, overlay.values[p.index], v.scene.currency) : "";
  return [p.slot, p.price === null ? "" : money(p.price, v.scene.currency), facingsText(p), value ? `${overlay.label.toLowerCase()} ${value}` : ""]
    .filter(Boolean).join(" · ");
}

const facingsText = (p) => `${p.facings} facing${p.facings > 1 ? "s" : ""}`;

function pick(v, index) {
  v.picked = index;
  paintFact(v);
  const p = v.scene.positions[index];
  setText(v.ui.live, p ? `${p.product.name}, ${tipText(v, p)}` : "");
  requestDraw(v);
}

// --- around the picture ---

function bindBar(v) {
  const { ui } = v;
  ui.presets.replaceChildren(...PRESETS.map((p, i) =>
    button("preset", p.label, () => goTo(v, p.name), { "data-preset": p.name, title: `${p.label} ( ${i + 1} )` })));
  const nearer = (factor) => () => { v.stop(); zoom(v.camera, factor, v.scene.bounds); requestDraw(v); };
  ui.zoomIn.onclick = nearer(0.8);
  ui.zoomOut.onclick = nearer(1.25);
  ui.fit.onclick = () => goTo(v, v.preset || "front");
  ui.colors.onchange = () => {
    v.overlay = ui.colors.value;
    if (v.renderer && !v.lost) loadUnits(v.renderer, groupUnits(v));
    paintLegend3d(v);
    requestDraw(v);
  };
  ui.tight.onclick = () => {
    const tight = v.scene.positions.filter((p) => p.squeezed);
    const next = tight.find((p) => p.index > v.picked) || tight[0];
    if (next) pick(v, next.index);
  };
}

function paintPresets(v) {
  for (const el of v.ui.presets.children) setAttr(el, "aria-pressed", el.dataset.preset === v.preset);
}

function paintColors(v) {
  const offered = v.scene.overlays.filter((o) => o.kind !== "plain");
  v.ui.colors.replaceChildren(h("option", { value: "plain" }, "Packages"), ...offered.map((o) => h("option", { value: o.name }, o.label)));
  v.ui.colors.value = overlayOf(v).name;
  v.ui.colors.parentNode.hidden = !offered.length;
  paintLegend3d(v);
}

function paintLegend3d(v) {
  const overlay = overlayOf(v);
  const { legend } = v.ui;
  if (overlay.kind === "scale") {
    const text = (value) => overlayText(overlay, value, v.scene.currency);
    legend.replaceChildren(overlay.title, h("span", {}, text(overlay.low)),
      h("span.ramp", { style: { background: `linear-gradient(90deg, ${CIVIDIS.join(", ")})` } }), h("span", {}, text(overlay.high)));
    return;
  }
  const names = new Map();
  for (const p of overlay.kind === "blocks" ? v.scene.positions : []) {
    const name = { brand: p.product.brand, category: p.product.category }[overlay.name] || (overlay.values ? overlay.values[p.index] : "");
    if (name) names.set(name, colorOf(v, p));
  }
  legend.replaceChildren(...[...names].slice(0, 8).map(([name, color]) => h("span", {}, h("i", { style: { background: css(color, 1) } }), name)),
    names.size > 8 ? `${names.size - 8} more` : "");
}

function paintTight(v) {
  const n = v.scene.positions.filter((p) => p.squeezed).length;
  v.ui.tight.hidden = !n;
  setText(v.ui.tight, n === 1 ? "1 product is larger than its place" : `${n} products are larger than their places`);
}

function paintFact(v) {
  const p = v.scene.positions[v.picked];
  const { fact } = v.ui;
  fact.hidden = !p;
  if (!p) return;
  const { product } = p;
  const inches = (value) => Number(value.toFixed(1));
  const rows = [["Slot", p.slot], ["Price", p.price === null ? "" : money(p.price, v.scene.currency)],
    ["Facings", [p.facings, p.high > 1 ? `${p.high} high` : "", p.deep > 1 ? `${p.deep} deep` : ""].filter(Boolean).join(" × ")],
    ["Size", product.width === null ? "" : `${inches(product.width)} × ${inches(product.height)} × ${inches(product.depth)} in`],
    ["Stock", p.capacity && p.quantity !== null ? `${p.quantity} of ${p.capacity}` : ""]];
  for (const name of ["revenue", "score"]) {
    const overlay = v.scene.overlays.find((o) => o.name === name);
    if (overlay && overlay.values) rows.push([overlay.title, overlayText(overlay, overlay.values[p.index], v.scene.currency)]);
  }
  fact.replaceChildren(
    button("close", "×", () => pick(v, -1), { "aria-label": "Close" }),
    h("div.head", {}, packageImage(product), h("div", {}, h("h3", {}, product.name), h("p.quiet", {}, [product.brand, product.category].filter(Boolean).join(" · ")))),
    h("dl", {}, ...rows.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
    p.squeezed ? h("p.tight", {}, tightText(v, p)) : "");
}

function tightText(v, p) {
  const round = v.scene.room.shape.endsWith("circle");
  return `Larger than its place, so drawn smaller. ${round ? "On a curve, neighbors leave less depth: give it more width along the front." : "Check its size, or give it a place that it fits in."}`;
}
