// Numbers as people read them, and the color scale of the overlays.

const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

/** Cividis at t in 0..1, as [r, g, b]. */
function cividis(t) {
  const at = clamp(Number.isFinite(t) ? t : 0, 0, 1) * (CIVIDIS.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, CIVIDIS.length - 1);
  const [a, b] = [rgb(CIVIDIS[low]), rgb(CIVIDIS[high])];
  return a.map((v, i) => Math.round(v + (b[i] - v) * (at - low)));
}

/** Black or white, whichever is read better on the color. */
function inkOn([r, g, b]) {
  return 0.299 * r + 0.587 * g + 0.114 * b > 128 ? "#14161c" : "#ffffff";
}

const GROUPED = new Intl.NumberFormat("en-US");
const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

function money(value, currency = "$") {
  const size = Math.abs(value);
  const text = size >= 1000 ? GROUPED.format(Math.round(size)) : CENTS.format(size);
  return (value < 0 && size >= 0.005 ? "−" : "") + currency + text;
}

function signedMoney(value, currency = "$") {
  return (value >= 0.005 ? "+" : "") + money(value, currency);
}

function percent(share) {
  const value = share * 100;
  return (Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0)) + "%";
}

const FORMATS = {
  money: (v, cur) => money(v, cur),
  score: (v) => v.toFixed(0),
  times: (v) => v.toFixed(2) + "×",
  units: (v) => (v < 10 ? v.toFixed(1) : v.toFixed(0)),
  days: (v) => (v >= 99 ? "99+ d" : v < 10 ? v.toFixed(1) + " d" : v.toFixed(0) + " d"),
  share: percent,
};

/** Text of an overlay value; empty where there is none. */
function overlayText(overlay, value, currency) {
  if (overlay.chips) return overlay.chips[value] || "";
  if (value === null || value === undefined || overlay.kind !== "scale") return "";
  return FORMATS[overlay.format](value, currency);
}

function overlayColor(overlay, value) {
  if (overlay.chips) return rgb(overlay.colors[value]);
  const span = overlay.high - overlay.low || 1;
  return cividis((value - overlay.low) / span);
}
