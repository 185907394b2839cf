// The plan as the view knows it: rows of the payload by name, and every unit that stands in the room.

const SCENE_PRODUCT = ["id", "name", "brand", "category", "size", "shape", "color", "brandColor", "short", "width", "height", "depth"];
const SCENE_POSITION = ["product", "slot", "row", "facings", "high", "price", "quantity", "capacity", "x", "z", "heading", "span"];
const SCENE_BOX = ["position", "x", "z", "heading", "width", "depth", "height", "high", "deep", "squeezed"];

const SEAM = 0.97; // of a unit's depth: neighbors behind one another stay apart to the eye

const named = (fields, rows) => rows.map((row) => Object.fromEntries(fields.map((name, i) => [name, row[i]])));

function decodeScene(data) {
  const products = named(SCENE_PRODUCT, data.products);
  const byId = new Map(products.map((p) => [p.id, p]));
  const positions = named(SCENE_POSITION, data.positions).map((p, index) => ({ ...p, index, product: byId.get(p.product) }));
  const room = data.fixture;
  room.pitchHigh = room.height / room.rows;
  const boxes = named(SCENE_BOX, data.boxes).map((b) => ({ ...b, owner: positions[b.position] }));
  for (const b of boxes) {
    b.y = shelfTop(room, b.owner.row);
    b.owner.squeezed = b.owner.squeezed || Boolean(b.squeezed);
    b.owner.deep = Math.max(b.owner.deep || 1, b.deep);
  }
  return { room, products, positions, boxes, bounds: boundsOf(room), corners: cornersOf(room), currency: data.currency, overlays: data.overlays };
}

/** Height above the floor on which the products of a row stand. */
function shelfTop(room, row) {
  return room.foot + (room.rows - 1 - row) * room.pitchHigh + room.board;
}

function roomTop(room) {
  return room.foot + room.height + (room.machine ? MACHINE.head : 0);
}

/** The fixture's own room: what the camera must show. */
function boundsOf(room) {
  const points = [...room.front, ...room.back];
  const [xs, zs] = [points.map((p) => p[0]), points.map((p) => p[1])];
  const wide = room.machine ? [MACHINE.side, MACHINE.panel] : [0.8, 0.8];
  return {
    low: [Math.min(...xs) - wide[0], 0, Math.min(...zs) - 1],
    high: [Math.max(...xs) + wide[1], roomTop(room), Math.max(...zs) + (room.machine ? MACHINE.glass : 0.8)],
  };
}

/** Points of the fixture's hull: those of its lines on the floor and at the top, for a machine of its cabinet. */
function cornersOf(room) {
  const { low, high } = boundsOf(room);
  const plan = room.machine ? [[low[0], low[2]], [high[0], low[2]], [high[0], high[2]], [low[0], high[2]]] : [...room.front, ...room.back];
  return plan.flatMap(([x, z]) => [[x, low[1], z], [x, high[1], z]]);
}

/** One entry a unit: where its front's bottom middle is, its size, whose it is. `few`: one block for all behind. */
function unitsOf(scene, few) {
  const units = [];
  for (const b of scene.boxes) {
    const blocks = few ? Math.min(b.deep, 2) : b.deep;
    for (let back = 0; back < blocks; back++) {
      const behind = back * b.depth;
      const depth = back && few ? (b.deep - 1) * b.depth : b.depth;
      for (let up = 0; up < b.high; up++) {
        units.push({
          owner: b.owner, heading: b.heading, back,
          at: placed([b.x, b.y + up * b.height, b.z], b.heading, [0, 0, -behind]),
          size: [b.width, b.height, depth * SEAM], shade: Math.min(1, (back && few ? behind + depth / 2 : behind) / Math.max(scene.room.depth, 1)),
        });
      }
    }
  }
  return units;
}

/** The nearest box that a ray meets, or null: slabs in the frame of each box. */
function boxOnRay(scene, eye, way) {
  let best = null;
  let nearest = Infinity;
  for (const b of scene.boxes) {
    const [sin, cos] = [Math.sin(b.heading), Math.cos(b.heading)];
    const from = minus(eye, [b.x, b.y, b.z]);
    const at = [from[0] * cos - from[2] * sin, from[1], from[0] * sin + from[2] * cos];
    const dir = [way[0] * cos - way[2] * sin, way[1], way[0] * sin + way[2] * cos];
    const low = [-b.width / 2, 0, -b.depth * b.deep];
    const high = [b.width / 2, b.height * b.high, 0];
    let [enter, leave] = [0, Infinity];
    for (let k = 0; k < 3; k++) {
      const [t1, t2] = [(low[k] - at[k]) / dir[k], (high[k] - at[k]) / dir[k]];
      enter = Math.max(enter, Math.min(t1, t2));
      leave = Math.min(leave, Math.max(t1, t2));
    }
    if (enter <= leave && enter < nearest) { nearest = enter; best = b; }
  }
  return best;
}
