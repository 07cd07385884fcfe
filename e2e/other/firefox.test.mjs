// Firefox, driven over WebDriver BiDi: the page comes alive and a slider moves
// the answer.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";
import { answered, live, plainHost, single } from "../lib.mjs";

const executablePath = process.env.FIREFOX_PATH || ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);
const skip = executablePath ? false : "no Firefox is installed";

let browser, host;
before(async () => {
  if (skip) return;
  host = await plainHost();
  browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
});
after(async () => { await browser?.close(); host?.close(); });

// Puppeteer's pages name two calls otherwise than Playwright's, on which the
// shared helpers are written.
const opened = async (t, url) => {
  const page = await browser.newPage();
  t.after(() => page.close());
  const errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  await page.goto(url);
  const target = {
    waitForSelector: (s, o) => page.waitForSelector(s, { timeout: o?.timeout }),
    evaluate: (f, a) => page.evaluate(f, a),
  };
  await live(target);
  await answered(target);
  return { page, target, errors };
};

test("Firefox loads the page, and dragging a slider moves the answer", { skip }, async (t) => {
  const { page, target, errors } = await opened(t, host.url + "#v1;page=calculator");
  const before = await answered(target);
  const slider = await page.waitForSelector('input[type="range"]:not([disabled])', { visible: true });
  await slider.scrollIntoView();
  const box = await slider.boundingBox();
  const at = await slider.evaluate((e) => (e.valueAsNumber - Number(e.min)) / (Number(e.max) - Number(e.min)));
  const y = box.y + box.height / 2, to = at < 0.5 ? 0.9 : 0.1;
  await page.mouse.move(box.x + box.width * at, y);
  await page.mouse.down();
  for (let i = 1; i <= 8; i++) await page.mouse.move(box.x + box.width * (at + (to - at) * i / 8), y);
  await page.mouse.up();
  await page.waitForFunction((b) => document.querySelector('[data-test="answer"]').textContent !== b, { timeout: 10_000 }, before);
  await answered(target);
  assert.deepEqual(errors, []);
});

test("Firefox opens the single file from a disk", { skip }, async (t) => {
  const { errors } = await opened(t, pathToFileURL(single).href);
  assert.deepEqual(errors, []);
});
