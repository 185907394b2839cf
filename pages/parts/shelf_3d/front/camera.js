// The camera goes around a point: direction (azimuth, from the front to the right), height (elevation), distance,
// and `tangent` of half the vertical field of view: narrow for a true picture, wide for a shopper's.

const NARROW = Math.tan((25 * Math.PI) / 360);
const WIDE = Math.tan((56 * Math.PI) / 360);
const EYE_LEVEL_IN = 62;
const DEGREE = Math.PI / 180;
const PRESETS = [
  { name: "front", label: "Front", azimuth: 0, elevation: 3 },
  { name: "eye", label: "Eye level", azimuth: 0, elevation: 0 },
  { name: "left", label: "Left", azimuth: -62, elevation: 8 },
  { name: "right", label: "Right", azimuth: 62, elevation: 8 },
  { name: "top", label: "Top", azimuth: 0, elevation: 78 },
  { name: "isometric", label: "Isometric", azimuth: 35, elevation: 24 },
];

function middleOf({ low, high }) {
  return [0, 1, 2].map((k) => (low[k] + high[k]) / 2);
}

/** Where a preset puts the camera so that all of the fixture is seen in a picture of this shape. */
function presetCamera(scene, name, aspect) {
  const preset = PRESETS.find((p) => p.name === name) || PRESETS[0];
  const turn = scene.room.shape === "L" ? 45 : 0;
  const camera = { target: middleOf(scene.bounds), azimuth: (preset.azimuth + turn) * DEGREE, elevation: preset.elevation * DEGREE, distance: 100, tangent: NARROW };
  if (scene.room.shape === "L" && preset.azimuth) camera.azimuth = (preset.azimuth > 0 ? 8 : 82) * DEGREE;
  if (scene.room.shape === "L" && name === "isometric") camera.azimuth = 30 * DEGREE;
  if (name === "eye") return eyeLevel(scene, camera, aspect);
  camera.distance = fitDistance(scene.corners, camera, aspect);
  return camera;
}

/** As a shopper sees it who stands before the middle: from the height of the eyes, as near as people stand. */
function eyeLevel(scene, camera, aspect) {
  const [x, z] = scene.room.shopper;
  const { high } = scene.bounds;
  const look = Math.min(EYE_LEVEL_IN, high[1]) * 0.74;
  const nearest = scene.room.shape === "L" ? [0, 0] : [0, high[2]];
  const target = [nearest[0], look, nearest[1]];
  const away = Math.hypot(x - target[0], z - target[2]) * (aspect < 1 ? 1.35 : 1);
  const rise = EYE_LEVEL_IN - look;
  return { target, azimuth: camera.azimuth, elevation: Math.atan2(rise, away), distance: Math.hypot(away, rise), tangent: WIDE };
}

/** The least distance at which every corner of the fixture is in the picture. */
function fitDistance(corners, camera, aspect) {
  const { right, up, back } = axesOf(camera);
  const needs = corners.map((corner) => {
    const from = minus(corner, camera.target);
    const beside = Math.max(Math.abs(dot(from, right)) / (camera.tangent * aspect), Math.abs(dot(from, up)) / camera.tangent);
    return dot(from, back) + beside;
  });
  return Math.max(1, ...needs) * 1.06;
}

function axesOf({ azimuth, elevation, target, distance }) {
  const back = [Math.sin(azimuth) * Math.cos(elevation), Math.sin(elevation), Math.cos(azimuth) * Math.cos(elevation)];
  const right = [Math.cos(azimuth), 0, -Math.sin(azimuth)];
  return { back, right, up: cross(back, right), eye: plus(target, back, distance) };
}

/** All that drawing and pointing need of a camera. */
function lensOf(camera, aspect) {
  const axes = axesOf(camera);
  const projection = perspective(camera.tangent, aspect, Math.max(1, camera.distance / 60), camera.distance * 6 + 600);
  return { ...axes, aspect, tangent: camera.tangent, matrix: multiply(projection, viewMatrix(axes)) };
}

/** The ray through a point of the picture, x and y from −1 to 1. */
function rayThrough({ right, up, back, aspect, tangent }, x, y) {
  return unit(plus(plus(plus([0, 0, 0], back, -1), right, x * tangent * aspect), up, y * tangent));
}

function between(a, b, t) {
  const ease = t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) ** 2;
  const mix = (p, q) => p + (q - p) * ease;
  const turn = ((b.azimuth - a.azimuth + Math.PI) % (2 * Math.PI) + 2 * Math.PI) % (2 * Math.PI) - Math.PI;
  return {
    target: a.target.map((v, k) => mix(v, b.target[k])), azimuth: a.azimuth + turn * ease,
    elevation: mix(a.elevation, b.elevation), distance: Math.exp(mix(Math.log(a.distance), Math.log(b.distance))),
    tangent: mix(a.tangent, b.tangent),
  };
}

function orbit(camera, right, up) {
  camera.azimuth -= right;
  camera.elevation = clamp(camera.elevation + up, -12 * DEGREE, 88 * DEGREE);
}

function pan(camera, right, up, bounds) {
  const axes = axesOf(camera);
  const moved = plus(plus(camera.target, axes.right, right), axes.up, up);
  camera.target = moved.map((v, k) => clamp(v, bounds.low[k] - 12, bounds.high[k] + 12));
}

function zoom(camera, factor, bounds) {
  const size = Math.hypot(...minus(bounds.high, bounds.low));
  camera.distance = clamp(camera.distance * factor, 12, size * 6);
}
