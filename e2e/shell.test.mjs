// The shell and its loader: readable without code, and clear when code fails.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { answered, browse, cache, live, plainHost, root, watched } from "./lib.mjs";

let browser, host;
before(async () => { host = await plainHost(); browser = await browse(); });
after(async () => { await browser?.close(); host?.close(); });

const opened = async (t, options = {}) => {
  const context = await browser.newContext({ serviceWorkers: "block", ...options });
  t.after(() => context.close());
  return context;
};

test("reads as text without JavaScript", async (t) => {
  const page = await watched(await opened(t, { javaScriptEnabled: false }), { origins: [host.url] });
  await page.goto(host.url);
  const text = await page.innerText("body");
  assert.match(text, /Flopbook/);
  assert.match(text, /needs JavaScript/);
  assert.equal(await page.isVisible("#loading"), false);
  page.nothingWrong();
});

test("says how far loading has come", async (t) => {
  const context = await opened(t);
  await context.route("**/app.wasm*", async (r) => { await sleep(500); await r.continue(); });
  const page = await watched(context, { origins: [host.url] });
  await page.addInitScript(() => {
    window.said = [];
    document.addEventListener("DOMContentLoaded", () => {
      new MutationObserver(() => window.said.push(document.getElementById("loading-text").textContent))
        .observe(document.getElementById("loading-text"), { childList: true });
    });
  });
  await page.goto(host.url);
  await live(page);
  const said = await page.evaluate(() => window.said);
  assert.ok(said.some((s) => / \d+ %$/.test(s)), said.join(" | "));
  assert.equal(said.at(-1), "The live calculator is starting.");
  assert.equal(await page.isVisible("#loading"), false);
});

test("on the start page nothing runs before the reader gives a sign, or has paused", async (t) => {
  const page = await watched(await opened(t), { origins: [host.url] });
  await page.goto(host.url);
  await sleep(1500);
  assert.equal(await page.getAttribute("html", "data-state"), "loading");
  assert.equal(await page.isVisible("#loading"), false);
  await page.waitForSelector('html[data-state="live"]', { timeout: 30_000 });
  page.nothingWrong();
});

test("a door that is opened before the program has started leads into the calculator", async (t) => {
  const context = await opened(t);
  await context.route("**/app.wasm*", async (r) => { await sleep(1000); await r.continue(); });
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url);
  await page.click('[data-test="door-gpus"]');
  await live(page);
  await page.waitForSelector(".calculator");
  await answered(page);
  page.nothingWrong();
});

test("stays readable and says so when the program cannot be fetched", async (t) => {
  const context = await opened(t);
  await context.route("**/app.wasm*", (r) => r.fulfill({ status: 503, body: "" }));
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url);
  await page.waitForSelector("#crash", { state: "visible" });
  assert.match(await page.innerText("#crash-text"), /could not be loaded/);
  assert.equal(await page.isVisible("h1"), true);
  assert.equal(await page.isVisible("#loading"), false);
});

test("says that a browser is too old", async (t) => {
  const page = await watched(await opened(t), { origins: [host.url] });
  await page.addInitScript(() => { delete window.WebAssembly; });
  await page.goto(host.url);
  await page.waitForSelector("#crash", { state: "visible" });
  assert.match(await page.innerText("#crash-text"), /too old/);
});

test("a program that panics leaves a banner; reloading keeps the case, starting afresh drops it", async (t) => {
  const bin = path.join(cache, "crash.wasm");
  execFileSync("go", ["build", "-o", bin, "./e2e/crash"], { cwd: root, env: { ...process.env, GOOS: "js", GOARCH: "wasm" } });
  const context = await opened(t);
  let broken = true;
  await context.route("**/app.wasm*", (r) => broken
    ? r.fulfill({ contentType: "application/wasm", body: readFileSync(bin) })
    : r.continue());
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url + "#v1;gpus=64");
  await page.waitForSelector("#crash", { state: "visible" });
  assert.match(await page.innerText("#crash-text"), /has stopped/);
  assert.match(await page.innerText("#crash-detail"), /panic: on purpose/);
  await Promise.all([page.waitForNavigation(), page.click("#crash-reload")]);
  assert.equal(new URL(page.url()).hash, "#v1;gpus=64");
  await page.waitForSelector("#crash", { state: "visible" });
  broken = false;
  await Promise.all([page.waitForNavigation(), page.click("#crash-afresh")]);
  assert.equal(new URL(page.url()).hash, "");
  await live(page);
});

test("the page and the single file stay within their sizes", () => {
  // A budget, to notice what comes along by mistake: go-app alone weighs 1.9 MB,
  // the tables, the models and the pages of training, serving and the bill 1.9 MB;
  // the single file also holds the measurements of Accuracy, 0.19 MB.
  const size = (name) => readFileSync(path.join(root, "dist", name)).length;
  assert.ok(size("app.wasm.gz") < 3.8e6, "app.wasm.gz " + size("app.wasm.gz"));
  assert.ok(size("flopbook.html") < 5.56e6, "flopbook.html " + size("flopbook.html"));
});
