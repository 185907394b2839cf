// Mounts the photo and its findings, and paints them anew when the page sends other data.

const VIEWS = new WeakMap();

export default function (component) {
  const { parentElement, data: raw, setTriggerValue } = component;
  const text = raw instanceof Uint8Array ? new TextDecoder().decode(raw) : JSON.stringify(raw);
  let v = VIEWS.get(parentElement);
  if (!v || !v.root.isConnected) {
    v = mounted(parentElement.querySelector(".audit"));
    VIEWS.set(parentElement, v);
  }
  v.act = (event) => setTriggerValue("act", { seq: ++v.seq, ...event });
  if (v.text !== text) {
    v.text = text;
    receive(v, JSON.parse(text));
  }
  return () => {
    v.resize.disconnect();
    VIEWS.delete(parentElement);
  };
}

function receive(v, data) {
  const other = !v.data || v.data.photo !== data.photo;
  v.data = data;
  v.root.dataset.theme = data.theme;
  v.root.dataset.phone = v.root.clientWidth < 720 ? "1" : "";
  if (other) {
    v.ui.image.src = data.photo;
    v.ui.image.alt = data.alt;
    v.ui.stage.setAttribute("aria-label", data.alt);
    v.picked = null;
    v.view = fitted(v);
  }
  paintBoxes(v);
  paintLegend(v);
  paintFindings(v);
  place(v);
}

function mounted(root) {
  const ui = Object.fromEntries([...root.querySelectorAll("[data-ref]")].map((el) => [el.dataset.ref, el]));
  const v = { root, ui, seq: Date.now(), data: null, view: { scale: 1, x: 0, y: 0 }, picked: null, all: false, dragged: false };
  listenToStage(v);
  ui.all.onchange = () => { v.all = ui.all.checked; paintBoxes(v); };
  v.resize = new ResizeObserver(() => {
    if (!v.data) return;
    root.dataset.phone = root.clientWidth < 720 ? "1" : "";
    fit(v);
  });
  v.resize.observe(ui.stage);
  return v;
}
