// The built site wherever it is put: at a root, under a sub-path, on a disk, in
// frames of other sites, without a network.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { answered, browse, live, plainHost, serve, single, watched } from "./lib.mjs";

let browser, own;
before(async () => { own = await serve(); browser = await browse(); });
after(async () => { await browser?.close(); own?.close(); });

const opened = async (t, options = {}) => {
  const context = await browser.newContext(options);
  t.after(() => context.close());
  return context;
};

test("from its own server at the root", async (t) => {
  const page = await watched(await opened(t), { origins: [own.url] });
  await page.goto(own.url);
  await live(page);
  await answered(page);
  page.nothingWrong();
});

test("from a plain host under a sub-path, by the page's own policy", async (t) => {
  const host = await plainHost({ prefix: "/deep/er/" });
  t.after(host.close);
  const page = await watched(await opened(t), { origins: [host.url] });
  await page.goto(host.url);
  await live(page);
  await answered(page);
  page.nothingWrong();
});

test("on a phone, warmed up in a worker", async (t) => {
  const host = await plainHost();
  t.after(host.close);
  const page = await watched(await opened(t, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }), { origins: [host.url] });
  const workers = [];
  page.on("worker", (w) => workers.push(new URL(w.url()).pathname));
  await page.goto(host.url);
  await live(page);
  await answered(page);
  assert.deepEqual(workers, ["/web/compile.js"]);
  page.nothingWrong();
});

test("the policy refuses an inline script and a foreign picture", async (t) => {
  const host = await plainHost();
  t.after(host.close);
  const page = await watched(await opened(t), { origins: [host.url] });
  await page.goto(host.url);
  await live(page);
  const ran = await page.evaluate(async () => {
    const s = document.createElement("script");
    s.textContent = "window.ran = true";
    document.body.append(s);
    const img = new Image();
    const refused = new Promise((done) => { img.onerror = () => done(true); img.onload = () => done(false); });
    img.src = "http://localhost:9/x.png";
    return { ran: window.ran === true, refused: await refused };
  });
  assert.deepEqual(ran, { ran: false, refused: true });
  assert.ok(page.wrong.some((w) => w.includes("script-src")) && page.wrong.some((w) => w.includes("img-src")));
});

test("the single file from a disk", async (t) => {
  const page = await watched(await opened(t));
  await page.goto(pathToFileURL(single).href);
  await live(page);
  await answered(page);
  // Its address is nobody else's: only the case itself is given out.
  await page.click('[data-test="share"]');
  assert.match(await page.inputValue('[data-test="share-link"]'), /^#v1;/);
  assert.match(await page.inputValue('[data-test="embed-code"]'), /src="flopbook\.html#v1;/);
  assert.match(await page.textContent('[data-test="local"]'), /any copy/);
  assert.doesNotMatch(await page.content(), /file:\/\//);
  page.nothingWrong();
});

test("the single file keeps the fragment over a reload", async (t) => {
  const page = await watched(await opened(t));
  await page.goto(pathToFileURL(single).href + "#v1");
  await live(page);
  await page.reload();
  await live(page);
  assert.match(new URL(page.url()).hash, /^#v1/);
  page.nothingWrong();
});

const framing = (src, attributes = "") =>
  `<!doctype html><link rel="icon" href="data:,"><title>A post</title><p>A post.</p><iframe ${attributes} src="${src}" width="700" height="300"></iframe>`;

const framed = async (page) => {
  const handle = await page.waitForSelector("iframe");
  return handle.contentFrame();
};

const storageIsOurs = (frame) => frame.evaluate(() =>
  Object.getOwnPropertyDescriptor(window, "localStorage")?.value !== undefined);

test("in a frame of another site, its storage blocked", async (t) => {
  const site = await plainHost();
  const post = await plainHost({ host: "localhost", more: { "/post": framing(site.url + "#v1;embed=1") } });
  t.after(() => { site.close(); post.close(); });
  const page = await watched(await opened(t), { origins: [site.url, post.url] });
  await page.goto(new URL("/post", post.url).href);
  const frame = await framed(page);
  await live(frame);
  await answered(frame);
  assert.equal(await storageIsOurs(frame), true, "this browser blocks the storage of foreign frames");
  assert.equal(await frame.evaluate(() => document.documentElement.classList.contains("embed")), true);
  page.nothingWrong();
});

test("in a sandboxed frame, which has no origin", async (t) => {
  const post = await plainHost({ host: "localhost", more: { "/post": framing(own.url + "#v1;embed=1", 'sandbox="allow-scripts"') } });
  t.after(post.close);
  const page = await watched(await opened(t), { origins: [own.url, post.url] });
  await page.goto(new URL("/post", post.url).href);
  const frame = await framed(page);
  await live(frame);
  await answered(frame);
  assert.equal(await storageIsOurs(frame), true);
  page.nothingWrong();
});

test("the single file in a sandboxed frame of a plain host", async (t) => {
  const site = await plainHost();
  const post = await plainHost({ host: "localhost", more: { "/post": framing(site.url + "flopbook.html#v1;embed=1", 'sandbox="allow-scripts"') } });
  t.after(() => { site.close(); post.close(); });
  const page = await watched(await opened(t), { origins: [site.url, post.url] });
  await page.goto(new URL("/post", post.url).href);
  const frame = await framed(page);
  await live(frame);
  await answered(frame);
  page.nothingWrong();
});

test("as <flopbook-figure>, its height fitted to the content", async (t) => {
  const site = await plainHost();
  const post = await plainHost({
    host: "localhost",
    more: {
      "/post": `<!doctype html><link rel="icon" href="data:,"><title>A post</title><script src="${site.url}embed.js"></script>
        <flopbook-figure case="#v1" title="A figure"></flopbook-figure>`,
    },
  });
  t.after(() => { site.close(); post.close(); });
  const page = await watched(await opened(t, { viewport: { width: 800, height: 700 } }), { origins: [site.url, post.url] });
  await page.goto(new URL("/post", post.url).href);
  const frame = await framed(page);
  await live(frame);
  await answered(frame);
  await page.waitForFunction(() => document.querySelector("iframe").style.height !== "480px");
  const inner = await frame.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height));
  await page.waitForFunction((h) => Math.abs(parseInt(document.querySelector("iframe").style.height) - h) <= 2, inner);
  assert.equal(await page.evaluate(() => document.querySelector("iframe").title), "A figure");
  page.nothingWrong();
});

test("without a network after the first load", async (t) => {
  const host = await plainHost({ prefix: "/sub/" });
  t.after(host.close);
  const context = await opened(t);
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url + "#v1");
  await live(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  host.close();
  await context.setOffline(true);
  await page.reload();
  await live(page);
  await answered(page);
  assert.match(new URL(page.url()).hash, /^#v1/);
  await page.goto(host.url + "?from=a-link#v1");
  await live(page);
  page.nothingWrong();
});

test("a new version waits until the reader asks for it", async (t) => {
  let version = "";
  const host = await plainHost({
    edit: (name, body) => name === "sw.js" ? String(body).replace(/VERSION = "\w+/, "$&" + version) : body,
  });
  t.after(host.close);
  const context = await opened(t);
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url);
  await live(page);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  assert.equal(await page.isVisible("#update"), false);
  version = "next";
  await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
  await page.waitForSelector("#update", { state: "visible" });
  const before = await page.evaluate(() => caches.keys());
  await Promise.all([page.waitForNavigation(), page.click("#update-now")]);
  await live(page);
  await page.waitForFunction(async () => (await caches.keys()).length === 1);
  assert.equal(before.length, 2);
  page.nothingWrong();
});

test("the server sends the smallest copy, and nothing twice", async () => {
  const get = (path, headers = {}) => fetch(new URL(path, own.url), { headers });
  for (const [accept, want] of [["gzip, br", "br"], ["gzip", "gzip"], ["br;q=0, gzip;q=0.5", "gzip"], ["identity", null]]) {
    const r = await get("app.wasm", { "Accept-Encoding": accept });
    assert.equal(r.headers.get("content-encoding"), want, accept);
    assert.equal(r.headers.get("content-type"), "application/wasm");
    assert.equal(r.headers.get("vary"), "Accept-Encoding");
    const body = new Uint8Array(await r.arrayBuffer());
    assert.deepEqual(body.subarray(0, 4), new Uint8Array([0, 0x61, 0x73, 0x6d]), "it unpacks to wasm");
  }
  const page = await get("");
  const again = await get("", { "If-None-Match": page.headers.get("etag") });
  assert.equal(again.status, 304);
  assert.match(page.headers.get("content-security-policy"), /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'/);
  assert.equal((await get("no/such/thing")).status, 404);
  assert.equal((await get("../go.mod")).status, 404);
  assert.equal((await get("web/")).status, 404);
  assert.equal((await fetch(own.url, { method: "POST" })).status, 405);
});
