// Draws charts that come as data (app/chart) with Observable Plot (vendor/plot.js).
//
//   flopbook.chart(host, json)         draws into an element and keeps it fitting; null lets it go
//   flopbook.chartSVG(json, options)   one standalone SVG text
//   flopbook.chartPNG(json, options)   the same as a picture, a promise of a Blob
//   flopbook.copyPicture(json, options)  to the clipboard, or as a download; a promise of "copied" or "downloaded"
//   flopbook.copy(text)                a promise of true or false
//   flopbook.download(name, type, content)
//
// json is text or an object. Options: theme "light" or "dark", width, link,
// bare (no title and caption), name (of the downloaded file).
//
// Plot draws scales, axes and shapes; the words beside them are placed here,
// since they must neither meet nor be cut at any width. Colours stay names of
// custom properties, so a change of theme needs no drawing. No style attribute
// and no <style> element is written: the page's policy refuses both.
(() => {
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const SIZE = 12; // px, of all words in a chart
const LINE = 15; // px, from one line of words to the next
const PAGE_FONT = "var(--sans, system-ui, sans-serif)";
const EXPORT_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif";

// ---- words ---------------------------------------------------------------

// Tenths of a pixel at 10 px in a common system font; only where there is no
// canvas to measure with.
const WIDTHS = { " ": 32, "\u00a0": 32, i: 27, j: 28, l: 27, t: 39, f: 35, r: 41, m: 97, w: 82, I: 30, M: 86, W: 99, ".": 32, ",": 32, ":": 34, "'": 27, "(": 39, ")": 39, "/": 37, "-": 41, "$": 64, "%": 95, "…": 100 };
const tableWidth = (text) => {
  let sum = 0;
  for (const c of text) sum += WIDTHS[c] ?? (c >= "A" && c <= "Z" ? 69 : c >= "0" && c <= "9" ? 64 : 60);
  return (sum * SIZE) / 100;
};

const widths = new Map();
let pen;
function width(text, bold) {
  if (pen === undefined) {
    pen = null;
    if (typeof window !== "undefined" && window.getComputedStyle) {
      pen = document.createElement("canvas").getContext("2d");
    }
    if (pen) {
      const sans = getComputedStyle(document.documentElement).getPropertyValue("--sans").trim() || "system-ui, sans-serif";
      pen.fonts = [`${SIZE}px ${sans}`, `600 ${SIZE}px ${sans}`];
    }
  }
  if (!pen) return tableWidth(text) * (bold ? 1.12 : 1);
  const key = bold ? "b" + text : text;
  let w = widths.get(key);
  if (w === undefined) {
    if (widths.size > 4000) widths.clear();
    pen.font = pen.fonts[bold ? 1 : 0];
    widths.set(key, (w = pen.measureText(text).width));
  }
  return w;
}

// The text in n lines, as even as its spaces allow; null if it has too few.
function inLines(text, n, bold) {
  if (n === 1) return [text];
  const words = text.split(" ");
  if (words.length < n) return null;
  let best = null, bestWidth = Infinity;
  const split = (from, lines) => {
    if (lines.length === n - 1) {
      const all = [...lines, words.slice(from).join(" ")];
      const w = Math.max(...all.map((s) => width(s, bold)));
      if (w < bestWidth) (best = all), (bestWidth = w);
      return;
    }
    for (let i = from + 1; i <= words.length - (n - 1 - lines.length); i++) split(i, [...lines, words.slice(from, i).join(" ")]);
  };
  split(0, []);
  return best;
}

// Lines no wider than max, for captions.
function wrapped(text, max, measure = width) {
  const lines = [];
  let line = "";
  for (let word of text.split(/ +/)) {
    // A link may be longer than a line.
    while (measure(word) > max && word.length > 1) {
      let n = word.length - 1;
      while (n > 1 && measure(word.slice(0, n)) > max) n--;
      if (line) lines.push(line);
      line = "";
      lines.push(word.slice(0, n));
      word = word.slice(n);
    }
    const longer = line ? line + " " + word : word;
    if (line && measure(longer) > max) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line) lines.push(line);
  return lines;
}

// ---- elements ------------------------------------------------------------

const round = (v) => Math.round(v * 10) / 10;

function element(name, attributes, parent) {
  const node = document.createElementNS(SVG, name);
  for (const key in attributes) {
    const v = attributes[key];
    if (v !== undefined && v !== null) node.setAttribute(key, typeof v === "number" ? round(v) : v);
  }
  if (parent) parent.appendChild(node);
  return node;
}

const paint = (color) => `var(--${color})`;
// Words in a series' colour, a little darker (on dark paper, lighter), so that
// they can be read at this size.
const wordPaint = (color) => (/^c\d$/.test(color) ? `color-mix(in srgb, var(--${color}) 70%, var(--ink))` : `var(--${color})`);

// One line of words with its baseline at y.
function write(parent, text, x, y, { anchor = "start", color = "ink", bold, halo } = {}) {
  const node = element("text", {
    x, y,
    "text-anchor": anchor === "start" ? null : anchor,
    fill: wordPaint(color),
    "font-weight": bold ? 600 : null,
    stroke: halo ? "var(--paper)" : null,
    "stroke-width": halo ? 3 : null,
    "stroke-opacity": halo ? 0.75 : null,
    "stroke-linejoin": halo ? "round" : null,
    "paint-order": halo ? "stroke" : null,
  }, parent);
  node.textContent = text;
  return node;
}

// ---- placing words -------------------------------------------------------

// A room knows what already stands in a frame: words, which nothing may touch,
// and points along lines, which words avoid.
class Room {
  constructor(x0, y0, x1, y1) {
    Object.assign(this, { x0, y0, x1, y1, boxes: [], points: [] });
  }
  follow(xs, ys, mark) {
    for (let i = 0; i < xs.length; i++) {
      this.points.push(xs[i], ys[i], mark);
      if (!i) continue;
      const n = Math.floor(Math.hypot(xs[i] - xs[i - 1], ys[i] - ys[i - 1]) / 6);
      for (let k = 1; k < n; k++) this.points.push(xs[i - 1] + ((xs[i] - xs[i - 1]) * k) / n, ys[i - 1] + ((ys[i] - ys[i - 1]) * k) / n, mark);
    }
  }
  // How much of other lines lies in a box, say between words and their line.
  others(x0, x1, y0, y1, mark) {
    let n = 0;
    const p = this.points;
    for (let i = 0; i < p.length; i += 3) if (p[i + 2] !== mark && p[i] > x0 && p[i] < x1 && p[i + 1] > y0 && p[i + 1] < y1) n++;
    return n;
  }
  // What it costs to put words here.
  cost(b) {
    let c = 0;
    const out = Math.max(0, this.x0 - b.x0) + Math.max(0, this.y0 - b.y0) + Math.max(0, b.x1 - this.x1) + Math.max(0, b.y1 - this.y1);
    if (out > 0) c += 1000 + 20 * out;
    for (const o of this.boxes) {
      const w = Math.min(b.x1 + 4, o.x1) - Math.max(b.x0 - 4, o.x0), h = Math.min(b.y1 + 1, o.y1) - Math.max(b.y0 - 1, o.y0);
      if (w > 0 && h > 0) c += 1000 + w * h;
    }
    return c + 9 * this.others(b.x0 - 2, b.x1 + 2, b.y0 - 1, b.y1 + 1);
  }
}

// The ways to write a label: in one to three lines, long or short, each with
// what it costs to prefer it less.
function waysToWrite(label, short, bold) {
  const ways = [];
  const add = (text, lines, cost) => {
    const l = inLines(text, lines, bold);
    if (l) ways.push({ lines: l, w: Math.max(...l.map((s) => width(s, bold))), h: LINE * lines - 2, cost });
  };
  add(label, 1, 0);
  add(label, 2, 6);
  if (short && short !== label) {
    add(short, 1, 12);
    add(short, 2, 16);
  }
  add(label, 3, 22);
  return ways;
}

// sites(way) lists places { x, y, anchor, cost } with y the top of the words.
function place(room, group, label, short, sites, look) {
  let best = null, least = Infinity;
  for (const way of waysToWrite(label, short, look.bold)) {
    if (way.cost >= least) break;
    for (const s of sites(way)) {
      const x0 = s.anchor === "end" ? s.x - way.w : s.anchor === "middle" ? s.x - way.w / 2 : s.x;
      const box = { x0, x1: x0 + way.w, y0: s.y, y1: s.y + way.h };
      const base = way.cost + s.cost;
      if (base >= least) continue;
      const c = base + room.cost(box);
      if (c < least) (least = c), (best = { way, s, box });
    }
  }
  if (!best) return;
  room.boxes.push(best.box);
  best.way.lines.forEach((text, i) => write(group, text, best.s.x, best.s.y + 10 + i * LINE, { anchor: best.s.anchor, halo: true, ...look }));
}

const besideLine = (room, xs, ys, mark) => (way) => {
  const sites = [];
  const from = xs[0], to = xs[xs.length - 1];
  // The line's highest and lowest point under the words, so that they clear it.
  const extent = (a, b) => {
    let lo = Infinity, hi = -Infinity;
    for (let i = 0; i < xs.length; i++) {
      if (xs[i] >= a && xs[i] <= b) (lo = Math.min(lo, ys[i])), (hi = Math.max(hi, ys[i]));
      if (i && xs[i - 1] <= b && xs[i] >= a) {
        for (const edge of [a, b]) {
          if (edge < xs[i - 1] || edge > xs[i] || xs[i] === xs[i - 1]) continue;
          const y = ys[i - 1] + ((ys[i] - ys[i - 1]) * (edge - xs[i - 1])) / (xs[i] - xs[i - 1]);
          (lo = Math.min(lo, y)), (hi = Math.max(hi, y));
        }
      }
    }
    return [lo, hi];
  };
  for (let k = 0; k <= 10; k++) {
    const t = 1 - k / 10;
    const left = from + (to - from - way.w) * t;
    const [lo, hi] = extent(left, left + way.w);
    if (lo === Infinity) continue;
    const far = (hi - lo) * 0.12; // words along a steep line end up far from it
    const right = left + way.w;
    sites.push({ x: left, y: lo - way.h - 5, anchor: "start", cost: k * 0.7 + far + 6 * room.others(left, right, lo - way.h - 5, hi, mark) });
    sites.push({ x: left, y: hi + 5, anchor: "start", cost: k * 0.7 + far + 2 + 6 * room.others(left, right, lo, hi + way.h + 5, mark) });
  }
  return sites;
};

const besideDot = (x, y) => (way) => {
  const sites = [];
  const d = 9, mid = y - way.h / 2;
  for (const [i, k] of [1, 1.8, 2.8].entries()) {
    sites.push({ x: x + d, y: y - way.h - 4 * k, anchor: "start", cost: i * 3 });
    sites.push({ x: x + d, y: y + 4 * k, anchor: "start", cost: 0.6 + i * 3 });
    sites.push({ x: x - d, y: y - way.h - 4 * k, anchor: "end", cost: 1 + i * 3 });
    sites.push({ x: x - d, y: y + 4 * k, anchor: "end", cost: 1 + i * 3 });
    sites.push({ x, y: y - way.h - 9 * k, anchor: "middle", cost: 1 + i * 3 });
    sites.push({ x, y: y + 9 * k, anchor: "middle", cost: 1.4 + i * 3 });
    sites.push({ x: x + d * k, y: mid, anchor: "start", cost: 0.4 + i * 3 });
    sites.push({ x: x - d * k, y: mid, anchor: "end", cost: 0.8 + i * 3 });
  }
  return sites;
};

// Words beside one upright line keep off the next, so that they are not taken
// for its own.
const besideUpright = (room, x, top, bottom, mark) => (way) => {
  const sites = [];
  for (let y = top + 2, i = 0; y + way.h < bottom; y += 8, i++) {
    sites.push({ x: x + 5, y, anchor: "start", cost: i * 0.8 + 3 * room.others(x, x + 17 + way.w, y, y + way.h, mark) });
    sites.push({ x: x - 5, y, anchor: "end", cost: i * 0.8 + 0.5 + 3 * room.others(x - 17 - way.w, x, y, y + way.h, mark) });
  }
  return sites;
};

const besideLevel = (y, left, right) => (way) => {
  const sites = [];
  for (let i = 0; i <= 6; i++) {
    const x = right - way.w - 2 - ((right - left - way.w - 4) * i) / 6;
    sites.push({ x, y: y - way.h - 3, anchor: "start", cost: i * 0.8 });
    sites.push({ x, y: y + 4, anchor: "start", cost: i * 0.8 + 1 });
  }
  return sites;
};

// ---- ticks ---------------------------------------------------------------

// The ticks for which there is room, evenly thinned. along(at) is a place in
// pixels, extent(tick) what its words take there.
function thinned(ticks, along, extent, gap) {
  const fits = (list) => {
    for (let i = 1; i < list.length; i++) {
      const a = list[i - 1], b = list[i];
      if (Math.abs(along(b.at) - along(a.at)) < (extent(a) + extent(b)) / 2 + gap) return false;
    }
    return true;
  };
  if (fits(ticks)) return ticks;
  const majors = ticks.filter((t) => t.major);
  const base = majors.length > 1 ? majors : ticks;
  for (let step = 1; step < base.length; step++) {
    const list = base.filter((_, i) => i % step === 0);
    if (fits(list)) return list;
  }
  return base.slice(0, 1);
}

// ---- panels --------------------------------------------------------------

const scaleOf = (axis) => ({ type: axis.scale || "linear", domain: [axis.min, axis.max], nice: false, label: null });

// A panel with two axes. Returns where it ends.
function framed(svg, spec, panel, y0, box, last) {
  const { left, right, total } = box;
  const kinds = panel.marks.filter((m) => m.kind === "dot" && m.label);
  const names = kinds.length > 1 ? meanings(svg, kinds, y0 + (panel.title ? 20 : 0), left, total) : 0;
  const top = y0 + names + (panel.title ? 27 : 6);
  const height = panel.height || 200;
  const bottom = top + height;
  const w = total - left - right;
  const log = (axis) => (axis.scale === "log" ? Math.log : (v) => v);
  const lx = log(spec.x), ly = log(panel.y);
  const x = (v) => left + ((lx(v) - lx(spec.x.min)) / (lx(spec.x.max) - lx(spec.x.min))) * w;
  const y = (v) => bottom - ((ly(v) - ly(panel.y.min)) / (ly(panel.y.max) - ly(panel.y.min))) * height;

  const yTicks = panel.y.hidden ? [] : thinned(panel.y.ticks || [], y, () => SIZE, 5);
  const xTicks = spec.x.hidden || !last ? [] : thinned(spec.x.ticks || [], x, (t) => width(t.text), 12);
  const yText = new Map(yTicks.map((t) => [t.at, t.text]));
  const xText = new Map(xTicks.map((t) => [t.at, t.text]));

  // Plot's y runs from the panel's own top.
  const marks = [];
  for (const m of panel.marks) {
    if (m.kind === "zone") marks.push(Plot.rect(m.lo, { x1: m.lo, x2: m.hi, y1: () => panel.y.min, y2: () => panel.y.max, fill: paint("rule"), fillOpacity: 0.45 }));
  }
  marks.push(Plot.gridY(yTicks.map((t) => t.at), { stroke: paint("rule"), strokeOpacity: 1 }));
  for (const m of panel.marks) {
    if (m.kind === "band") marks.push(Plot.areaY(m.x, { x: m.x, y1: m.lo, y2: m.hi, fill: paint(m.color), fillOpacity: 0.16 }));
  }
  for (const m of panel.marks) {
    const dashed = m.dashed ? "3 4" : undefined;
    if (m.kind === "vrule") marks.push(Plot.ruleX(m.x, { x: m.x, y1: m.lo || (() => panel.y.min), y2: m.hi || (() => panel.y.max), stroke: paint(m.color), strokeDasharray: dashed }));
    if (m.kind === "hrule") marks.push(Plot.ruleY(m.y, { y: m.y, stroke: paint(m.color), strokeDasharray: dashed }));
  }
  for (const m of panel.marks) {
    if (m.kind === "line") marks.push(Plot.lineY(m.x, { x: m.x, y: m.y, stroke: paint(m.color), strokeWidth: m.dashed ? 1.5 : 2.5, strokeDasharray: m.dashed ? "5 4" : undefined, strokeLinejoin: "round" }));
  }
  for (const m of panel.marks) {
    if (m.kind === "dot") {
      marks.push(Plot.dot(m.x, m.hollow
        ? { x: m.x, y: m.y, r: 5, fill: paint("paper"), stroke: paint(m.color), strokeWidth: 2 }
        : { x: m.x, y: m.y, r: 5, fill: paint(m.color), stroke: paint("paper"), strokeWidth: 1.5 }));
    }
  }
  if (yTicks.length) marks.push(Plot.axisY(yTicks.map((t) => t.at), { tickSize: 0, tickPadding: 6, text: (v) => yText.get(v), label: null, fill: paint("soft"), fontSize: SIZE }));
  if (xTicks.length) marks.push(Plot.axisX(xTicks.map((t) => t.at), { tickSize: 4, tickPadding: 4, text: (v) => xText.get(v), label: null, color: paint("soft"), fontSize: SIZE }));
  const foot = last && !spec.x.hidden ? 20 : 6;
  const node = Plot.plot({
    document, width: total, height: bottom + foot - y0,
    marginTop: top - y0, marginBottom: foot, marginLeft: left, marginRight: right,
    x: scaleOf(spec.x), y: scaleOf(panel.y), axis: null, marks,
  });
  take(svg, node, y0);

  // Words.
  if (panel.title) write(svg, panel.title, 0, y0 + 11, { color: "soft" });
  let end = bottom + 6;
  if (last && !spec.x.hidden) {
    end = bottom + 22;
    if (spec.x.label) {
      end = nameAxis(svg, spec.x.label, left + w / 2, bottom + 35, total) + 5;
    }
  }
  const group = element("g", {}, svg);
  const room = new Room(left + 3, top - (panel.title ? 2 : 0), total - 1, bottom - 2);
  const px = (m) => m.x.map(x), py = (m) => m.y.map(y);
  for (const m of panel.marks) {
    if (m.kind === "line") room.follow(px(m), py(m), m);
    if (m.kind === "vrule") room.follow([x(m.x[0]), x(m.x[0])], m.lo ? [y(m.lo[0]), y(m.hi[0])] : [top, bottom], m);
    if (m.kind === "hrule") room.follow([left, left + w], [y(m.y[0]), y(m.y[0])], m);
    if (m.kind === "dot") m.x.forEach((v, i) => room.boxes.push({ x0: x(v) - 4, x1: x(v) + 4, y0: y(m.y[i]) - 5, y1: y(m.y[i]) + 5 }));
  }
  const labelled = (kind, draw) => panel.marks.forEach((m) => m.kind === kind && draw(m));
  labelled("dot", (m) => m.x.forEach((v, i) => m.text?.[i] && place(room, group, m.text[i], "", besideDot(x(v), y(m.y[i])), { color: m.color, bold: true })));
  labelled("words", (m) => m.x.forEach((v, i) => place(room, group, m.text[i], "", besideDot(x(v), y(m.y[i])), { color: m.color })));
  labelled("line", (m) => m.label && place(room, group, m.label, m.short, besideLine(room, px(m), py(m), m), { color: m.color }));
  labelled("vrule", (m) => m.label && place(room, group, m.label, m.short, besideUpright(room, x(m.x[0]), top, bottom, m), { color: m.color }));
  labelled("hrule", (m) => m.label && place(room, group, m.label, m.short, besideLevel(y(m.y[0]), left, left + w), { color: m.color }));
  labelled("zone", (m) => m.label && place(room, group, m.label, m.short, besideUpright(room, (x(m.lo[0]) + x(m.hi[0])) / 2, top, bottom, m), { color: m.color }));
  return end;
}

// Plot's picture becomes a part of ours: its own fonts and labels go, since
// the whole is one image with one description.
function take(svg, node, y0) {
  for (const name of ["class", "font-family", "font-size", "viewBox"]) node.removeAttribute(name);
  node.setAttribute("y", y0);
  node.setAttribute("overflow", "visible");
  const clean = (n) => {
    for (let c = n.firstChild; c; c = c.nextSibling) {
      if (c.nodeType !== 1) continue;
      c.removeAttribute("aria-label");
      c.removeAttribute("aria-hidden");
      clean(c);
    }
  };
  clean(node);
  svg.appendChild(node);
}

// Rows of bars. One row is labelled below, part by part; several have their
// names at the left and their values at the bars' ends.
function rows(svg, spec, panel, y0, box, last) {
  const { left, right, total } = box;
  const single = panel.rows.length === 1;
  const rules = panel.marks.filter((m) => m.kind === "vrule");
  const named = single ? [] : panel.marks.filter((m) => m.kind === "bar" && m.label);
  const names = named.length ? meanings(svg, named, y0 + (panel.title ? 20 : 0), left, total) : 0;
  const top = y0 + names + (panel.title ? 20 : 0) + (panel.marks.some((m) => m.label && m.kind !== "bar") ? 20 : 2);
  const step = single ? panel.height || 40 : panel.height ? panel.height / panel.rows.length : 28;
  const bottom = top + step * panel.rows.length;
  const w = total - left - right;
  const log = spec.x.scale === "log" ? Math.log : (v) => v;
  const x = (v) => left + ((log(v) - log(spec.x.min)) / (log(spec.x.max) - log(spec.x.min))) * w;
  const gap = single ? 0 : 0.14;

  const xTicks = spec.x.hidden || !last ? [] : thinned(spec.x.ticks || [], x, (t) => width(t.text), 12);
  const xText = new Map(xTicks.map((t) => [t.at, t.text]));
  const marks = [];
  if (xTicks.length) marks.push(Plot.gridX(xTicks.map((t) => t.at), { stroke: paint("rule"), strokeOpacity: 1 }));
  for (const m of panel.marks) {
    if (m.kind !== "bar") continue;
    const y1 = (_, i) => (m.row ? m.row[i] : 0) + gap, y2 = (_, i) => (m.row ? m.row[i] : 0) + 1 - gap;
    marks.push(Plot.rect(m.lo, m.hollow
      ? { x1: m.lo, x2: m.hi, y1, y2, fill: "none", stroke: paint("rule"), inset: 0.75 }
      : { x1: m.lo, x2: m.hi, y1, y2, fill: paint(m.color), insetLeft: 0.5, insetRight: 0.5 }));
  }
  // What lies beyond a limit fades.
  for (const m of panel.marks) if (m.kind === "zone") marks.push(Plot.rect(m.lo, { x1: m.lo, x2: m.hi, y1: 0, y2: () => panel.rows.length, fill: paint("paper"), fillOpacity: 0.55 }));
  for (const m of rules) marks.push(Plot.ruleX(m.x, { x: m.x, stroke: paint(m.color), strokeWidth: single ? 1.5 : 1, strokeDasharray: m.dashed ? "3 3" : undefined, insetTop: single ? -6 : 0, insetBottom: single ? -6 : 0 }));
  if (xTicks.length) marks.push(Plot.axisX(xTicks.map((t) => t.at), { tickSize: 0, tickPadding: 6, text: (v) => xText.get(v), label: null, color: paint("soft"), fontSize: SIZE }));
  const foot = xTicks.length ? 20 : 8;
  take(svg, Plot.plot({
    document, width: total, height: bottom + foot - y0,
    marginTop: top - y0, marginBottom: foot, marginLeft: left, marginRight: right,
    x: scaleOf(spec.x), y: { type: "linear", domain: [panel.rows.length, 0], label: null }, axis: null, marks,
  }), y0);

  if (panel.title) write(svg, panel.title, 0, y0 + 11, { color: "soft" });
  // Above the bars, each limit's words end at it, a zone's begin where it does.
  const taken = [];
  for (const m of panel.marks) {
    if (!m.label || (m.kind !== "vrule" && m.kind !== "zone")) continue;
    const zone = m.kind === "zone", at = x(zone ? m.lo[0] : m.x[0]);
    for (const text of [m.label, m.short]) {
      if (!text) continue;
      const tw = width(text);
      const spots = zone ? [at + 6, total - tw] : [at + 1 - tw, at - 1, Math.max(0, Math.min(total - tw, at - tw / 2))];
      const x0 = spots.find((a) => a >= 0 && a + tw <= total + 1 && !taken.some(([b, c]) => a < c + 4 && a + tw > b - 4));
      if (x0 === undefined) continue;
      taken.push([x0, x0 + tw]);
      write(svg, text, x0, top - 9, { color: m.color });
      break;
    }
  }

  if (!single) {
    panel.rows.forEach((name, i) => {
      const lines = width(name) > left - 8 ? inLines(name, 2) ?? [name] : [name]; // a long name takes two lines
      lines.forEach((line, k) => write(svg, line, left - 8, top + step * (i + 0.5) + 4 + (k - (lines.length - 1) / 2) * 12, { anchor: "end" }));
    });
    for (const m of panel.marks) {
      if (m.kind !== "bar" || !m.text) continue;
      m.text.forEach((text, i) => {
        if (!text) return;
        const y = top + step * ((m.row ? m.row[i] : 0) + 0.5) + 4;
        const a = x(Math.min(m.lo[i], m.hi[i])), b = x(Math.max(m.lo[i], m.hi[i])), tw = width(text);
        if (b + 5 + tw <= total) write(svg, text, b + 5, y, { color: "soft", halo: true });
        else write(svg, text, Math.max(left, a - 5), y, { anchor: a - 5 - tw >= left ? "end" : "start", color: "soft", halo: true });
      });
    }
    let end = bottom + (xTicks.length ? 22 : 6);
    if (xTicks.length && spec.x.label) {
      end = nameAxis(svg, spec.x.label, left + w / 2, bottom + 35, total) + 5;
    }
    return end;
  }

  // One row.
  const parts = [];
  for (const m of panel.marks) {
    if (m.kind !== "bar" || !m.label) continue;
    const part = { x0: x(m.lo[0]), x1: x(m.hi[0]), name: m.label, value: m.text?.[0] || "", color: m.color, hollow: m.hollow };
    if (!m.hollow) {
      parts.push(part);
      continue;
    }
    for (const text of [m.label, m.short]) {
      if (text && width(text) + 12 <= part.x1 - part.x0) {
        write(svg, text, (part.x0 + part.x1) / 2, (top + bottom) / 2 + 4, { anchor: "middle", color: "soft" });
        break;
      }
    }
  }
  const below = total >= 520 ? underBar(parts, total) : null;
  if (below) {
    for (const b of below) {
      const y = bottom + 12 + b.row * 38;
      element("path", { d: `M${round(b.lead)},${round(bottom + 2)}V${round(y - 1)}`, stroke: paint(b.part.color), "stroke-width": 2, fill: "none" }, svg);
      write(svg, b.part.name, b.at, y + 11, { anchor: b.anchor });
      write(svg, b.part.value, b.at, y + 11 + LINE, { anchor: b.anchor, color: "soft" });
    }
    return bottom + 12 + 2 * 38;
  }
  return key(svg, parts, bottom, total);
}

// What the colours of several rows mean, in a line above them. Returns its
// height.
function meanings(svg, marks, y, left, total) {
  let x = left, row = 0;
  for (const m of marks) {
    const w = 15 + width(m.label);
    if (x > left && x + w > total) (x = left), row++;
    const swatch = { x: x + 0.5, y: y + row * 18 + 2.5, width: 9, height: 9 };
    element("rect", m.hollow ? { ...swatch, fill: "none", stroke: paint(m.kind === "dot" ? m.color : "soft") } : { ...swatch, fill: paint(m.color) }, svg);
    write(svg, m.label, x + 15, y + row * 18 + 11);
    x += w + 16;
  }
  return (row + 1) * 18 + 4;
}

// Name and value under each part, in two rows; from the right, so that the
// lines down to the lower row pass left of the words above. Null if they meet.
function underBar(parts, total) {
  const placed = [];
  for (let i = parts.length - 1; i >= 0; i--) {
    const p = parts[i];
    const w = Math.max(width(p.name), width(p.value));
    let found = null;
    for (let row = 0; row < 2 && !found; row++) {
      const lead = Math.min(p.x0 + 3, (p.x0 + p.x1) / 2);
      for (const [anchor, at] of [["start", lead - 1], ["end", Math.max(p.x1 - 1, lead + 1)]]) {
        const x0 = anchor === "start" ? at : at - w, x1 = x0 + w;
        const leadAt = anchor === "start" ? lead : Math.max(p.x1 - 3, (p.x0 + p.x1) / 2);
        if (x0 < 0 || x1 > total) continue;
        const clash = placed.some((q) =>
          (q.row === row && x0 < q.x1 + 12 && x1 > q.x0 - 12) ||
          (q.row < row && leadAt > q.x0 - 5 && leadAt < q.x1 + 5) ||
          (q.row > row && q.lead > x0 - 5 && q.lead < x1 + 5));
        if (clash) continue;
        found = { part: p, row, anchor, at, x0, x1, lead: leadAt };
        break;
      }
    }
    if (!found) return null;
    placed.push(found);
  }
  return placed;
}

// Where there is no room under the bar: numbers under the parts and a list.
function key(svg, parts, bottom, total) {
  const spots = parts.map((p) => (p.x0 + p.x1) / 2);
  const apart = 11;
  for (let i = 0; i < spots.length; i++) spots[i] = Math.max(spots[i], i ? spots[i - 1] + apart : 5);
  if (spots.length) spots[spots.length - 1] = Math.min(spots[spots.length - 1], total - 5);
  for (let i = spots.length - 2; i >= 0; i--) spots[i] = Math.min(spots[i], spots[i + 1] - apart);
  parts.forEach((p, i) => {
    const mid = (p.x0 + p.x1) / 2;
    element("path", { d: `M${round(mid)},${round(bottom + 2)}L${round(spots[i])},${round(bottom + 8)}`, stroke: paint(p.color), "stroke-width": 2, fill: "none" }, svg);
    write(svg, String(i + 1), spots[i], bottom + 20, { anchor: "middle" });
  });
  const nameAt = 30;
  const widest = Math.max(0, ...parts.map((p) => width(p.name))), value = Math.max(0, ...parts.map((p) => width(p.value)));
  const column = nameAt + widest + 10 + value;
  const columns = parts.length > 3 && 2 * column + 16 <= total ? 2 : 1;
  const perColumn = Math.ceil(parts.length / columns);
  const top = bottom + 34;
  parts.forEach((p, i) => {
    const x = Math.floor(i / perColumn) * (total / 2 + 4), y = top + (i % perColumn) * 19;
    write(svg, String(i + 1), x + 8, y + 10, { anchor: "end", color: "soft" });
    element("rect", { x: x + 14, y: y + 1, width: 10, height: 10, fill: paint(p.color) }, svg);
    write(svg, p.name, x + nameAt, y + 10, {});
    write(svg, p.value, x + nameAt + widest + 10 + value, y + 10, { anchor: "end", color: "soft" });
  });
  return top + perColumn * 19;
}

// The name of the level axis below its middle, as far as the picture allows; in
// two lines where one is wider. Returns the baseline of the last.
function nameAxis(svg, text, middle, y, total) {
  const lines = (width(text) > total && inLines(text, 2)) || [text];
  for (const line of lines) {
    const half = width(line) / 2;
    write(svg, line, Math.max(half, Math.min(middle, total - half)), y, { anchor: "middle", color: "soft" });
    y += 15;
  }
  return y - 15;
}

// ---- the whole -----------------------------------------------------------

function draw(spec, total) {
  total = Math.max(200, Math.round(total));
  const svg = element("svg", { class: "chart", role: "img", "aria-label": spec.alt, fill: "currentColor", "font-family": PAGE_FONT, "font-size": SIZE });
  // One left margin, so that the panels' frames stand under each other.
  let left = 0;
  for (const p of spec.panels) {
    if (p.rows?.length > 1) left = Math.max(left, ...p.rows.map((r) => Math.min(width(r), total * 0.4) + 8));
    if (!p.rows?.length && !p.y.hidden) left = Math.max(left, ...(p.y.ticks || []).map((t) => width(t.text) + 8));
  }
  const lastTick = spec.x.hidden ? undefined : spec.x.ticks?.[spec.x.ticks.length - 1];
  const bars = spec.panels.every((p) => p.rows?.length);
  let right = lastTick ? Math.max(6, width(lastTick.text) / 2 + 1) : bars ? 1 : 6;
  // Room for the value of a bar that fills its row.
  const across = (v) => ((v - spec.x.min) / (spec.x.max - spec.x.min)) * (total - left - right);
  let more = right;
  for (const p of spec.panels) {
    if (!(p.rows?.length > 1)) continue;
    for (const m of p.marks) {
      if (m.kind !== "bar") continue;
      m.text?.forEach((text, i) => {
        const need = width(text) + 6;
        // A bar that goes on from another has no room before it.
        const stacked = p.marks.some((o) => o !== m && o.kind === "bar" && o.hi.some((h, j) => (o.row?.[j] ?? 0) === (m.row?.[i] ?? 0) && h === m.lo[i]));
        if ((stacked || across(Math.min(m.lo[i], m.hi[i])) < need) && total - left - across(Math.max(m.lo[i], m.hi[i])) < need) more = Math.max(more, need);
      });
    }
  }
  right = more;
  let y = 0;
  spec.panels.forEach((p, i) => {
    const last = i === spec.panels.length - 1;
    y = (p.rows?.length ? rows : framed)(svg, spec, p, y, { left, right, total }, last) + (last ? 0 : 8);
  });
  const height = Math.ceil(y);
  svg.setAttribute("width", total);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${total} ${height}`);
  return { svg, width: total, height };
}

const parsed = (json) => (typeof json === "string" ? JSON.parse(json) : json);

// ---- in the page ---------------------------------------------------------

const hosts = new WeakMap();
const waiting = new Set();
let frame = 0;

// Plot is the page's heaviest script and the first screen draws no chart: it
// comes with the first chart, or with the reader's first touch.
const ready = () => typeof Plot !== "undefined";
let coming;
function needPlot() {
  if (ready()) return Promise.resolve();
  coming ??= new Promise((come, fail) => {
    const tag = document.getElementById("plot-script");
    if (!tag) return fail(new Error("no plot-script"));
    const s = document.createElement("script");
    s.src = tag.src;
    s.onload = come;
    s.onerror = () => { coming = undefined; fail(new Error("Plot could not be loaded")); };
    document.head.append(s);
  });
  return coming;
}
for (const e of ["pointerdown", "keydown", "focusin"]) {
  globalThis.addEventListener?.(e, () => needPlot().catch(() => {}), { once: true, capture: true, passive: true });
}

function later(state) {
  if (!ready()) {
    needPlot().then(() => later(state), () => {});
    return;
  }
  if (!state.json || !state.width || !(state.visible || !state.drawn)) return;
  waiting.add(state);
  if (!frame) frame = requestAnimationFrame(flush);
}

function flush() {
  frame = 0;
  for (const state of waiting) {
    waiting.delete(state);
    if (!state.dirty || !state.json) continue;
    state.dirty = false;
    state.drawn = true;
    try {
      state.host.replaceChildren(draw(parsed(state.json), state.width).svg);
    } catch (problem) {
      console.error(problem);
      state.host.textContent = "This chart could not be drawn; its table has the numbers.";
    }
  }
}

let sizes, sights;
function watch() {
  sizes = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      const state = hosts.get(target), w = Math.floor(contentRect.width);
      if (!state || !w || w === state.width) continue;
      state.width = w;
      state.dirty = true;
      later(state);
    }
  });
  sights = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const state = hosts.get(target);
      if (!state) continue;
      state.visible = isIntersecting;
      if (isIntersecting && state.dirty) later(state);
    }
  }, { rootMargin: "200px" });
}

function chart(host, json) {
  let state = hosts.get(host);
  if (json === null || json === undefined) {
    if (!state) return;
    state.json = null;
    hosts.delete(host);
    sizes.unobserve(host);
    sights.unobserve(host);
    return;
  }
  if (!sizes) watch();
  if (!state) {
    state = { host, json: null, width: 0, visible: true, dirty: false, drawn: false };
    hosts.set(host, state);
    sizes.observe(host); // reports the first size too
    sights.observe(host);
  }
  if (json === state.json) return;
  state.json = json;
  state.dirty = true;
  later(state);
}

// ---- carried away --------------------------------------------------------

const escaped = (s) => s.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

// The same text from the same tree in every browser and in Node, with no more
// decimals than a screen shows.
function serialized(node) {
  if (node.nodeType === 3) return escaped(node.nodeValue);
  if (node.nodeType !== 1) return "";
  let s = "<" + node.localName;
  for (const a of [...node.attributes].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const geometry = /^(d|x|y|[xy][12]|cx|cy|r|width|height|transform|viewBox)$/.test(a.name);
    s += ` ${a.name}="${escaped(geometry ? a.value.replace(/-?\d+\.\d+(e-?\d+)?/g, (v) => String(round(+v))) : a.value)}"`;
  }
  let inner = "";
  for (let c = node.firstChild; c; c = c.nextSibling) inner += serialized(c);
  return inner ? `${s}>${inner}</${node.localName}>` : s + "/>";
}

const hex = (color) => {
  const mixed = color.match(/^color\(srgb ([\d.e+-]+) ([\d.e+-]+) ([\d.e+-]+)/);
  const plain = color.match(/^rgba?\((\d+), (\d+), (\d+)/);
  const parts = mixed ? mixed.slice(1, 4).map((v) => Math.round(255 * v)) : plain ? plain.slice(1, 4).map(Number) : null;
  return parts ? "#" + parts.map((v) => Math.max(0, Math.min(255, v)).toString(16).padStart(2, "0")).join("") : color;
};

// The page's own colours in a theme, so that they are written down only once,
// in its style sheet.
function resolver(theme) {
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.colorScheme = theme;
  document.body.append(probe);
  const known = new Map();
  return {
    color(value) {
      if (!known.has(value)) {
        probe.style.color = value;
        known.set(value, hex(getComputedStyle(probe).color));
      }
      return known.get(value);
    },
    done: () => probe.remove(),
  };
}

const COLORS = /color-mix\([^()]*(?:\([^()]*\)[^()]*)*\)|var\(--(?!sans)[\w-]+\)|currentColor/g;

// { text, width, height } of the standalone picture.
function picture(json, { theme = "light", width: total = 720, link = "", bare = false } = {}) {
  const spec = parsed(json);
  const margin = total < 480 ? 16 : 24;
  const inner = draw(spec, bare ? total : total - 2 * margin);
  if (bare) return { text: standalone(inner.svg, theme), width: inner.width, height: inner.height };
  const svg = element("svg", { role: "img", "aria-label": spec.alt, fill: "currentColor", "font-family": PAGE_FONT, "font-size": SIZE });
  let y = margin;
  const lines = (text, color, tall, attributes, measure) => {
    for (const line of wrapped(text, total - 2 * margin, measure)) {
      const node = write(svg, line, margin, y + tall * 0.75, { color });
      for (const k in attributes) node.setAttribute(k, attributes[k]);
      y += tall;
    }
  };
  element("title", {}, svg).textContent = spec.title;
  element("desc", {}, svg).textContent = spec.alt;
  element("rect", { width: "100%", height: "100%", fill: paint("paper") }, svg);
  lines(spec.title, "ink", 24, { "font-size": 18, "font-weight": 600, "font-family": "'Iowan Old Style', 'Palatino Linotype', 'URW Palladio L', P052, Georgia, serif" }, (s) => width(s) * 1.55);
  y += 8;
  const body = inner.svg;
  for (const name of ["role", "aria-label", "class"]) body.removeAttribute(name);
  body.setAttribute("x", margin);
  body.setAttribute("y", y);
  body.setAttribute("overflow", "visible");
  svg.appendChild(body);
  y += inner.height;
  y += 12;
  lines(spec.caption, "ink", 17);
  if (spec.range) lines(spec.range, "ink", 17);
  y += 5;
  const sources = (spec.sources || []).join("; ");
  const foot = [sources && "Sources: " + sources + ".", spec.date && "Prices and hardware as of " + spec.date + ".", "Made with Flopbook" + (link ? ": " + link : ".")];
  lines(foot.filter(Boolean).join(" "), "soft", 15, { "font-size": 11 });
  y += margin - 4;
  const height = Math.ceil(y);
  svg.setAttribute("width", total);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${total} ${height}`);
  return { text: standalone(svg, theme), width: total, height };
}

// The tree as a file of its own; without a theme its colours stay the page's.
function standalone(svg, theme) {
  const text = serialized(svg).replace("<svg", `<svg xmlns="${SVG}"`);
  if (!theme) return text;
  const resolve = resolver(theme);
  try {
    return text.replaceAll(PAGE_FONT, EXPORT_FONT).replace(COLORS, (c) => resolve.color(c === "currentColor" ? "var(--ink)" : c));
  } finally {
    resolve.done();
  }
}

const chartSVG = (json, options) => picture(json, options).text;

async function chartPNG(json, options) {
  const p = picture(json, options);
  const url = URL.createObjectURL(new Blob([p.text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * p.width;
    canvas.height = 2 * p.height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

function download(name, type, content) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.hidden = true;
  document.body.append(a);
  a.click();
  a.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {}
  // Without the clipboard interface (file:, frames without leave) the old way.
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.style.position = "fixed";
  area.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  let done = false;
  try {
    done = document.execCommand("copy");
  } catch {}
  area.remove();
  focused?.focus?.();
  return done;
}

async function copyPicture(json, options = {}) {
  const blob = chartPNG(json, options);
  try {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": blob })]);
    return "copied";
  } catch {
    download(options.name || parsed(json).key + ".png", "image/png", await blob);
    return "downloaded";
  }
}

globalThis.flopbook = Object.assign(globalThis.flopbook || {}, { chart, chartSVG, chartPNG, copyPicture, copy, download });
})();
