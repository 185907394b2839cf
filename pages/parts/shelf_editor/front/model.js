// The plan as the browser knows it: decoding, places, what may stand where, and the edits that are
// shown at once. Every edit is decided by the engine; what is done here only bridges the time to its answer.

const PRODUCT_FIELDS = ["id", "name", "brand", "category", "size", "price", "margin", "width", "height",
  "shape", "color", "brandColor", "short", "refused", "velocity", "trend"];
const POSITION_FIELDS = ["product", "row", "column", "cells", "x", "width", "facings", "high", "capacity",
  "quantity", "par", "price", "locked", "warnings"];
const TOLERANCE_IN = 0.01;

const record = (fields, values) => Object.fromEntries(fields.map((name, i) => [name, values[i]]));

function decodeProducts(rows) {
  return new Map(rows.map((row) => [row[0], record(PRODUCT_FIELDS, row)]));
}

/** Positions of the payload with the uid of the tile that already shows them, so that tiles survive updates. */
function decodePositions(rows, overlays, before, nextUid) {
  const positions = rows.map((row, index) => {
    const p = record(POSITION_FIELDS, row);
    p.values = Object.fromEntries(overlays.map((o) => [o.name, o.values ? o.values[index] : null]));
    return p;
  });
  const place = (p) => `${p.product}|${p.row}|${p.x.toFixed(2)}`;
  const standing = new Map(before.map((p) => [place(p), p.uid]));
  const free = new Set(before.map((p) => p.uid));
  for (const p of positions) {
    p.uid = standing.get(place(p));
    if (p.uid !== undefined) { free.delete(p.uid); standing.delete(place(p)); }
  }
  for (const p of positions) {
    if (p.uid !== undefined) continue;
    const moved = before.find((old) => old.product === p.product && free.has(old.uid));
    p.uid = moved ? moved.uid : nextUid();
    free.delete(p.uid);
  }
  return positions;
}

/**
 * The table of best places: score 0–100 (255: not allowed) and gain in money a day, by row and zone.
 * A row is a product from the list ("12") or a position by product and cell ("12@0,3").
 */
function decodePairs(pairs) {
  if (!pairs) return null;
  const gains = bytesOf(pairs.gain);
  return {
    index: new Map(pairs.keys.map((key, i) => [key, i])), zones: pairs.zones, unit: pairs.unit,
    score: bytesOf(pairs.score), gain: new Int16Array(gains.buffer, 0, gains.length / 2),
  };
}

function rowLetter(row) {
  return row < 26 ? String.fromCharCode(65 + row) : rowLetter(Math.floor(row / 26) - 1) + rowLetter(row % 26);
}

function slotName(place) {
  return rowLetter(place.row) + (place.column + 1);
}

/** The machine's own label beside the slot, where there is one. */
function slotTitle(fixture, place) {
  const label = fixture.labels.length ? fixture.labels[place.row][place.column] : "";
  return label ? `${slotName(place)} (${label})` : slotName(place);
}

const isFree = (fixture) => fixture.placement === "free";

/** Start and end of a position in units of its row: cells, or inches on a free shelf. As the engine counts. */
function span(fixture, p) {
  return isFree(fixture) ? { start: p.x, end: p.x + p.width } : { start: p.column, end: p.column + p.cells };
}

const rowLength = (fixture, row) => (isFree(fixture) ? fixture.width : fixture.rows[row]);

/** Inches that a unit of a row is drawn with: the trays of a machine all run over its full width. */
function unitWidth(fixture, row) {
  if (isFree(fixture)) return 1;
  return fixture.placement === "slots" ? fixture.width / fixture.rows[row] : fixture.cell;
}

/** Left and right edge of a position in inches as drawn. */
function extent(fixture, p) {
  const { start, end } = span(fixture, p);
  const unit = unitWidth(fixture, p.row);
  return { left: start * unit, right: end * unit };
}

/** A place on a row, from units. */
function placeAt(fixture, row, start) {
  return isFree(fixture) ? { row, column: Math.floor(start / fixture.cell + 1e-6), x: start } : { row, column: start, x: start * fixture.cell };
}

/** Free stretches of a row in units, with `leaving` (a set of uids) taken off. */
function stretches(fixture, row, positions, leaving) {
  const taken = positions.filter((p) => p.row === row && !(leaving && leaving.has(p.uid))).map((p) => span(fixture, p)).sort((a, b) => a.start - b.start);
  const free = [];
  let edge = 0;
  for (const { start, end } of [...taken, { start: rowLength(fixture, row), end: 0 }]) {
    if (start - edge > TOLERANCE_IN) free.push({ start: edge, end: start });
    edge = Math.max(edge, end);
  }
  return free;
}

/** Empty places of a row: single cells of a grid, or whole stretches of a free shelf. */
function gapsOf(fixture, row, positions) {
  const unit = unitWidth(fixture, row);
  const gap = (start, end) => ({ ...placeAt(fixture, row, start), left: start * unit, size: (end - start) * unit });
  return stretches(fixture, row, positions).flatMap(({ start, end }) => {
    if (isFree(fixture)) return end - start > 0.5 ? [gap(start, end)] : [];
    return Array.from({ length: end - start }, (_, i) => gap(start + i, start + i + 1));
  });
}

/** Units that one facing of a product takes. */
function facingUnits(fixture, product) {
  if (isFree(fixture)) return product.width;
  return fixture.placement === "slots" ? 1 : Math.max(1, Math.floor(product.width / fixture.cell + 1e-9));
}

function unitsOf(fixture, held) {
  if (!held.position) return facingUnits(fixture, held.product);
  const { start, end } = span(fixture, held.position);
  return end - start;
}

/**
 * What dropping `held` on `target` would do: {event} to send, or {reason} why not.
 * held: {product, position?} (position when it comes from the shelf); target: {row, column, x, position?}.
 */
function planDrop(ed, held, target) {
  const { fixture, positions } = ed;
  const over = target.position;
  if (held.product.refused) return { reason: held.product.refused };
  if (over && held.position && over.uid === held.position.uid) return { reason: "It stands here." };
  if ((over && over.locked) || (held.position && held.position.locked)) return { reason: "This position is locked." };
  if (!held.position) {
    if (over && over.product === held.product.id) return { reason: "It stands here. Change its facings instead." };
    if (ed.data.strict && positions.some((p) => p.product === held.product.id)) {
      return { reason: "It stands on the shelf already. Move it, or give it more facings." };
    }
  }
  const leaving = new Set([over && over.uid, held.position && held.position.uid].filter((uid) => uid));
  const units = unitsOf(fixture, held);
  const start = over ? span(fixture, over).start : span(fixture, { ...target, cells: 0, width: 0 }).start;
  const at = settle(fixture, positions, target.row, start, units, leaving);
  if (at === null) return { reason: "There is not enough room." };
  if (over && held.position) {
    const home = span(fixture, held.position);
    const size = span(fixture, over);
    if (settle(fixture, positions, held.position.row, home.start, size.end - size.start, leaving) === null) return { reason: "The other product has no room there." };
    return { event: { type: "swap", a: placeOf(held.position), b: placeOf(over) } };
  }
  if (over) return { event: { type: "replace", at: placeOf(over), product: held.product.id } };
  const to = placeAt(fixture, target.row, at);
  if (!held.position) return { event: { type: "place", product: held.product.id, to } };
  return { event: { type: "move", from: placeOf(held.position), to } };
}

/** Where `units` fit in the free stretch at `start`, as near to it as possible; null where they do not. */
function settle(fixture, positions, row, start, units, leaving) {
  const gap = stretches(fixture, row, positions, leaving).find((g) => g.start <= start + TOLERANCE_IN && start < g.end);
  if (!gap || gap.end - gap.start < units - TOLERANCE_IN) return null;
  return clamp(start, gap.start, Math.max(gap.start, gap.end - units));
}

const placeOf = (p) => ({ row: p.row, column: p.column, x: p.x });

function samePlace(a, b) {
  return a.row === b.row && a.column === b.column && Math.abs(a.x - b.x) < 0.005;
}

const findAt = (positions, place) => positions.find((p) => samePlace(p, place));

/** Apply an event to a copy of the positions, the way the engine most likely will. */
function applyEvent(ed, event) {
  const next = ed.positions.map((p) => ({ ...p }));
  const edit = OPTIMISTIC[event.type];
  return edit ? edit(ed, next, event) || next : next;
}

function standAt(fixture, p, start) {
  Object.assign(p, placeAt(fixture, p.row, start));
}

function newPosition(ed, productId, place) {
  const product = ed.products.get(productId);
  const units = facingUnits(ed.fixture, product);
  return {
    product: productId, row: place.row, column: place.column, x: place.x, cells: isFree(ed.fixture) ? 1 : units,
    width: isFree(ed.fixture) ? units : units * ed.fixture.cell, facings: 1, high: 1, capacity: null, quantity: null,
    par: null, price: product.price, locked: false, warnings: [], values: {}, uid: ed.nextUid(),
  };
}

/** Both in each other's place; on one row the outer edges of the pair stay. */
function exchange(fixture, positions, one, two) {
  const [a, b] = one.row > two.row || (one.row === two.row && one.x > two.x) ? [two, one] : [one, two];
  const [sa, sb] = [span(fixture, a), span(fixture, b)];
  const leaving = new Set([a.uid, b.uid]);
  const wish = a.row === b.row ? sb.end - (sa.end - sa.start) : sb.start;
  const toB = settle(fixture, positions, b.row, sb.start, sa.end - sa.start, leaving) === null ? sb.start : wish;
  const rows = [a.row, b.row];
  Object.assign(a, { row: rows[1] });
  Object.assign(b, { row: rows[0] });
  standAt(fixture, a, toB);
  standAt(fixture, b, sa.start);
}

const OPTIMISTIC = {
  place: (ed, next, e) => [...next, newPosition(ed, e.product, e.to)],
  replace: (ed, next, e) => next.filter((p) => !samePlace(p, e.at)).concat(newPosition(ed, e.product, e.at)),
  move: (ed, next, e) => { Object.assign(findAt(next, e.from), e.to); },
  swap: (ed, next, e) => exchange(ed.fixture, next, findAt(next, e.a), findAt(next, e.b)),
  shift: (ed, next, e) => {
    for (const p of e.items.map((place) => findAt(next, place))) {
      p.row += e.rows;
      standAt(ed.fixture, p, span(ed.fixture, p).start + (isFree(ed.fixture) ? e.inches : e.columns));
    }
  },
  remove: (ed, next, e) => next.filter((p) => !e.items.some((place) => samePlace(p, place))),
  lock: (ed, next, e) => { for (const place of e.items) findAt(next, place).locked = e.locked; },
  facings: (ed, next, e) => {
    const p = findAt(next, e.at);
    const { start, end } = span(ed.fixture, p);
    const at = settle(ed.fixture, next, p.row, start, ((end - start) / p.facings) * e.facings, new Set([p.uid]));
    if (at === null) return;
    Object.assign(p, { cells: Math.round((p.cells / p.facings) * e.facings), width: (p.width / p.facings) * e.facings, facings: e.facings });
    standAt(ed.fixture, p, at);
  },
};

/** Zone index of a place, in the order of the engine's zone arrays. */
function zoneOf(ed, place) {
  if (isFree(ed.fixture)) {
    const perRow = Math.max(1, Math.ceil(ed.fixture.width / ed.fixture.zone - 1e-9));
    return place.row * perRow + clamp(Math.floor(place.x / ed.fixture.zone + 1e-6), 0, perRow - 1);
  }
  return ed.fixture.rows.slice(0, place.row).reduce((a, b) => a + b, 0) + place.column;
}

/** {score, gain} of a held product at a zone, or null where it is not allowed or not known. */
function pairAt(ed, held, zone) {
  const { pairs } = ed;
  const p = held.position;
  const row = pairs ? pairs.index.get(p ? `${p.product}@${p.row},${p.column}` : String(held.product.id)) : undefined;
  if (row === undefined) return null;
  const at = row * pairs.zones + zone;
  return pairs.score[at] === 255 ? null : { score: pairs.score[at], gain: pairs.gain[at] * pairs.unit };
}

/** Best score of every product anywhere on this fixture: what the list is sorted by. */
function bestScores(ed) {
  const best = new Map();
  for (const [key, row] of ed.pairs ? ed.pairs.index : []) {
    const id = Number.parseInt(key, 10);
    let top = best.get(id) ?? -1;
    for (let z = row * ed.pairs.zones; z < (row + 1) * ed.pairs.zones; z++) {
      if (ed.pairs.score[z] !== 255 && ed.pairs.score[z] > top) top = ed.pairs.score[z];
    }
    if (top >= 0) best.set(id, top);
  }
  return best;
}
