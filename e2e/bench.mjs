// Measures the built page in Chromium: what a first visit transfers, when it
// paints and can be used, and Lighthouse's view of it. Every figure is the
// median of five fresh visits. The times are of a reader who touches the page
// at once; Lighthouse's is one who only looks.
import { setTimeout as sleep } from "node:timers/promises";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { browse, chromiumFlags, chromiumPath, live, serve } from "./lib.mjs";

const runs = 5;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const ms = (v) => (v / 1000).toFixed(2) + " s";

// Lighthouse's own phone: slow 4G and a processor a quarter as fast.
const phone = { latency: 150, downloadThroughput: 1.6 * 1024 * 1024 / 8, uploadThroughput: 750 * 1024 / 8, cpu: 4 };

async function visit(browser, url, { slow, viewport }) {
  const context = await browser.newContext({ viewport, serviceWorkers: "block" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  if (slow) {
    await cdp.send("Network.emulateNetworkConditions", { offline: false, ...slow });
    await cdp.send("Emulation.setCPUThrottlingRate", { rate: slow.cpu });
  }
  const names = new Map(), bytes = new Map();
  cdp.on("Network.responseReceived", (e) => names.set(e.requestId, e.response.url));
  cdp.on("Network.loadingFinished", (e) => {
    const name = (names.get(e.requestId) ?? "?").replace(url, "").replace(/\?.*/, "") || "index.html";
    if (e.encodedDataLength) bytes.set(name, e.encodedDataLength);
  });
  await page.addInitScript(() => {
    window.longTasks = [];
    new PerformanceObserver((l) => { for (const e of l.getEntries()) window.longTasks.push(e.startTime + e.duration); })
      .observe({ type: "longtask", buffered: true });
    window.paints = {};
    new PerformanceObserver((l) => { for (const e of l.getEntries()) window.paints.largest = e.startTime; })
      .observe({ type: "largest-contentful-paint", buffered: true });
  });
  await page.goto(url);
  await live(page);
  await sleep(slow ? 3000 : 1000);
  const seen = await page.evaluate(() => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
    const alive = performance.getEntriesByName("flopbook-live")[0].startTime;
    return { first: paint, largest: window.paints.largest ?? 0, alive, settled: Math.max(alive, ...window.longTasks) };
  });
  await context.close();
  return { ...seen, bytes };
}

async function times(browser, url, label, options) {
  const all = [];
  for (let i = 0; i < runs; i++) all.push(await visit(browser, url, options));
  const of = (key) => ms(median(all.map((v) => v[key])));
  console.log(`${label.padEnd(34)} first paint ${of("first")}, largest paint ${of("largest")}, first live control ${of("alive")}, fully interactive ${of("settled")}`);
  return all[0].bytes;
}

// How long the page's own arithmetic takes for the charts of the service, as it
// marks it itself: the curve of speed for one reader against that of the machine
// at 200 points, and a week of traffic in 10,080 bins of a minute.
async function service(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.goto(url + "#v1;model=llama-3.1-70b;people=1M;workload=azure-chat;fleet=follow;part=serving");
  await live(page);
  await page.waitForSelector('[data-chart="fleet"] svg');
  const took = { "flopbook-curve": [], "flopbook-week": [] };
  const read = () => page.evaluate(() => performance.getEntriesByType("measure").map((m) => [m.name, m.startTime, m.duration]));
  for (let i = 0, last = 0; i < 11; i++) {
    await page.fill('[data-field="people"]', String(1_000_000 + 10_000 * i));
    await page.waitForFunction((t) => performance.getEntriesByName("flopbook-week").some((m) => m.startTime > t), last);
    for (const [name, at, ms] of await read()) {
      took[name]?.push(ms);
      last = Math.max(last, at);
    }
  }
  await context.close();
  const curve = median(took["flopbook-curve"]), week = median(took["flopbook-week"]), most = Math.max(...took["flopbook-curve"]) + Math.max(...took["flopbook-week"]);
  console.log(`\nthe service in Chromium, median of ${took["flopbook-week"].length}: latency-throughput curve of 200 points ${curve.toFixed(1)} ms, a week of traffic in 10,080 one-minute bins ${week.toFixed(1)} ms, together ${(curve + week).toFixed(1)} ms (slowest ${most.toFixed(1)}; allowed 50)`);
}

const host = await serve();
const browser = await browse();
try {
  console.log(`\nloading, median of ${runs}: live = the calculator has taken over the page; interactive = its last long task (over 50 ms) has ended`);
  const bytes = await times(browser, host.url, "desktop, this machine", { viewport: { width: 1280, height: 800 } });
  await times(browser, host.url, "phone, slow 4G, processor / 4", { viewport: { width: 390, height: 844 }, slow: phone });
  console.log("\ntransferred by Chromium on a first visit, headers included (bytes)");
  let sum = 0;
  for (const [name, n] of bytes) { sum += n; console.log(String(n).padStart(10) + "  " + name); }
  console.log(String(sum).padStart(10) + "  in all");
  await service(browser, host.url);
} finally {
  await browser.close();
}

const scores = { performance: [], accessibility: [], "best-practices": [] };
const metrics = { "first-contentful-paint": [], "largest-contentful-paint": [], "total-blocking-time": [], interactive: [], "cumulative-layout-shift": [] };
for (let i = 0; i < runs; i++) {
  const chrome = await launch({ chromePath: chromiumPath, chromeFlags: ["--headless", ...chromiumFlags], logLevel: "silent" });
  try {
    const { lhr } = await lighthouse(host.url, { port: chrome.port, logLevel: "silent", output: "json", onlyCategories: Object.keys(scores) });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    for (const k in scores) scores[k].push(lhr.categories[k].score * 100);
    for (const k in metrics) metrics[k].push(lhr.audits[k]?.numericValue ?? NaN);
    for (const a of Object.values(lhr.categories.accessibility.auditRefs)) {
      const audit = lhr.audits[a.id];
      if (audit.score === 0 && i === 0) console.log("accessibility: " + audit.title);
    }
  } finally {
    await chrome.kill();
  }
}
host.close();
console.log(`\nLighthouse, mobile preset, median of ${runs}: ` + Object.entries(scores).map(([k, v]) => `${k} ${Math.round(median(v))} (${v.map(Math.round).join(" ")})`).join(", "));
console.log(Object.entries(metrics).map(([k, v]) => k + " " + (k.startsWith("cum") ? median(v).toFixed(3) : ms(median(v)))).join(", "));
