// Without WebGL: the same scene on a flat canvas, boxes only, farthest first.

const FACES = [
  { corners: [0, 1, 5, 4], normal: [0, 0, 1], light: 1 },
  { corners: [2, 3, 7, 6], normal: [0, 0, -1], light: 0.55 },
  { corners: [3, 0, 4, 7], normal: [-1, 0, 0], light: 0.72 },
  { corners: [1, 2, 6, 5], normal: [1, 0, 0], light: 0.78 },
  { corners: [4, 5, 6, 7], normal: [0, 1, 0], light: 0.9 },
];

/** Faces that look at the eye, of the furniture and of every facing, painted from the back to the front. */
function paintFrame(pen, lens, scene, parts, colorOf, mood) {
  const { canvas } = pen;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const faces = [...roomFaces(parts, lens), ...scene.boxes.flatMap((b) => boxFaces(b, lens, colorOf(b.owner), mood))];
  faces.sort((a, b) => b.away - a.away);
  for (const { points, color } of faces) {
    const flat = points.map((p) => onPaper(lens.matrix, p, canvas));
    if (flat.some((p) => p === null)) continue;
    pen.beginPath();
    flat.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.fillStyle = color;
    pen.fill();
  }
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

function roomFaces(parts, lens) {
  const faces = [];
  for (const [name, data] of Object.entries(parts)) {
    for (let i = 0; i < data.length; i += 60) { // six corners of a quad, ten numbers each
      const at = (k) => data.slice(i + 10 * k, i + 10 * k + 3);
      const points = [at(0), at(1), at(2), at(5)];
      if (name === "wall" && dot(data.slice(i + 3, i + 6), minus(lens.eye, points[0])) <= 0) continue;
      faces.push({ points, away: middleAway(points, lens) + 6, color: css(data.slice(i + 6, i + 9), data[i + 9]) });
    }
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
