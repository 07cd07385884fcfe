// What the browser tests share: the built site on several kinds of host, a
// browser, and a page that records everything that went wrong in it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const dist = path.join(root, "dist");
export const single = path.join(dist, "flopbook.html");
export const cache = path.join(root, ".cache");

export const chromiumPath = process.env.CHROME_PATH || "/usr/bin/chromium";
export const chromiumFlags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export const browse = () => chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });

// Flopbook's own server, on a free port, serving dist/ as it was built.
export async function serve() {
  const bin = path.join(cache, "flopbook");
  execFileSync("go", ["build", "-o", bin, "./app"], { cwd: root, stdio: "inherit" });
  const child = spawn(bin, ["serve", "--built", "127.0.0.1:0"], { cwd: root });
  const url = await new Promise((found, fail) => {
    let out = "";
    child.stdout.on("data", (b) => {
      out += b;
      const m = out.match(/http:\/\/\S+/);
      if (m) found(m[0]);
    });
    child.stderr.on("data", (b) => { out += b; });
    child.on("exit", () => fail(new Error("the server ended: " + out)));
  });
  return { url, close: () => child.kill() };
}

const types = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm",
  ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json", ".txt": "text/plain",
  ".webmanifest": "application/manifest+json", ".zip": "application/zip",
};

// The plainest of hosts: files under a prefix, no compression, no headers of
// ours, so that what the page needs must be in the page. Pages in `more` are
// served beside it; `edit(name, body)` may change a file on its way.
export async function plainHost({ prefix = "/", more = {}, host = "127.0.0.1", edit = (_, body) => body } = {}) {
  const server = http.createServer(async (req, res) => {
    const { pathname } = new URL(req.url, "http://x");
    const end = (status, type, body) => { res.writeHead(status, { "Content-Type": type }); res.end(body); };
    if (pathname in more) return end(200, "text/html; charset=utf-8", more[pathname]);
    if (!pathname.startsWith(prefix)) return end(404, "text/plain", "nothing here");
    let name = pathname.slice(prefix.length);
    if (name === "" || name.endsWith("/")) name += "index.html";
    try {
      const body = await readFile(path.join(dist, path.normalize("/" + name)));
      end(200, types[path.extname(name)] || "application/octet-stream", edit(name, body));
    } catch {
      end(404, "text/plain", "nothing here");
    }
  });
  await new Promise((ok) => server.listen(0, "127.0.0.1", ok));
  const { port } = server.address();
  return {
    url: `http://${host}:${port}${prefix}`,
    close: () => { server.closeAllConnections(); server.close(); },
  };
}

// A page that keeps what went wrong: script errors, console errors, refused
// content, requests that failed or went to another origin than `origins`.
export async function watched(context, { origins = [] } = {}) {
  const page = await context.newPage();
  const wrong = [];
  page.on("pageerror", (e) => wrong.push("script error: " + e.message));
  page.on("console", (m) => { if (m.type() === "error") wrong.push("console: " + m.text()); });
  page.on("crash", () => wrong.push("the page crashed"));
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (["data:", "blob:", "about:", "file:"].includes(url.protocol)) return;
    if (!origins.some((o) => new URL(o).origin === url.origin)) wrong.push("left the origin: " + r.url());
  });
  page.on("requestfailed", (r) => {
    const why = r.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") wrong.push(`failed: ${r.url()} ${why}`);
  });
  page.on("response", (r) => { if (r.status() >= 400) wrong.push(`${r.status()}: ${r.url()}`); });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => {
      console.error("policy violation: " + e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile + ":" + e.lineNumber);
    });
  });
  return Object.assign(page, { wrong, nothingWrong: () => assert.deepEqual(wrong, []) });
}

// Waits until the calculator has taken over the page or a frame, whose reader
// gives a sign of life.
export async function live(target) {
  await target.evaluate(() => window.dispatchEvent(new Event("pointermove")));
  await target.waitForSelector('html[data-state="live"], html[data-state="stopped"]', { state: "attached", timeout: 60_000 });
  const state = await target.evaluate(() => document.documentElement.dataset.state);
  if (state !== "live") {
    const why = await target.evaluate(() => document.getElementById("crash").textContent);
    assert.fail("the calculator stopped: " + why);
  }
}

// The answer is there and is made of words and figures, not of slips.
export async function answered(target) {
  await target.waitForSelector('[data-test="answer"]', { timeout: 30_000 });
  const text = await target.evaluate(() => document.querySelector('[data-test="answer"]').textContent);
  assert.ok(text.trim().length > 10, "the answer says something: " + text);
  assert.doesNotMatch(text, /NaN|Inf|undefined|%!/, "the answer is made of figures");
  return text;
}
