// Packages as solids. Each fills the box x −0.5…0.5, y 0…1, z −1…0 with its front at z = 0, and is stretched
// to a product's own size. Outlines are those of the drawings in packages.js, so that the drawing laid on
// from the front fits its solid. A vertex is position (3), normal (3), place in the drawing (2), its weight (1).

const PROFILES = {
  // radius and height from the top, both in percent of the drawing, from bottom to top
  can: [[0, 100], [27, 100], [34, 94.5], [39, 89], [39, 11], [34, 5], [30, 1], [0, 1.5]],
  bottle: [[0, 100], [32, 100], [39, 95], [39, 45], [36, 37], [22, 28], [12, 18], [12, 8], [14, 8], [14, 0], [0, 0]],
  glass: [[0, 100], [29, 100], [36, 94], [36, 54], [31, 45], [16, 38], [10, 30], [10, 7], [12, 7], [12, 0], [0, 0]],
  jar: [[0, 98], [37, 98], [46, 91], [46, 29], [40, 18], [36, 15], [32, 15], [32, 0], [0, 0]],
  cup: [[0, 98], [30, 98], [42, 15], [46, 15], [46, 4], [0, 4]],
  tub: [[0, 96], [36, 96], [44, 28], [48, 28], [48, 14], [0, 14]],
};
const PRISMS = {
  // corners of the front in percent of the drawing, counterclockwise from the bottom left
  box: [[5, 97], [95, 97], [95, 3], [5, 3]],
  gum: [[5, 82], [95, 82], [95, 18], [5, 18]],
  carton: [[8, 97], [92, 97], [92, 27], [76, 7], [24, 7], [8, 27]],
  tray: [[10, 96], [90, 96], [97, 34], [88, 12], [50, 3], [12, 12], [3, 34]],
  tag: [[0, 100], [100, 100], [100, 0], [0, 0]],
};
const PILLOWS = {
  // edges in percent of the drawing (left, top, right, bottom); how flat the middle is
  bag: { edge: [5, 2, 95, 98], flat: 0.5 },
  pouch: { edge: [6, 2, 94, 98], flat: 0.6 },
  bar: { edge: [8, 2, 92, 98], flat: 0.35 },
};
const MODELS = [...Object.keys(PROFILES), ...Object.keys(PRISMS), ...Object.keys(PILLOWS)];
const ROUND_SIDES = 18;
const FAR_SIDES = 8;

const modelOf = (shape) => (MODELS.includes(shape) ? shape : "box");

/** {vertices, indices} of a package; `far`: fewer sides, for what stands behind. */
function packageMesh(shape, far = false) {
  if (PROFILES[shape]) return lathe(PROFILES[shape], far ? FAR_SIDES : ROUND_SIDES);
  if (PILLOWS[shape]) return pillow(PILLOWS[shape], far ? 3 : 6);
  return prism(PRISMS[shape] || PRISMS.box);
}

const emptyMesh = () => ({ vertices: [], indices: [] });

function addVertex(mesh, at, normal, u, v, weight) {
  mesh.vertices.push(...at, ...normal, u, v, weight);
  return mesh.vertices.length / 9 - 1;
}

function addQuad(mesh, a, b, c, d) {
  mesh.indices.push(a, b, c, a, c, d);
}

function lathe(profile, sides) {
  const mesh = emptyMesh();
  const widest = Math.max(...profile.map((p) => p[0]));
  const [top, bottom] = [profile[profile.length - 1][1], profile[0][1]].map(Number);
  const high = bottom - Math.min(top, ...profile.map((p) => p[1]));
  const local = profile.map(([r, y]) => ({ r: r / (2 * widest), y: (bottom - y) / high, v: y / 100 }));
  for (let i = 0; i + 1 < local.length; i++) {
    const [a, b] = [local[i], local[i + 1]];
    const slope = unit([b.y - a.y, a.r - b.r, 0]);
    let before = null;
    for (let k = 0; k <= sides; k++) {
      const angle = (2 * Math.PI * k) / sides;
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const ring = [a, b].map((p) => addVertex(mesh, [p.r * sin, p.y, p.r * cos - 0.5], [slope[0] * sin, slope[1], slope[0] * cos],
        0.5 + (p.r * sin * 2 * widest) / 100, p.v, 1));
      if (before) addQuad(mesh, before[0], ring[0], ring[1], before[1]);
      before = ring;
    }
  }
  return mesh;
}

function prism(outline) {
  const mesh = emptyMesh();
  const [xs, ys] = [outline.map((p) => p[0]), outline.map((p) => p[1])];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const local = outline.map(([x, y]) => [(x - left) / (right - left) - 0.5, (bottom - y) / (bottom - top)]);
  for (const [z, facing] of [[0, 1], [-1, -1]]) {
    const corners = local.map(([x, y], i) => addVertex(mesh, [x, y, z], [0, 0, facing], outline[i][0] / 100, outline[i][1] / 100, 1));
    for (let i = 1; i + 1 < corners.length; i++) mesh.indices.push(corners[0], corners[i], corners[i + 1]);
  }
  local.forEach(([x, y], i) => {
    const [nx, ny] = local[(i + 1) % local.length];
    const normal = unit([ny - y, x - nx, 0]);
    addQuad(mesh, ...[[x, y, 0], [nx, ny, 0], [nx, ny, -1], [x, y, -1]].map((at) => addVertex(mesh, at, normal, 0, 0, 0)));
  });
  return mesh;
}

function pillow({ edge: [left, top, right, bottom], flat }, steps) {
  const mesh = emptyMesh();
  const thick = (s, t) => 0.5 * Math.max(0, Math.sin(Math.PI * t)) ** flat * (1 - Math.abs(2 * s - 1) ** 5 * 0.65);
  const rows = steps + 2;
  for (const facing of [1, -1]) {
    const grid = [];
    for (let j = 0; j <= rows; j++) {
      for (let i = 0; i <= steps; i++) {
        const [s, t] = [i / steps, j / rows];
        const slope = [s, t].map((_, k) => (k ? thick(s, Math.min(1, t + 0.02)) - thick(s, Math.max(0, t - 0.02))
          : thick(Math.min(1, s + 0.02), t) - thick(Math.max(0, s - 0.02), t)) / 0.04);
        grid.push(addVertex(mesh, [s - 0.5, t, -0.5 + facing * thick(s, t)], unit([-slope[0] * 0.6, -slope[1] * 0.4, facing]),
          (left + s * (right - left)) / 100, (bottom + t * (top - bottom)) / 100, 1));
      }
    }
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < steps; i++) {
        const at = j * (steps + 1) + i;
        addQuad(mesh, grid[at], grid[at + 1], grid[at + steps + 2], grid[at + steps + 1]);
      }
    }
  }
  return mesh;
}
