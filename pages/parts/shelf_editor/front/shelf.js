// The shelf: tiles and empty places are made once and patched by key; a zoom only changes variables.

function buildShelf(ed) {
  const { fixture, ui } = ed;
  ui.rows = fixture.rows.map((_, row) => {
    const bay = h("div.bay", { role: "presentation", style: { "--w": rowLength(fixture, row) * unitWidth(fixture, row) } });
    const el = h("div.shelfrow", { role: "row", "aria-rowindex": row + 1, "aria-label": `Shelf ${rowLetter(row)}` },
      h("div.letter", { "aria-hidden": "true", title: `Shelf ${rowLetter(row)}` }, rowLetter(row)),
      h("div.deck", { role: "presentation" }, bay, h("div.board", { "aria-hidden": "true" })));
    return { el, bay };
  });
  const strip = frontStrip(fixture, ui.rows.map((r) => r.bay));
  ui.fixture.replaceChildren(...(strip ? [strip] : []), ...ui.rows.map((r) => r.el));
  ui.fixture.setAttribute("aria-rowcount", fixture.rows.length);
  ui.fixture.setAttribute("aria-colcount", Math.max(...fixture.rows));
  ui.fixture.dataset.placement = fixture.placement;
  ed.tiles = new Map();
  ed.gaps = new Map();
}

/** Sizes: the fixture's width fits the panel at zoom "fit"; every inch is drawn to the same scale. */
function layoutShelf(ed) {
  const { fixture, ui } = ed;
  const width = ui.scroll.clientWidth - 52;
  const height = ui.scroll.clientHeight - 14 - (fixture.marks.length ? STRIP_PX : 0);
  if (width <= 0) return;
  const phone = ui.root.dataset.phone === "1";
  const widest = Math.max(...fixture.rows.map((_, r) => rowLength(fixture, r) * unitWidth(fixture, r)));
  const cells = Math.max(...fixture.rows);
  const fit = Math.max(width / widest, phone && !isFree(fixture) ? (56 * cells) / widest : 2);
  const row = phone ? 112 : clamp(height / fixture.rows.length - 7, 96, 176);
  const zoom = ed.zoom === "fit" ? 1 : ed.zoom / 100;
  ui.fixture.style.setProperty("--ppi", (fit * zoom).toFixed(4) + "px");
  ui.fixture.style.setProperty("--rh", Math.round(row * (zoom > 1 ? zoom : Math.max(zoom, 0.6))) + "px");
  ui.fixture.style.setProperty("--zoom", zoom > 1 ? Math.min(1.5, 0.5 + zoom / 2) : Math.max(0.8, zoom));
}

function paintShelf(ed) {
  const { fixture, ui } = ed;
  const seen = new Set();
  ed.tallest = Math.max(4, ...ed.positions.map((p) => (ed.products.get(p.product) || { height: 0 }).height));
  for (const p of ed.positions) {
    let tile = ed.tiles.get(p.uid);
    if (!tile) ed.tiles.set(p.uid, (tile = makeTile(ed, p.uid)));
    if (tile.parentNode !== ui.rows[p.row].bay) ui.rows[p.row].bay.append(tile);
    paintTile(ed, p, tile);
    seen.add(p.uid);
  }
  for (const [uid, tile] of ed.tiles) {
    if (!seen.has(uid)) { tile.remove(); ed.tiles.delete(uid); ed.selected.delete(uid); }
  }
  paintGaps(ed, fixture);
  paintGhosts(ed);
}

function makeTile(ed, uid) {
  const parts = {
    chip: h("span.chip"), badge: h("span.badge", { hidden: true }, "!"), mark: h("span.mark"), lock: icon("lock"),
    pack: h("div.pack"), name: h("div.name"), fill: h("i"), slot: h("b"), facings: h("em"), price: h("span"),
  };
  parts.rail = h("div.rail", { "aria-hidden": "true" }, parts.slot, parts.facings, parts.price);
  const tile = h("div.tile", { role: "gridcell", tabindex: -1, "data-uid": uid },
    h("div.face", {}, parts.chip, parts.badge, parts.lock, parts.mark, parts.pack, parts.name),
    h("div.fill", { "aria-hidden": "true" }, parts.fill),
    parts.rail);
  tile.parts = parts;
  return tile;
}

/** All that a tile shows, as one text: a tile that would show the same again is left alone. */
function tileState(ed, p, mark) {
  const { name, kind, low, high } = ed.overlay;
  const value = p.values[name];
  return JSON.stringify([ed.catalogVersion, p, typeof value, value, name, kind, low, high, ed.tallest,
    p.warnings.map((i) => ed.warnings[i].message), mark, Boolean(ed.compare)], (key, v) => (key === "values" ? undefined : v));
}

function paintTile(ed, p, tile) {
  tile.classList.toggle("selected", ed.selected.has(p.uid));
  setAttr(tile, "aria-selected", ed.selected.has(p.uid));
  const mark = ed.compare ? ed.compare.marks.find((m) => samePlace(m.at, p)) : null;
  const state = tileState(ed, p, mark);
  if (tile.state === state) return;
  tile.state = state;
  const product = ed.products.get(p.product) || unknownProduct(p.product);
  const span = extent(ed.fixture, p);
  tile.style.setProperty("--x", span.left);
  tile.style.setProperty("--w", span.right - span.left);
  paintFace(ed, p, product, tile);
  paintValue(ed, p, product, tile);
  const { parts } = tile;
  setText(parts.slot, isFree(ed.fixture) ? `${Number(p.x.toFixed(1))} in` : slotName(p));
  setText(parts.facings, p.facings > 1 ? `×${p.facings}` : "");
  parts.rail.classList.toggle("many", p.facings > 1);
  setText(parts.price, p.price === null ? "" : money(p.price, ed.currency));
  const known = p.capacity > 0 && p.quantity !== null;
  const share = known ? clamp(p.quantity / p.capacity, 0, 1) : 0;
  parts.fill.style.width = (share * 100).toFixed(0) + "%";
  parts.fill.classList.toggle("low", known && share < 0.3);
  const told = ed.overlay.name === "warnings" ? p.warnings : p.warnings.filter((i) => !ed.warnings[i].minor);
  parts.badge.toggleAttribute("hidden", !told.length);
  setAttr(parts.badge, "title", p.warnings.map((i) => ed.warnings[i].message).join("\n"));
  tile.classList.toggle("locked", p.locked);
  setAttr(tile, "aria-colindex", p.column + 1);
  setAttr(tile, "aria-label", describeTile(ed, p, product));
  setAttr(tile, "title", `${product.name}\n${slotTitle(ed.fixture, p)}, ${p.facings} facing${p.facings > 1 ? "s" : ""}` +
    (known ? `\nStock ${p.quantity} of ${p.capacity}` : ""));
  paintDiff(ed, mark, tile);
}

function unknownProduct(id) {
  return { id, name: "Product no longer in the catalog", brand: "", category: "", shape: "box", color: "#8a8f98",
    brandColor: "#8a8f98", short: "?", width: 3, height: 5, price: null, refused: "", trend: [] };
}

function paintFace(ed, p, product, tile) {
  const look = `${product.id}|${p.facings}|${ed.tallest}`;
  if (tile.look === look) return;
  tile.look = look;
  const image = packageImage(product, p.facings);
  image.style.height = (100 * clamp(product.height / ed.tallest, 0.2, 1) ** 0.45).toFixed(0) + "%";
  tile.parts.pack.replaceChildren(image);
  const { brand, rest } = splitName(product);
  tile.parts.name.replaceChildren(h("b", {}, brand), brand && rest ? " " : "", rest);
}

/** "Harbor Sea salt" of brand Harbor → bold brand, plain rest with the size. */
function splitName(product) {
  const { name, brand, size } = product;
  const branded = Boolean(brand) && name.toLowerCase().startsWith(brand.toLowerCase());
  const rest = branded ? name.slice(brand.length).trim() : name;
  return { brand: branded ? brand : "", rest: size && !name.includes(size) ? `${rest} ${size}`.trim() : rest };
}

function paintValue(ed, p, product, tile) {
  const overlay = ed.overlay;
  const value = p.values[overlay.name];
  const { chip } = tile.parts;
  const text = overlayText(overlay, value, ed.currency);
  chip.toggleAttribute("hidden", !text);
  tile.classList.toggle("stale", overlay.kind === "scale" && value === undefined);
  if (text) {
    const color = overlayColor(overlay, value);
    setText(chip, text);
    chip.style.background = `rgb(${color})`;
    chip.style.color = inkOn(color);
    tile.style.setProperty("--tint", `rgb(${color})`);
  }
  const block = overlay.kind === "blocks" ? blockColor(overlay, product, value) : "";
  if (block) tile.style.setProperty("--tint", block);
  setAttr(tile, "data-tint", block ? "block" : text && overlay.wash ? "wash" : "");
  tile.classList.toggle("quiet", overlay.name === "warnings" && !p.warnings.length);
}

function blockColor(overlay, product, value) {
  if (overlay.name === "brand") return product.brandColor;
  if (overlay.name === "category") return overlay.colors[product.category] || product.color;
  return overlay.colors[value] || "";
}

function describeTile(ed, p, product) {
  const facts = [product.name, slotTitle(ed.fixture, p), `${p.facings} facing${p.facings > 1 ? "s" : ""}`];
  if (p.price !== null) facts.push(money(p.price, ed.currency));
  const text = overlayText(ed.overlay, p.values[ed.overlay.name], ed.currency);
  if (text) facts.push(`${ed.overlay.label.toLowerCase()} ${text}`);
  if (p.locked) facts.push("locked");
  if (p.warnings.length) facts.push(p.warnings.map((i) => ed.warnings[i].message).join("; "));
  return facts.join(", ");
}

function paintGaps(ed, fixture) {
  const seen = new Set();
  for (let row = 0; row < fixture.rows.length; row++) {
    for (const gap of gapsOf(fixture, row, ed.positions)) {
      const key = `${row}|${gap.x.toFixed(2)}`;
      let el = ed.gaps.get(key);
      if (!el) {
        el = h("div.gap", { role: "gridcell", tabindex: -1 }, h("span.hint"), h("span.slot"));
        ed.gaps.set(key, el);
        ed.ui.rows[row].bay.append(el);
      }
      el.place = gap;
      el.style.setProperty("--x", gap.left);
      el.style.setProperty("--w", gap.size);
      setAttr(el, "aria-colindex", gap.column + 1);
      setAttr(el, "aria-label", `${slotTitle(fixture, gap)}, empty`);
      setText(el.lastChild, isFree(fixture) ? "" : slotName(gap));
      paintGapValue(ed, gap, el);
      seen.add(key);
    }
  }
  for (const [key, el] of ed.gaps) if (!seen.has(key)) { el.remove(); ed.gaps.delete(key); }
}

/** Overlays that speak of places, not products, also color the empty ones. */
function paintGapValue(ed, gap, el) {
  const value = ed.overlay.zones ? ed.overlay.zones[zoneOf(ed, gap)] : undefined;
  const known = ed.overlay.kind === "scale" && value !== undefined && value !== null;
  setAttr(el, "data-tint", known ? "wash" : "");
  if (known) el.style.setProperty("--tint", `rgb(${overlayColor(ed.overlay, value)})`);
}

/** Marks of the visual comparison with another version. */
function paintDiff(ed, mark, tile) {
  setAttr(tile, "data-diff", mark ? mark.kind : "");
  setText(tile.parts.mark, mark ? mark.text : "");
  tile.classList.toggle("unchanged", Boolean(ed.compare) && !mark);
}

function paintGhosts(ed) {
  for (const el of ed.ui.fixture.querySelectorAll(".ghost")) el.remove();
  for (const gone of ed.compare ? ed.compare.removed : []) {
    const product = ed.products.get(gone.product) || unknownProduct(gone.product);
    const span = extent(ed.fixture, gone);
    const covered = ed.positions.some((p) => p.row === gone.row && extent(ed.fixture, p).left < span.right - TOLERANCE_IN &&
      span.left < extent(ed.fixture, p).right - TOLERANCE_IN);
    if (!ed.ui.rows[gone.row]) continue;
    ed.ui.rows[gone.row].bay.append(h("div.ghost" + (covered ? ".covered" : ""), {
      style: { "--x": span.left, "--w": span.right - span.left }, title: `${product.name} was here`,
    }, h("span", {}, covered ? `was ${product.short}` : product.name)));
  }
}

function paintLegend(ed) {
  const { overlay, ui } = ed;
  const key = h("div.scale");
  const text = (value) => overlayText(overlay, value, ed.currency).replace(/\.0+(?=\D*$)/, "");
  if (overlay.kind === "scale") {
    const stops = CIVIDIS.join(", ");
    key.append(h("span", {}, overlay.title), h("span", {}, text(overlay.low)),
      h("span.ramp", { style: { background: `linear-gradient(90deg, ${stops})` }, role: "img",
        "aria-label": `Color scale from ${text(overlay.low)} to ${text(overlay.high)}` }),
      h("span", {}, text(overlay.high)));
  } else if (overlay.kind === "blocks") {
    // In a window of its own: what is not saved here would be lost with the page.
    key.append(overlay.link ? h("a", { href: overlay.link, target: "_blank", rel: "noopener" }, `${overlay.title} \u2197`)
      : h("span", {}, overlay.title), ...legendBlocks(ed));
  } else {
    key.append(h("span", {}, overlay.title));
  }
  const stock = ed.positions.some((p) => p.capacity > 0 && p.quantity !== null) ? "The bar below a product: stock of capacity" : "";
  ui.legend.replaceChildren(key, h("span.source", { title: stock }, overlay.source));
}

function legendBlocks(ed) {
  const counts = new Map();
  for (const p of ed.positions) {
    const product = ed.products.get(p.product) || unknownProduct(p.product);
    const name = ed.overlay.name === "brand" ? product.brand : ed.overlay.name === "category" ? product.category : p.values[ed.overlay.name];
    if (!name) continue;
    const entry = counts.get(name) || { n: 0, color: blockColor(ed.overlay, product, p.values[ed.overlay.name]) };
    entry.n += 1;
    counts.set(name, entry);
  }
  const sorted = [...counts].sort((a, b) => b[1].n - a[1].n);
  const shown = sorted.slice(0, 8).map(([name, e]) =>
    h("span.key", {}, h("i", { style: { background: e.color } }), `${(ed.overlay.chips || {})[name] || name} ${e.n}`));
  if (sorted.length > 8) shown.push(h("span.key", {}, `${sorted.length - 8} more`));
  return shown;
}
