// The product list: search, category chips, sorted by how well a product fits this fixture.

const ON_SHELF = "On shelf";
const FITS = "Fits here";

function buildList(ed) {
  const { ui } = ed;
  ui.search.oninput = () => { filterList(ed); askForFound(ed); };
  ui.items.setAttribute("role", "listbox");
  ed.rows = new Map([...ed.products.values()].map((product) => [product.id, makeRow(ed, product)]));
  ed.chip = ed.chip || FITS;
  const counts = new Map();
  for (const product of ed.products.values()) counts.set(product.category, (counts.get(product.category) || 0) + 1);
  const categories = [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  ui.chips.replaceChildren(...[FITS, ON_SHELF, ...categories].map((name) =>
    button(name === FITS || name === ON_SHELF ? "chipbutton" : "chipbutton.category", name,
      () => { ed.chip = ed.chip === name ? "" : name; filterList(ed); }, { "data-chip": name })), ui.moreChips);
  ui.moreChips.onclick = () => {
    const open = ui.chips.classList.toggle("open");
    setText(ui.moreChips, open ? "Fewer" : "Categories");
    ui.moreChips.setAttribute("aria-expanded", open);
  };
}

function makeRow(ed, product) {
  const { brand, rest } = splitName(product);
  const facts = [product.price === null ? "" : money(product.price, ed.currency),
    product.margin !== null ? `${percent(product.margin)} margin` : product.price ? "cost not known" : ""].filter(Boolean).join(" · ");
  const fit = h("b.fit");
  const row = h("div.item", { role: "option", tabindex: -1, "data-product": product.id, title: product.refused || `${product.name}\n${product.category}` },
    h("div.thumb", {}, packageImage(product)),
    h("div.about", {}, h("div.title", {}, h("b", {}, brand), brand ? " " : "", rest), h("div.facts", {}, facts)),
    h("div.worth", {}, fit, sparkline(product.trend)));
  row.fit = fit;
  row.classList.toggle("refused", Boolean(product.refused));
  row.haystack = `${product.name} ${product.brand} ${product.category}`.toLowerCase();
  return row;
}

function sparkline(values, width = 44, height = 14) {
  if (!values || values.length < 2) return null;
  const high = Math.max(...values, 1e-9);
  const points = values.map((v, i) =>
    `${((i / (values.length - 1)) * width).toFixed(1)},${(height - 1.5 - (v / high) * (height - 3)).toFixed(1)}`);
  return s("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    s("polyline", { points: points.join(" ") }));
}

/** Order by fit and show the scores; rows keep their elements, so scroll and focus stay. */
function paintList(ed) {
  const best = bestScores(ed);
  const order = [...ed.products.values()].sort((a, b) =>
    (best.get(b.id) ?? -1) - (best.get(a.id) ?? -1) || b.velocity - a.velocity);
  order.forEach((product, index) => {
    const row = ed.rows.get(product.id);
    row.order = index;
    setText(row.fit, best.has(product.id) ? String(best.get(product.id)) : "–");
  });
  const sorted = [...ed.rows.values()].sort((a, b) => a.order - b.order);
  const settled = ed.ui.items.childElementCount === sorted.length;
  if (!settled || !ed.held) {
    const scroll = ed.ui.items.scrollTop;
    if (!settled) ed.ui.items.replaceChildren(...sorted);
    else sorted.forEach((row, i) => { if (ed.ui.items.children[i] !== row) ed.ui.items.insertBefore(row, ed.ui.items.children[i]); });
    ed.ui.items.scrollTop = scroll;
  }
  filterList(ed);
}

const SEARCH_AFTER_MS = 220;

/** Names that hold the words show at once; a moment later those that are meant or misspelled join them. */
function askForFound(ed) {
  clearTimeout(ed.searchTimer);
  const text = ed.ui.search.value.trim();
  if (text.length < 2 || (ed.data.found && ed.data.found.text === text)) return;
  ed.searchTimer = setTimeout(() => post(ed, { type: "search", text }), SEARCH_AFTER_MS);
}

function filterList(ed) {
  const words = ed.ui.search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const standing = new Map();
  for (const p of ed.positions) standing.set(p.product, (standing.get(p.product) || 0) + 1);
  const { found } = ed.data;
  const meant = new Set(words.length && found && found.text === ed.ui.search.value.trim() ? found.products : []);
  let shown = 0;
  for (const [id, row] of ed.rows) {
    const product = ed.products.get(id);
    const inChip = !ed.chip || (ed.chip === FITS ? !product.refused : ed.chip === ON_SHELF ? standing.has(id) : product.category === ed.chip);
    const hidden = !(inChip && (meant.has(id) || words.every((word) => row.haystack.includes(word))));
    if (row.hidden !== hidden) row.hidden = hidden;
    row.classList.toggle("standing", standing.has(id));
    row.classList.toggle("selected", ed.selectedProduct === id);
    setAttr(row, "aria-selected", ed.selectedProduct === id);
    shown += hidden ? 0 : 1;
  }
  for (const chip of ed.ui.chips.querySelectorAll("[data-chip]")) {
    setAttr(chip, "aria-pressed", chip.dataset.chip === ed.chip);
  }
  const inSearch = words.length > 0 || (ed.chip && ed.chip !== FITS);
  setText(ed.ui.listTitle, inSearch ? `${shown} of ${ed.products.size} products` : "Best for this place");
  ed.ui.nothing.hidden = shown > 0;
}
