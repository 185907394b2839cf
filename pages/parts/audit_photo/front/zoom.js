// The photo can be brought near: wheel, pinch, buttons; dragging moves it. Sizes are of the whole photo.

const NEAREST = 8;

function fitted(v) {
  const { clientWidth: w, clientHeight: h } = v.ui.stage;
  const scale = Math.min(w / v.data.width, h / v.data.height);
  return { scale, x: (w - v.data.width * scale) / 2, y: (h - v.data.height * scale) / 2 };
}

function place(v) {
  const { width, height } = v.data;
  if (!(v.view.scale > 0)) return; // not laid out yet; the observer of its size comes again
  const { scale, x, y } = v.view;
  Object.assign(v.ui.sheet.style, { width: `${width * scale}px`, height: `${height * scale}px`, transform: `translate(${x}px, ${y}px)` });
  v.ui.stage.classList.toggle("near", scale > fitted(v).scale * 1.01);
  paintPins(v);
}

function fit(v) {
  v.view = fitted(v);
  place(v);
}

/** Zoom by a factor around a point of the stage, never farther than the whole photo. */
function zoomBy(v, factor, px, py) {
  const least = fitted(v).scale;
  const scale = clamp(v.view.scale * factor, least, least * NEAREST);
  if (scale <= least * 1.001) return fit(v);
  const k = scale / v.view.scale;
  v.view = bounded(v, { scale, x: px - (px - v.view.x) * k, y: py - (py - v.view.y) * k });
  place(v);
}

function bounded(v, view) {
  const { clientWidth: w, clientHeight: h } = v.ui.stage;
  const free = (room, size, at) => (size <= room ? (room - size) / 2 : clamp(at, room - size, 0));
  return { scale: view.scale, x: free(w, v.data.width * view.scale, view.x), y: free(h, v.data.height * view.scale, view.y) };
}

/** Bring a box into the middle, near enough to read a package. */
function show(v, box) {
  const { clientWidth: w, clientHeight: h } = v.ui.stage;
  const least = fitted(v).scale;
  const scale = clamp(Math.min(w / box.w, h / box.h) * 0.36, least, least * NEAREST);
  v.view = bounded(v, { scale, x: w / 2 - (box.x + box.w / 2) * scale, y: h / 2 - (box.y + box.h / 2) * scale });
  place(v);
}

function listenToStage(v) {
  const { stage } = v.ui;
  const at = (e) => { const r = stage.getBoundingClientRect(); return [e.clientX - r.left, e.clientY - r.top]; };
  stage.onwheel = (e) => {
    // The page scrolls on over a photo that is not near, unless the wheel is meant for it.
    if (!e.ctrlKey && !e.metaKey && !stage.classList.contains("near")) return;
    e.preventDefault();
    zoomBy(v, Math.exp(-e.deltaY * 0.0016), ...at(e));
  };
  const fingers = new Map();
  let apart = 0;
  stage.onpointerdown = (e) => { fingers.set(e.pointerId, e); v.dragged = false; };
  stage.onpointermove = (e) => {
    const last = fingers.get(e.pointerId);
    if (!last) return;
    const dx = e.clientX - last.clientX, dy = e.clientY - last.clientY;
    fingers.set(e.pointerId, e);
    if (fingers.size === 2) {
      const [a, b] = [...fingers.values()];
      const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const [ax, ay] = at(a), [bx, by] = at(b);
      if (apart) zoomBy(v, now / apart, (ax + bx) / 2, (ay + by) / 2);
      apart = now;
    } else if (Math.abs(dx) + Math.abs(dy) > 0 && stage.classList.contains("near")) {
      if (Math.abs(dx) + Math.abs(dy) > 2) v.dragged = true;
      v.view = bounded(v, { ...v.view, x: v.view.x + dx, y: v.view.y + dy });
      place(v);
    }
  };
  const up = (e) => { fingers.delete(e.pointerId); apart = 0; };
  Object.assign(stage, { onpointerup: up, onpointercancel: up, onpointerleave: up });
  const middle = (factor) => () => zoomBy(v, factor, stage.clientWidth / 2, stage.clientHeight / 2);
  v.ui.zoomIn.onclick = middle(1.5);
  v.ui.zoomOut.onclick = middle(1 / 1.5);
  v.ui.fit.onclick = () => fit(v);
  stage.onkeydown = (e) => {
    if (e.key === "+" || e.key === "=") middle(1.5)();
    else if (e.key === "-") middle(1 / 1.5)();
    else if (e.key === "0") fit(v);
    else return;
    e.preventDefault();
  };
}
