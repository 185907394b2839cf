// Small helpers for the DOM. Data only ever enters as text or attribute values, never as markup.

const SVG_NS = "http://www.w3.org/2000/svg";

/** Create an element: h("div.tile.on", {title: "x"}, "text", child). Falsy children are skipped. */
function h(spec, attrs, ...children) {
  const [tag, ...classes] = spec.split(".");
  const el = document.createElement(tag || "div");
  if (classes.length) el.className = classes.join(" ");
  setAttrs(el, attrs);
  el.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return el;
}

/** Create an SVG element. */
function s(tag, attrs, ...children) {
  const el = document.createElementNS(SVG_NS, tag);
  setAttrs(el, attrs);
  el.append(...children.filter(Boolean));
  return el;
}

function setAttrs(el, attrs) {
  for (const [name, value] of Object.entries(attrs || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) el[name] = value;
    else if (name === "style") for (const [k, v] of Object.entries(value)) el.style.setProperty(k, v);
    else el.setAttribute(name, value === true ? "" : String(value));
  }
}

/** Set an attribute only where it differs: writing the same value would have the element styled anew. */
function setAttr(el, name, value) {
  const text = String(value);
  if (el.getAttribute(name) !== text) el.setAttribute(name, text);
}

function setText(el, text) {
  if (el.textContent !== text) el.textContent = text;
}

/** A Material symbol by name, from the font that the page has loaded. */
function icon(name) {
  return h("span.icon", { "aria-hidden": "true" }, name);
}

function button(spec, label, onclick, attrs) {
  return h("button." + spec, { type: "button", onclick, ...attrs }, label);
}

function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
