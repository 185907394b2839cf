// A shelf that is not straight is drawn unrolled. A thin strip above it says where its sides, its corner and its
// middle are, and how much of each place a shopper sees who stands in front.

const STRIP_PX = 25;

/** The strip, or null for a straight shelf; and, in every bay, a line at a corner. */
function frontStrip(fixture, bays) {
  if (!fixture.marks || !fixture.marks.length) return null;
  for (const { x } of fixture.marks.filter((m) => m.kind === "corner")) {
    for (const bay of bays) bay.append(h("div.cornerline", { style: { "--x": x }, "aria-hidden": "true" }));
  }
  const n = fixture.seen.length;
  const stops = fixture.seen.map((share, i) =>
    `color-mix(in srgb, var(--accent) ${Math.round(12 + 88 * share)}%, var(--back)) ${((100 * (i + 0.5)) / n).toFixed(1)}%`);
  const words = fixture.marks.map(({ x, text, kind }) => h("span." + kind, {
    style: { "--x": x, "--shift": x <= 0 ? "0%" : x >= fixture.width - 0.5 ? "-100%" : "-50%" } }, text));
  const bay = h("div.bay", { style: { "--w": fixture.width } }, ...words,
    h("i", { style: { "--w": n * fixture.cell, background: `linear-gradient(90deg, ${stops.join(", ")})` } }));
  return h("div.shelfrow.frontstrip", { "aria-hidden": "true",
    title: "The front unrolled. The stronger the line, the more of the place a shopper sees who stands in front." },
  h("div.letter"), h("div.deck", {}, bay));
}
