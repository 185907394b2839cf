// Turning, moving and zooming by mouse, touch and keys; pointing at products.

const TURN_A_PIXEL = 0.0075;
const STEP = 6 * DEGREE;
const CLICK_PX = 5;

function bindPointer3d(v) {
  const held = new Map();
  const { stage } = v.ui;
  let moved = 0;
  stage.addEventListener("pointerdown", (e) => {
    if (e.target.tagName !== "CANVAS") return;
    e.target.setPointerCapture(e.pointerId);
    held.set(e.pointerId, [e.clientX, e.clientY]);
    if (held.size === 1) moved = 0;
  });
  stage.addEventListener("pointermove", (e) => {
    const before = held.get(e.pointerId);
    if (!before) { if (e.pointerType === "mouse" && e.target.tagName === "CANVAS") v.pointAt(e); return; }
    const [dx, dy] = [e.clientX - before[0], e.clientY - before[1]];
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved > CLICK_PX) v.stop();
    if (held.size === 2) pinch(v, held, e);
    else if (e.buttons === 2 || e.buttons === 4 || e.shiftKey) slide(v, dx, dy);
    else if (moved > CLICK_PX) orbit(v.camera, dx * TURN_A_PIXEL, dy * TURN_A_PIXEL);
    held.set(e.pointerId, [e.clientX, e.clientY]);
    if (moved > CLICK_PX) { stage.classList.add("turning"); v.hideTip(); v.changed(); }
  });
  const release = (e) => {
    if (!held.delete(e.pointerId)) return;
    stage.classList.remove("turning");
    if (e.type === "pointerup" && moved <= CLICK_PX && !held.size) v.pick(v.boxAt(e));
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
  stage.addEventListener("pointerleave", () => v.hideTip());
  stage.addEventListener("contextmenu", (e) => { if (e.target.tagName === "CANVAS") e.preventDefault(); });
  stage.addEventListener("wheel", (e) => {
    if (e.target.tagName !== "CANVAS") return;
    e.preventDefault();
    v.stop();
    zoom(v.camera, Math.exp(clamp(e.deltaY, -120, 120) * 0.0016), v.scene.bounds);
    v.changed();
  }, { passive: false });
  stage.addEventListener("dblclick", (e) => { if (e.target.tagName === "CANVAS") v.goTo(v.preset || "front"); });
  stage.addEventListener("keydown", (e) => { if (e.target.tagName === "CANVAS") key(v, e); });
}

/** Two fingers: their distance zooms, their middle moves. */
function pinch(v, held, e) {
  const [other] = [...held].filter(([id]) => id !== e.pointerId).map(([, at]) => at);
  const before = held.get(e.pointerId);
  const gap = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
  const now = [e.clientX, e.clientY];
  zoom(v.camera, gap(before) / gap(now), v.scene.bounds);
  slide(v, (now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
}

function slide(v, dx, dy) {
  const inch = (2 * v.camera.distance * v.camera.tangent) / v.ui.stage.clientHeight;
  pan(v.camera, -dx * inch, dy * inch, v.scene.bounds);
}

function key(v, e) {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const digit = PRESETS[Number(e.key) - 1];
  const turns = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  if (digit && e.key !== "0") v.goTo(digit.name);
  else if (turns[e.key] && e.shiftKey) slide(v, turns[e.key][0] * 24, turns[e.key][1] * 24);
  else if (turns[e.key]) orbit(v.camera, turns[e.key][0] * STEP, turns[e.key][1] * STEP);
  else if (e.key === "+" || e.key === "=") zoom(v.camera, 0.88, v.scene.bounds);
  else if (e.key === "-") zoom(v.camera, 1 / 0.88, v.scene.bounds);
  else if (e.key === "0") v.goTo(v.preset || "front");
  else if (e.key === "n" || e.key === "p") v.step(e.key === "n" ? 1 : -1);
  else if (e.key === "Escape") v.pick(null);
  else return;
  e.preventDefault();
  e.stopPropagation();
  if (!digit && e.key !== "0") v.stop();
  v.changed();
}
