// WebGL 2: one draw a kind of package, all units of it at once (instances), and the furniture around them.

const UNIT_FLOATS = 14;
const ABOVE = 0.64; // sine of the height from which roofs are taken off
const UNIT_VERTEX = `#version 300 es
precision highp float;
in vec3 aPos; in vec3 aNormal; in vec3 aArt;
in vec3 iAt; in vec3 iSize; in vec3 iColor; in vec4 iLook; in float iArt;
uniform mat4 uView; uniform vec3 uShelf; uniform float uPicked; uniform float uHover;
out vec3 vNormal; out vec3 vColor; out vec3 vArt; out vec3 vMood; flat out float vLayer;
void main() {
  float s = sin(iLook.x), c = cos(iLook.x);
  vec3 p = aPos * iSize;
  vec3 at = iAt + vec3(p.x * c + p.z * s, p.y, -p.x * s + p.z * c);
  vec3 n = normalize(aNormal / iSize);
  vNormal = vec3(n.x * c + n.z * s, n.y, -n.x * s + n.z * c);
  vColor = iColor;
  vArt = vec3(aArt.xy, aArt.z * iArt);
  vLayer = iLook.y;
  float level = fract(max(at.y - uShelf.x, 0.0) / uShelf.y);
  float shade = iLook.w < 0.0 ? 1.0 : 1.0 - 0.42 * iLook.w - 0.2 * smoothstep(0.72, 1.0, level) * uShelf.z;
  float other = uPicked >= 0.0 && abs(iLook.z - uPicked) > 0.5 ? 1.0 : 0.0;
  float near = abs(iLook.z - uHover) < 0.5 ? 1.0 : 0.0;
  vMood = vec3(shade, other, near);
  gl_Position = uView * vec4(at, 1.0);
}`;
const UNIT_FRAGMENT = `#version 300 es
precision mediump float; precision mediump sampler2DArray;
in vec3 vNormal; in vec3 vColor; in vec3 vArt; in vec3 vMood; flat in float vLayer;
uniform sampler2DArray uArt; uniform vec3 uKey; uniform vec3 uPaper; uniform float uDim;
out vec4 color;
void main() {
  vec3 base = vColor;
  vec4 art = vLayer < 0.0 ? vec4(0.0) : texture(uArt, vec3(vArt.xy, vLayer));
  base = base * (1.0 - art.a * vArt.z) + art.rgb * vArt.z;
  vec3 n = normalize(vNormal);
  float light = 0.70 + 0.14 * n.y + 0.42 * max(dot(n, uKey), 0.0);
  vec3 lit = base * light * vMood.x + 0.10 * pow(max(dot(n, uKey), 0.0), 12.0);
  lit = mix(lit, uPaper, 0.58 * vMood.y);
  lit += 0.12 * vMood.z;
  color = vec4(lit * uDim, 1.0);
}`;
const ROOM_VERTEX = `#version 300 es
precision highp float;
in vec3 aPos; in vec3 aNormal; in vec4 aColor;
uniform mat4 uView; uniform vec3 uEye;
out vec3 vNormal; out vec4 vColor;
void main() {
  vNormal = dot(aNormal, uEye - aPos) < 0.0 ? -aNormal : aNormal;
  vColor = aColor;
  gl_Position = uView * vec4(aPos, 1.0);
}`;
const ROOM_FRAGMENT = `#version 300 es
precision mediump float;
in vec3 vNormal; in vec4 vColor;
uniform vec3 uKey;
out vec4 color;
void main() {
  vec3 n = normalize(vNormal);
  float light = min(0.76 + 0.08 * n.y + 0.26 * max(dot(n, uKey), 0.0), 1.02);
  color = vec4(vColor.rgb * light * vColor.a, vColor.a);
}`;

/** Whether pictures are computed without a graphics card: then fewer pixels and simpler solids are drawn. */
function drawsSlowly() {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) return false;
  const told = gl.getExtension("WEBGL_debug_renderer_info");
  const name = String(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  dropRenderer({ gl });
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** A renderer on a canvas, or null where there is no WebGL 2. */
function makeRenderer(canvas) {
  const slow = drawsSlowly();
  const gl = canvas.getContext("webgl2", { antialias: !slow, alpha: true, premultipliedAlpha: true, powerPreference: "high-performance" });
  if (!gl) return null;
  const units = program(gl, UNIT_VERTEX, UNIT_FRAGMENT);
  const room = program(gl, ROOM_VERTEX, ROOM_FRAGMENT);
  return { gl, slow, units, room, batches: [], walls: {}, texture: null, layers: 0 };
}

function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(made));
  const uniforms = {};
  for (let i = 0; i < gl.getProgramParameter(made, gl.ACTIVE_UNIFORMS); i++) {
    const { name } = gl.getActiveUniform(made, i);
    uniforms[name] = gl.getUniformLocation(made, name);
  }
  return { id: made, uniforms };
}

/** Buffers bound to the inputs of a program; `inputs`: [name, floats], `every` 1: one value an instance. */
function attach(gl, prog, data, inputs, every = 0) {
  const buffer = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
  gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
  const stride = 4 * inputs.reduce((sum, [, size]) => sum + size, 0);
  let offset = 0;
  for (const [name, size] of inputs) {
    const at = gl.getAttribLocation(prog.id, name);
    if (at >= 0) {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, gl.FLOAT, false, stride, offset);
      gl.vertexAttribDivisor(at, every);
    }
    offset += 4 * size;
  }
  return buffer;
}

/** Units by kind of package; `groups`: [{shape, far, data}] with UNIT_FLOATS a unit. */
function loadUnits(r, groups) {
  const { gl } = r;
  for (const old of r.batches) { gl.deleteVertexArray(old.array); old.buffers.forEach((b) => gl.deleteBuffer(b)); }
  r.batches = groups.map(({ shape, far, data }) => {
    const { vertices, indices } = packageMesh(shape, far);
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const mesh = attach(gl, r.units, new Float32Array(vertices), [["aPos", 3], ["aNormal", 3], ["aArt", 3]]);
    const index = gl.createBuffer();
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, index);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, new Uint16Array(indices), gl.STATIC_DRAW);
    const each = attach(gl, r.units, new Float32Array(data), [["iAt", 3], ["iSize", 3], ["iColor", 3], ["iLook", 4], ["iArt", 1]], 1);
    return { array, count: indices.length, units: data.length / UNIT_FLOATS, buffers: [mesh, index, each] };
  });
  gl.bindVertexArray(null);
}

function loadRoom(r, parts) {
  const { gl } = r;
  for (const old of Object.values(r.walls)) { gl.deleteVertexArray(old.array); gl.deleteBuffer(old.buffer); }
  r.walls = Object.fromEntries(Object.entries(parts).map(([name, data]) => {
    const array = gl.createVertexArray();
    gl.bindVertexArray(array);
    const buffer = attach(gl, r.room, new Float32Array(data), [["aPos", 3], ["aNormal", 3], ["aColor", 4]]);
    return [name, { array, buffer, count: data.length / 10 }];
  }));
  gl.bindVertexArray(null);
}

/** Room for the drawings; layers beyond what the machine can hold stay plain. */
function startArt(r, count, size) {
  const { gl } = r;
  if (r.texture) gl.deleteTexture(r.texture);
  r.texture = gl.createTexture();
  r.layers = Math.min(Math.max(count, 1), gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS));
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, r.texture);
  gl.texStorage3D(gl.TEXTURE_2D_ARRAY, Math.log2(size) + 1, gl.RGBA8, size, size, r.layers);
  gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

function putArt(r, layer, canvas) {
  if (layer >= r.layers) return;
  const { gl } = r;
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, r.texture);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer, canvas.width, canvas.height, 1, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
}

/** Smaller copies of every drawing, so that a shelf seen from afar does not sparkle. */
function finishArt(r) {
  const { gl } = r;
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, r.texture);
  gl.generateMipmap(gl.TEXTURE_2D_ARRAY);
  gl.texParameteri(gl.TEXTURE_2D_ARRAY, gl.TEXTURE_MIN_FILTER, gl.LINEAR_MIPMAP_LINEAR);
  const sharp = gl.getExtension("EXT_texture_filter_anisotropic");
  if (sharp) gl.texParameterf(gl.TEXTURE_2D_ARRAY, sharp.TEXTURE_MAX_ANISOTROPY_EXT, 4);
}

/** Draw a frame. `mood`: paper color, index of the picked and hovered position (−1: none), brightness. */
function drawFrame(r, lens, room, mood) {
  const { gl } = r;
  gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
  gl.clearColor(0, 0, 0, 0);
  gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
  gl.enable(gl.DEPTH_TEST);
  gl.disable(gl.BLEND);
  const key = unit(plus(plus(lens.back, lens.right, -0.55), lens.up, 0.75));
  useRoom(r, lens, key);
  gl.disable(gl.CULL_FACE);
  drawWalls(r, "solid");
  drawWalls(r, "body");
  if (lens.back[1] < ABOVE) drawWalls(r, "roof");
  gl.enable(gl.CULL_FACE);
  drawWalls(r, "wall");
  gl.disable(gl.CULL_FACE);
  drawUnits(r, lens, room, mood, key);
  useRoom(r, lens, key);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.depthMask(false);
  drawWalls(r, "clear");
  gl.depthMask(true);
  gl.bindVertexArray(null);
}

function useRoom(r, lens, key) {
  const { gl, room } = r;
  gl.useProgram(room.id);
  gl.uniformMatrix4fv(room.uniforms.uView, false, lens.matrix);
  gl.uniform3fv(room.uniforms.uEye, lens.eye);
  gl.uniform3fv(room.uniforms.uKey, key);
}

function drawWalls(r, name) {
  const wall = r.walls[name];
  if (!wall || !wall.count) return;
  r.gl.bindVertexArray(wall.array);
  r.gl.drawArrays(r.gl.TRIANGLES, 0, wall.count);
}

function drawUnits(r, lens, room, mood, key) {
  const { gl, units } = r;
  gl.useProgram(units.id);
  gl.uniformMatrix4fv(units.uniforms.uView, false, lens.matrix);
  gl.uniform3fv(units.uniforms.uKey, key);
  gl.uniform3fv(units.uniforms.uPaper, mood.paper);
  gl.uniform3f(units.uniforms.uShelf, room.foot + room.board, room.pitchHigh, room.rows > 1 ? 1 : 0);
  gl.uniform1f(units.uniforms.uPicked, mood.picked);
  gl.uniform1f(units.uniforms.uHover, mood.hover);
  gl.uniform1f(units.uniforms.uDim, mood.bright);
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, r.texture);
  gl.uniform1i(units.uniforms.uArt, 0);
  for (const batch of r.batches) {
    gl.bindVertexArray(batch.array);
    gl.drawElementsInstanced(gl.TRIANGLES, batch.count, gl.UNSIGNED_SHORT, 0, batch.units);
  }
}

function dropRenderer(r) {
  const lose = r.gl.getExtension("WEBGL_lose_context");
  if (lose) lose.loseContext();
}
