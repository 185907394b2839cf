// What the products stand on: boards, price rails, walls and the cabinet of a machine. A vertex is position
// (3), normal (3), color (3) and alpha (1). Walls are seen from inside only and roofs not from above, so that none
// hides the products.

const MACHINE = { side: 2.5, panel: 10, head: 5, glass: 2, back: 4 };
const RAIL_IN = 1.3;

const TONES = {
  light: { board: "#e2e6ed", rail: "#c9cfda", wall: "#dfe3ea", side: "#cdd3de", foot: "#7b8494", floor: "#1b2233", cabinet: "#3a4254",
    inner: "#eef1f6", tray: "#b9c0cc", glass: "#9fc3e6", trim: "#262d3b", tag: "#ffffff", light: "#f8fbff" },
  dark: { board: "#8b93a3", rail: "#6a7283", wall: "#4a5160", side: "#3d4452", foot: "#262b36", floor: "#000000", cabinet: "#454d5f",
    inner: "#5a6375", tray: "#7d8698", glass: "#7fa8d0", trim: "#1a1e27", tag: "#eef0f4", light: "#aeb7c6" },
};

const tone = (hex) => rgb(hex).map((v) => v / 255);

function buildFurniture(scene, theme) {
  const parts = { solid: [], body: [], roof: [], wall: [], clear: [] };
  const colors = Object.fromEntries(Object.entries(TONES[theme]).map(([name, hex]) => [name, tone(hex)]));
  const { room } = scene;
  if (room.shape === "L") strip(parts.clear, room.front, room.back, 0.02, colors.floor, 0.3);
  else shadow(parts, scene.bounds, colors, room.shape.endsWith("circle") ? 2 : 5);
  if (room.machine) cabinet(parts, room, colors);
  else shelving(parts, room, colors);
  return parts;
}

// --- pieces ---

/** A quad with corners a, b, c, d, counterclockwise as seen from the side that its normal points to. */
function quad(into, a, b, c, d, color, alpha = 1) {
  const normal = unit(cross(minus(b, a), minus(d, a)));
  for (const p of [a, b, c, a, c, d]) into.push(...p, ...normal, ...color, Array.isArray(alpha) ? alpha[[a, b, c, d].indexOf(p)] : alpha);
}

/** A block between two corners, along the axes of the room. */
function block(into, [x0, y0, z0], [x1, y1, z1], color) {
  quad(into, [x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1], color);
  quad(into, [x1, y0, z0], [x0, y0, z0], [x0, y1, z0], [x1, y1, z0], color);
  quad(into, [x0, y0, z0], [x0, y0, z1], [x0, y1, z1], [x0, y1, z0], color);
  quad(into, [x1, y0, z1], [x1, y0, z0], [x1, y1, z0], [x1, y1, z1], color);
  quad(into, [x0, y1, z1], [x1, y1, z1], [x1, y1, z0], [x0, y1, z0], color);
  quad(into, [x0, y0, z0], [x1, y0, z0], [x1, y0, z1], [x0, y0, z1], color);
}

/** A band that stands upright along a line of plan points; who sees the line run from left to right sees its face. */
function band(into, line, low, high, color, alpha = 1) {
  for (let i = 0; i + 1 < line.length; i++) {
    const [[x0, z0], [x1, z1]] = [line[i], line[i + 1]];
    quad(into, [x0, low, z0], [x1, low, z1], [x1, high, z1], [x0, high, z0], color, alpha);
  }
}

/** A flat strip between two lines of plan points at one height. */
function strip(into, ahead, behind, y, color, alpha = 1) {
  for (let i = 0; i + 1 < ahead.length; i++) {
    const at = ([x, z]) => [x, y, z];
    quad(into, at(ahead[i]), at(ahead[i + 1]), at(behind[i + 1]), at(behind[i]), color, alpha);
  }
}

/** A board: its top, its underside, its front and its two ends. */
function board(into, room, low, high, color, rail) {
  const { front, back } = room;
  const last = front.length - 1;
  strip(into, front, back, high, color);
  strip(into, front, back, low, color);
  band(into, front, rail ? high - RAIL_IN : low, high, rail || color);
  band(into, [front[0], back[0]], low, high, color);
  band(into, [front[last], back[last]], low, high, color);
}

/** A soft dark patch on the floor; `power` 2 is an ellipse, more is closer to a rectangle. */
function shadow(parts, { low, high }, colors, power) {
  const [cx, cz] = [(low[0] + high[0]) / 2, (low[2] + high[2]) / 2];
  const [rx, rz] = [(high[0] - low[0]) / 2, (high[2] - low[2]) / 2];
  const ring = (grow) => Array.from({ length: 49 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 48;
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
    const reach = (Math.abs(sin) ** power + Math.abs(cos) ** power) ** (-1 / power);
    return [cx + sin * reach * (rx + grow), cz + cos * reach * (rz + grow)];
  });
  const center = Array.from({ length: 49 }, () => [cx, cz]);
  strip(parts.clear, ring(0), center, 0.02, colors.floor, 0.22);
  strip(parts.clear, ring(12), ring(0), 0.02, colors.floor, [0, 0, 0.22, 0.22]);
}

// --- shelves ---

function shelving(parts, room, colors) {
  const { front, back } = room;
  const top = roomTop(room);
  for (let row = 0; row < room.rows; row++) {
    const high = shelfTop(room, row);
    board(parts.solid, room, high - room.board, high, colors.board, colors.rail);
  }
  const kick = front.map((p, i) => [p[0] + (back[i][0] - p[0]) * 0.08, p[1] + (back[i][1] - p[1]) * 0.08]);
  band(parts.solid, kick, 0, room.foot, colors.foot);
  band(parts.wall, back, room.foot, top, colors.wall);
  const last = front.length - 1;
  if (room.shape === "half circle") halfCircleWall(parts, room, top, colors);
  if (room.shape.endsWith("circle")) {
    const middle = back.map(() => [0, 0]);
    strip(parts.solid, back, middle, top, colors.board);
    return;
  }
  for (const side of [[front[0], back[0]], [back[last], front[last]]]) {
    band(parts.wall, side, 0, top, colors.side);
    band(parts.clear, side, 0, top, colors.side, 0.1);
  }
}

/** The wall that a half circle leans against. */
function halfCircleWall(parts, room, top, colors) {
  const [a, b] = [room.front[0], room.front[room.front.length - 1]];
  band(parts.wall, [[a[0] - 1.5, a[1] - 0.1], [b[0] + 1.5, b[1] - 0.1]], 0, top, colors.side);
}

// --- machine ---

function cabinet(parts, room, colors) {
  const [left, right] = [room.front[0][0] - MACHINE.side, room.front[1][0] + MACHINE.side];
  const [front, back] = [MACHINE.glass, -room.depth - MACHINE.back];
  const [foot, top, end] = [room.foot, room.foot + room.height, right + MACHINE.panel - MACHINE.side];
  trays(parts, room, colors);
  block(parts.solid, [left, 0, back], [end, foot - 1, front], colors.cabinet);
  block(parts.roof, [left, top, back], [end, top + MACHINE.head, front], colors.cabinet);
  block(parts.body, [right, foot - 1, back], [end, top, front], colors.cabinet);
  block(parts.body, [left + 2, 3, front], [right - 2, foot - 4.5, front + 0.4], colors.trim);
  keypad(parts, right, end, foot, top, front, colors);
  band(parts.wall, [[left, back], [right, back]], foot - 1, top, colors.inner);
  band(parts.wall, [[left, front], [left, back]], foot - 1, top, colors.inner);
  band(parts.clear, [[left, back], [left, front]], foot - 1, top, colors.cabinet, 0.16);
  block(parts.body, [left, foot - 1, front - 1], [left + 1.2, top, front], colors.cabinet);
  quad(parts.roof, [left, top - 0.01, 0], [left, top - 0.01, -3], [right, top - 0.01, -3], [right, top - 0.01, 0], colors.light);
  pane(parts, left + 1.2, right, foot - 1, top, front - 0.4, colors);
}

function trays(parts, room, colors) {
  const [left, right] = [room.front[0][0], room.front[1][0]];
  for (let row = 0; row < room.rows; row++) {
    const high = shelfTop(room, row);
    board(parts.solid, room, high - room.board, high, colors.tray, colors.rail);
    const pitch = (right - left) / room.columns[row];
    for (let i = 1; i < room.columns[row]; i++) {
      const x = left + i * pitch;
      block(parts.solid, [x - 0.06, high, -room.depth], [x + 0.06, high + 1, -0.3], colors.tray);
    }
  }
}

function keypad(parts, left, right, foot, top, front, colors) {
  const middle = (left + right) / 2 + 0.6;
  const eye = foot + (top - foot) * 0.62;
  block(parts.body, [middle - 2.6, eye + 4, front], [middle + 2.6, eye + 7.5, front + 0.25], colors.glass);
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 3; column++) {
      const [x, y] = [middle - 2.4 + column * 1.75, eye + 1.6 - row * 1.75];
      block(parts.body, [x, y, front], [x + 1.25, y + 1.25, front + 0.25], colors.rail);
    }
  }
  block(parts.body, [middle - 1.6, eye - 10, front], [middle + 1.6, eye - 6.5, front + 0.25], colors.trim);
}

/** Glass: hardly there, with two slanted reflections. */
function pane(parts, left, right, low, high, z, colors) {
  quad(parts.clear, [left, low, z], [right, low, z], [right, high, z], [left, high, z], colors.glass, 0.05);
  const wide = right - left;
  for (const [from, size] of [[0.14, 0.1], [0.28, 0.04]]) {
    const [x0, x1, lean] = [left + wide * from, left + wide * (from + size), wide * 0.3];
    quad(parts.clear, [x0, low, z + 0.05], [x1, low, z + 0.05], [x1 + lean, high, z + 0.05], [x0 + lean, high, z + 0.05], [1, 1, 1], 0.07);
  }
}
