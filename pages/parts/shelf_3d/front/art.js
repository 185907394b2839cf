// Drawings for the solids: the packages of the editor without their painted shading, and price tags. They are
// layers of one texture, drawn a few at a time, so that the first picture does not wait for them.

const ART_AT_ONCE = 16;
const FEW_LAYERS = 72;

/** What has to be drawn: a layer a product, a layer a price. */
function artOf(scene, tagColor) {
  const layers = [];
  for (const product of scene.products) {
    product.layer = layers.length;
    layers.push({ draw: (size) => drawPackage(product, size) });
  }
  const prices = new Map();
  for (const p of scene.positions) {
    if (p.price === null) { p.tagLayer = -1; continue; }
    const text = money(p.price, scene.currency);
    if (!prices.has(text)) {
      prices.set(text, layers.length);
      layers.push({ draw: (size) => drawTag(text, size, tagColor) });
    }
    p.tagLayer = prices.get(text);
  }
  return { layers, size: layers.length <= FEW_LAYERS ? 256 : 128 };
}

/** The drawing of a package, stretched to a square; its solid stretches it back. */
async function drawPackage(product, size) {
  const shape = modelOf(product.shape);
  const width = 100 * packageAspect(product);
  const parts = partsOf(shape);
  for (const part of parts) {
    if (part.id === "pe-round" || part.id === "pe-flat") for (const stop of part.children) stop.setAttribute("stop-opacity", "0");
  }
  const svg = s("svg", { viewBox: `0 0 ${width.toFixed(1)} 100`, width: size, height: size, color: product.color, preserveAspectRatio: "none" },
    ...parts, s("use", { href: `#pe-${shape}`, width: width.toFixed(1), height: 100 }), packageLabel(product, shape, width));
  const image = new Image(size, size);
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  return paper(size, (pen) => pen.drawImage(image, 0, 0, size, size));
}

function drawTag(text, size, color) {
  return paper(size, (pen) => {
    pen.fillStyle = color;
    pen.fillRect(0, 0, size, size);
    pen.fillStyle = "#171a22";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.scale(0.5, 1); // a tag is twice as wide as it is high
    pen.font = `700 ${size * 0.62}px ${LABEL_FONT}`;
    pen.fillText(text, size, size * 0.54, size * 1.85);
  });
}

function paper(size, draw) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  draw(canvas.getContext("2d"));
  return canvas;
}

/** Draw all layers, some a frame; `put(index, canvas)` takes each, `done` is told after every group. */
async function drawArt(art, put, done, wanted) {
  for (let i = 0; i < art.layers.length; i += ART_AT_ONCE) {
    const group = await Promise.all(art.layers.slice(i, i + ART_AT_ONCE).map((layer) => layer.draw(art.size)));
    if (!wanted()) return;
    group.forEach((canvas, k) => put(i + k, canvas));
    done(i + ART_AT_ONCE >= art.layers.length);
    await new Promise((next) => requestAnimationFrame(next));
  }
}
