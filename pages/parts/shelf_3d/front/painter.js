// Without WebGL: the same scene on a flat canvas, boxes only, farthest first.

const FACES = [
  { corners: [0, 1, 5, 4], normal: [0, 0, 1], light: 1 },
  { corners: [2, 3, 7, 6], normal: [0, 0, -1], light: 0.55 },
  { corners: [3, 0, 4, 7], normal: [-1, 0, 0], light: 0.72 },
  { corners: [1, 2, 6, 5], normal: [1, 0, 0], light: 0.78 },
  { corners: [4, 5, 6, 7], normal: [0, 1, 0], light: 0.9 },
];

/**
 * Walls and floor first, as nothing is behind them; then shelf by shelf towards the height of the eye, which
 * orders the shelves rightly from anywhere; on a shelf its board, then the boxes, farthest first.
 */
function paintFrame(pen, lens, scene, parts, colorOf, mood) {
  const { canvas } = pen;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const room = Object.fromEntries(Object.entries(parts).map(([name, data]) => [name, farthestFirst(roomFaces(name, data, lens))]));
  const body = [...room.body, ...(lens.back[1] < ABOVE ? room.roof : [])];
  const beside = lens.eye[0] > scene.bounds.high[0];
  const { foot, pitchHigh, rows, board } = scene.room;
  const layer = (y) => Math.floor((y - foot + board / 2) / pitchHigh);
  const eye = clamp(layer(lens.eye[1]), -1, rows);
  const order = Array.from({ length: rows }, (_, i) => i).sort((a, b) => Math.abs(b - eye) - Math.abs(a - eye));
  const shelves = order.flatMap((k) => {
    const boxes = farthestFirst(scene.boxes.filter((b) => layer(b.y) === k).flatMap((b) => boxFaces(b, lens, colorOf(b.owner), mood)));
    const boards = room.solid.filter((face) => layer(face.points[0][1]) === k);
    return lens.eye[1] > foot + k * pitchHigh ? [...boards, ...boxes] : [...boxes, ...boards];
  });
  const base = room.solid.filter((face) => layer(face.points[0][1]) < 0);
  for (const face of [...room.clear, ...room.wall, ...base, ...(beside ? [...shelves, ...body] : [...body, ...shelves])]) paintFace3d(pen, lens, face);
}

const farthestFirst = (faces) => faces.sort((a, b) => b.away - a.away);

function paintFace3d(pen, lens, { points, color }) {
  const flat = points.map((p) => onPaper(lens.matrix, p, pen.canvas));
  if (flat.some((p) => p === null)) return;
  pen.beginPath();
  flat.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.fillStyle = color;
  pen.fill();
}

function boxFaces(b, lens, color, mood) {
  const { index } = b.owner;
  const faded = mood.picked >= 0 && mood.picked !== index ? 0.35 : 1;
  const [w, h, d] = [b.width / 2, b.height * b.high, b.depth * b.deep];
  const corners = [[-w, 0, 0], [w, 0, 0], [w, 0, -d], [-w, 0, -d], [-w, h, 0], [w, h, 0], [w, h, -d], [-w, h, -d]]
    .map((p) => placed([b.x, b.y, b.z], b.heading, p));
  return FACES.map((face) => {
    const points = face.corners.map((i) => corners[i]);
    const toward = minus(lens.eye, points[0]);
    const light = face.light * (mood.hover === index ? 1.15 : 1);
    return dot(placed([0, 0, 0], b.heading, face.normal), toward) > 0
      ? { points, away: middleAway(points, lens), color: css(color.map((v) => v * light), faded) } : null;
  }).filter(Boolean);
}

function roomFaces(name, data, lens) {
  const faces = [];
  for (let i = 0; i < data.length; i += 60) { // six corners of a quad, ten numbers each
    const at = (k) => data.slice(i + 10 * k, i + 10 * k + 3);
    const points = [at(0), at(1), at(2), at(5)];
    const turned = dot(data.slice(i + 3, i + 6), minus(lens.eye, points[0])) <= 0;
    if (turned && name !== "solid" && name !== "clear") continue;
    const floor = name !== "clear" || points.every((p) => p[1] < 1);
    if (floor) faces.push({ points, away: middleAway(points, lens), color: css(data.slice(i + 6, i + 9), data[i + 9]) });
  }
  return faces;
}

function middleAway(points, lens) {
  const sum = points.reduce((total, p) => plus(total, p), [0, 0, 0]).map((v) => v / points.length);
  return Math.hypot(...minus(lens.eye, sum));
}

function css(color, alpha) {
  return `rgb(${color.map((v) => clamp(Math.round(v * 255), 0, 255)).join(" ")} / ${alpha})`;
}

/** A point of the room in pixels, or null behind the eye. */
function onPaper(m, [x, y, z], { width, height }) {
  const w = m[3] * x + m[7] * y + m[11] * z + m[15];
  if (w <= 0) return null;
  const [cx, cy] = [m[0] * x + m[4] * y + m[8] * z + m[12], m[1] * x + m[5] * y + m[9] * z + m[13]];
  return [((cx / w + 1) / 2) * width, ((1 - cy / w) / 2) * height];
}
