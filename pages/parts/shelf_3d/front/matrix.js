// Vectors as [x, y, z], 4×4 matrices column by column as WebGL reads them. Y is up, inches throughout.

const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const plus = (a, b, t = 1) => [a[0] + t * b[0], a[1] + t * b[1], a[2] + t * b[2]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const unit = (a) => { const size = Math.hypot(...a) || 1; return [a[0] / size, a[1] / size, a[2] / size]; };

function multiply(a, b) {
  const out = new Float32Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row] * b[column * 4 + k];
      out[column * 4 + row] = sum;
    }
  }
  return out;
}

/** Perspective with `tangent` = tan(half the vertical field of view). */
function perspective(tangent, aspect, near, far) {
  const m = new Float32Array(16);
  m[0] = 1 / (tangent * aspect);
  m[5] = 1 / tangent;
  m[10] = (far + near) / (near - far);
  m[11] = -1;
  m[14] = (2 * far * near) / (near - far);
  return m;
}

/** From the room into the frame of a camera, given its unit axes. */
function viewMatrix({ eye, right, up, back }) {
  return new Float32Array([
    right[0], up[0], back[0], 0, right[1], up[1], back[1], 0, right[2], up[2], back[2], 0,
    -dot(right, eye), -dot(up, eye), -dot(back, eye), 1,
  ]);
}

/** Local x to the right and z to the front of a thing that looks along `heading`, put at `at`. */
function placed(at, heading, [x, y, z]) {
  const [sin, cos] = [Math.sin(heading), Math.cos(heading)];
  return [at[0] + x * cos + z * sin, at[1] + y, at[2] - x * sin + z * cos];
}
