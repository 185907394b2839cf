// Drawn packages: one symbol a shape, which fills a 100 × 100 box and is stretched to the product's own width
// and height. A package is shown as an image of its own: hundreds of drawings inside the page would make every
// change of style slow.

const SHAPES = {
  // shape: [narrowest and widest width : height that still looks right, label box (x, y, w, h) in %]
  can: { aspect: [0.46, 0.64], label: [12, 40, 76, 22] },
  bottle: { aspect: [0.3, 0.42], label: [14, 50, 72, 20] },
  bag: { aspect: [0.66, 0.92], label: [14, 20, 72, 18] },
  bar: { aspect: [0.4, 1.7], label: [14, 20, 72, 60] },
  box: { aspect: [0.62, 1.05], label: [14, 22, 72, 22] },
  carton: { aspect: [0.42, 0.6], label: [14, 44, 72, 20] },
  cup: { aspect: [0.66, 0.9], label: [22, 42, 56, 22] },
  jar: { aspect: [0.62, 0.82], label: [14, 44, 72, 24] },
  tub: { aspect: [1.05, 1.4], label: [16, 44, 68, 30] },
  pouch: { aspect: [0.64, 0.84], label: [16, 30, 68, 20] },
  gum: { aspect: [0.46, 1.7], label: [14, 22, 72, 46] },
  tray: { aspect: [1.1, 1.5], label: [22, 52, 56, 28] },
  glass: { aspect: [0.32, 0.46], label: [14, 50, 72, 20] },
};

const FRAME = 'viewBox="0 0 100 100" preserveAspectRatio="none"';
const ROUND = 'fill="url(#pe-round)"';
const FLAT = 'fill="url(#pe-flat)"';

const PACKAGE_MARKUP = `<svg xmlns="${SVG_NS}">
  <linearGradient id="pe-round"><stop offset="0" stop-color="#000" stop-opacity=".34"/>
    <stop offset=".2" stop-color="#fff" stop-opacity=".2"/><stop offset=".34" stop-color="#fff" stop-opacity=".06"/>
    <stop offset=".62" stop-color="#000" stop-opacity=".06"/><stop offset="1" stop-color="#000" stop-opacity=".4"/></linearGradient>
  <linearGradient id="pe-flat" x2="1" y2="0"><stop offset="0" stop-color="#000" stop-opacity=".2"/>
    <stop offset=".1" stop-color="#fff" stop-opacity=".14"/><stop offset=".5" stop-color="#fff" stop-opacity=".05"/>
    <stop offset=".88" stop-color="#000" stop-opacity=".1"/><stop offset="1" stop-color="#000" stop-opacity=".3"/></linearGradient>
  <linearGradient id="pe-metal"><stop offset="0" stop-color="#8b9099"/><stop offset=".3" stop-color="#f1f3f6"/>
    <stop offset=".6" stop-color="#c3c8d0"/><stop offset="1" stop-color="#7d828b"/></linearGradient>
  <symbol id="pe-can" ${FRAME}><path fill="url(#pe-metal)" d="M22 0h56l6 6H16zM16 94h68l-7 6H23z"/>
    <path fill="currentColor" d="M16 5h68l5 6v78l-5 6H16l-5-6V11z"/><path ${ROUND} d="M16 5h68l5 6v78l-5 6H16l-5-6V11z"/>
    <path fill="#fff" fill-opacity=".22" d="M11 34h78v3H11zM11 66h78v2H11z"/></symbol>
  <symbol id="pe-bottle" ${FRAME}><path fill="#eef1f5" d="M36 0h28v8H36z"/><path fill="#000" fill-opacity=".18" d="M56 0h8v8h-8z"/>
    <path fill="currentColor" fill-opacity=".92" d="M38 8h24v10c0 9 27 13 27 27v50q0 5-7 5H18q-7 0-7-5V45c0-14 27-18 27-27z"/>
    <path ${ROUND} d="M38 8h24v10c0 9 27 13 27 27v50q0 5-7 5H18q-7 0-7-5V45c0-14 27-18 27-27z"/>
    <path fill="#fff" fill-opacity=".88" d="M11 49h78v22H11z"/><path ${ROUND} fill-opacity=".5" d="M11 49h78v22H11z"/></symbol>
  <symbol id="pe-bag" ${FRAME}><path fill="currentColor" d="M5 4l4-3 5 3 5-3 5 3 5-3 5 3 5-3 5 3 5-3 5 3 5-3 5 3 5-3 5 3 5-3 5 3 5-3 4 3-3 46 4 46-4 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-5 3-5-3-4 3 3-46z"/>
    <path ${FLAT} d="M6 3h88l-3 47 3 47H6l3-47z"/><ellipse cx="50" cy="66" rx="24" ry="15" fill="#fff" fill-opacity=".26"/>
    <path fill="#000" fill-opacity=".14" d="M6 8h88v2H6zM6 90h88v2H6z"/></symbol>
  <symbol id="pe-bar" ${FRAME}><path fill="currentColor" d="M8 2l7 2 7-2 7 2 7-2 7 2 7-2 7 2 7-2 7 2 7-2 7 2 7-2v96l-7-2-7 2-7-2-7 2-7-2-7 2-7-2-7 2-7-2-7 2-7-2-7 2z"/>
    <path ${FLAT} d="M8 3h84v94H8z"/><path fill="#000" fill-opacity=".16" d="M8 8h84v1.500H8zM8 90.500h84v1.500H8z"/>
    <path fill="#fff" fill-opacity=".2" d="M8 14h84v4H8zM8 82h84v4H8z"/></symbol>
  <symbol id="pe-box" ${FRAME}><path fill="currentColor" d="M5 3h90v94H5z"/><path ${FLAT} d="M5 3h90v94H5z"/>
    <path fill="#fff" fill-opacity=".2" d="M5 3h90v8H5z"/><circle cx="50" cy="68" r="17" fill="#fff" fill-opacity=".24"/></symbol>
  <symbol id="pe-carton" ${FRAME}><path fill="#fff" fill-opacity=".75" d="M24 0h52v9H24z"/><path fill="currentColor" d="M24 7h52l16 20v70H8V27z"/>
    <path ${FLAT} d="M24 7h52l16 20v70H8V27z"/><path fill="#fff" fill-opacity=".2" d="M8 27h84v3H8z"/>
    <path fill="#fff" fill-opacity=".24" d="M8 76h84v21H8z"/></symbol>
  <symbol id="pe-cup" ${FRAME}><path fill="#fff" fill-opacity=".85" d="M4 4h92v11H4z"/><path fill="#000" fill-opacity=".12" d="M4 12h92v3H4z"/>
    <path fill="currentColor" d="M8 15h84L80 98H20z"/><path ${ROUND} d="M8 15h84L80 98H20z"/></symbol>
  <symbol id="pe-jar" ${FRAME}><path fill="#3c4048" d="M18 0h64v15H18z"/><path ${ROUND} d="M18 0h64v15H18z"/>
    <path fill="currentColor" d="M14 15h72q10 4 10 14v62q0 7-9 7H13q-9 0-9-7V29q0-10 10-14z"/>
    <path ${ROUND} d="M14 15h72q10 4 10 14v62q0 7-9 7H13q-9 0-9-7V29q0-10 10-14z"/><path fill="#fff" fill-opacity=".25" d="M4 40h92v34H4z"/></symbol>
  <symbol id="pe-tub" ${FRAME}><path fill="#fff" fill-opacity=".8" d="M2 14h96v14H2z"/><path fill="#000" fill-opacity=".14" d="M2 25h96v3H2z"/>
    <path fill="currentColor" d="M6 28h88l-8 68H14z"/><path ${ROUND} d="M6 28h88l-8 68H14z"/></symbol>
  <symbol id="pe-pouch" ${FRAME}><path fill="currentColor" d="M8 2h84v14l4 76q0 6-6 6H10q-6 0-6-6l4-76z"/>
    <path ${FLAT} d="M8 2h84v14l4 76q0 6-6 6H10q-6 0-6-6l4-76z"/><path fill="#000" fill-opacity=".18" d="M8 14h84v2H8z"/>
    <path fill="#fff" fill-opacity=".24" d="M18 60q32-18 64 0v22q-32 12-64 0z"/></symbol>
  <symbol id="pe-gum" ${FRAME}><rect x="5" y="18" width="90" height="64" rx="7" fill="currentColor"/><rect x="5" y="18" width="90" height="64" rx="7" ${FLAT}/>
    <path fill="#fff" fill-opacity=".28" d="M5 68h90v7H5z"/><path fill="#000" fill-opacity=".16" d="M76 18h4v64h-4z"/></symbol>
  <symbol id="pe-tray" ${FRAME}><path fill="#dfe3e8" d="M3 34h94l-7 62H10z"/><path fill="currentColor" d="M10 12Q50-4 90 12l7 24H3z"/><path ${FLAT} d="M10 12Q50-4 90 12l7 24H3z"/>
    <path fill="currentColor" d="M14 46h72l-4 40H18z"/><path ${FLAT} d="M3 34h94l-7 62H10z"/></symbol>
  <symbol id="pe-glass" ${FRAME}><path fill="#d7b04c" d="M38 0h24v7H38z"/>
    <path fill="currentColor" fill-opacity=".85" d="M40 7h20v23c0 8 26 10 26 24v40q0 6-7 6H21q-7 0-7-6V54c0-14 26-16 26-24z"/>
    <path ${ROUND} d="M40 7h20v23c0 8 26 10 26 24v40q0 6-7 6H21q-7 0-7-6V54c0-14 26-16 26-24z"/><path fill="#fff" fill-opacity=".8" d="M14 52h72v20H14z"/></symbol>
</svg>`;

const DARK_LABEL = new Set(["bottle", "glass"]);
const UPRIGHT_LABEL = new Set(["bar", "gum"]);

/** Width : height that a product's package is drawn with. */
function packageAspect(product) {
  const [low, high] = (SHAPES[product.shape] || SHAPES.box).aspect;
  return clamp(product.width / product.height || low, low, high);
}

/** `facings` packages side by side as an image; equal packages share one. */
function packageImage(product, facings = 1) {
  const count = Math.min(facings, 12);
  const key = [product.shape, product.color, product.short, packageAspect(product).toFixed(3), count].join("|");
  if (!PACKAGES.has(key)) PACKAGES.set(key, packageUrl(product, count));
  return h("img", { src: PACKAGES.get(key), alt: "", draggable: "false", decoding: "sync" });
}

const PACKAGES = new Map();

function packageUrl(product, count) {
  const shape = SHAPES[product.shape] ? product.shape : "box";
  const width = 100 * packageAspect(product);
  const svg = s("svg", { viewBox: `0 0 ${(width * count).toFixed(1)} 100`, width: (width * count).toFixed(1), height: 100, color: product.color },
    ...partsOf(shape));
  const label = packageLabel(product, shape, width);
  for (let i = 0; i < count; i++) {
    const at = { x: (i * width).toFixed(1), width: width.toFixed(1), height: 100 };
    svg.append(s("use", { href: `#pe-${shape}`, ...at }), s("g", { transform: `translate(${at.x} 0)` }, label.cloneNode(true)));
  }
  return `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
}

/** The symbol of a shape with the gradients that it uses; the markup is a constant of this program, no data. */
function partsOf(shape) {
  return [...DRAWN.querySelectorAll("linearGradient"), DRAWN.getElementById(`pe-${shape}`)].map((el) => el.cloneNode(true));
}

const DRAWN = new DOMParser().parseFromString(PACKAGE_MARKUP, "image/svg+xml");

function packageLabel(product, shape, width) {
  const [lx, ly, lw, lh] = SHAPES[shape].label;
  const upright = UPRIGHT_LABEL.has(shape) && width < 75;
  const [across, along] = upright ? [lh, (lw / 100) * width] : [(lw / 100) * width, lh];
  const size = Math.min(along * (upright ? 0.62 : 0.72), (0.96 * across) / Math.max(labelWidth(product.short), 0.8));
  const [cx, cy] = [((lx + lw / 2) / 100) * width, ly + lh / 2];
  return s("text", {
    x: cx.toFixed(1), y: (cy + size * 0.36).toFixed(1), "text-anchor": "middle", "font-size": size.toFixed(1), "font-weight": 700,
    "font-family": LABEL_FONT, transform: upright ? `rotate(-90 ${cx.toFixed(1)} ${cy.toFixed(1)})` : null,
    fill: DARK_LABEL.has(shape) ? product.color : "#fff", "fill-opacity": DARK_LABEL.has(shape) ? 1 : 0.95,
  }, product.short);
}

const LABEL_FONT = "Helvetica Neue, Segoe UI, Roboto, Arial, sans-serif";
const RULER = new OffscreenCanvas(1, 1).getContext("2d");

/** Width of a label at a font size of 1; images cannot use the fonts of the page. */
function labelWidth(text) {
  RULER.font = `700 100px ${LABEL_FONT}`;
  return RULER.measureText(text).width / 100;
}
