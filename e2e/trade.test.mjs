// Training against serving as a reader meets it: the named stories from their
// links, the text that types at the predicted speed, the size moved by hand.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { after, before, test } from "node:test";
import { browse, cache, live, plainHost, root, watched } from "./lib.mjs";

let browser, host;
const bin = path.join(cache, "flopbook");
before(async () => {
  execFileSync("go", ["build", "-o", bin, "./app"], { cwd: root, stdio: "inherit" });
  host = await plainHost();
  browser = await browse();
});
after(async () => { await browser?.close(); host?.close(); });

const opened = async (t, fragment = "", options = {}) => {
  const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 900 }, ...options });
  t.after(() => context.close());
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url + fragment);
  await live(page);
  return page;
};

const tidy = (s) => s.replace(/\s+/g, " ").trim();

// What the command line says of a story's own file: the day of its crossing with
// the range, as printed.
const estimated = (key) => {
  const file = path.join(root, "web/schema/examples", key + ".json");
  const line = execFileSync(bin, ["estimate", file], { encoding: "utf8" }).split("\n").find((l) => /\bcrossing_days\b/.test(l));
  const json = JSON.parse(execFileSync(bin, ["estimate", "--json", file], { encoding: "utf8", maxBuffer: 1 << 26 })).crossing_days;
  assert.ok(json.lo > 0 && json.lo < json.value && json.value < json.hi, key + ": " + JSON.stringify(json));
  return tidy(line.slice(line.indexOf("crossing_days") + "crossing_days".length));
};

test("each story opens from its link and says its crossing as estimate does", async (t) => {
  const list = await opened(t, "#v1;part=trade");
  const links = (page) => page.$$eval('[data-test="stories"] a', (all) => all.map((a) => [a.dataset.story, a.getAttribute("href"), a.closest("li").innerText]));
  await list.waitForSelector('[data-test="stories"] a');
  const all = await links(list);
  assert.deepEqual(all.map((l) => l[0]), ["code-assistant", "support-chatbot", "speech", "image", "frontier-chat"]);
  for (const [key, href, says] of all) {
    const want = estimated(key);
    assert.ok(tidy(says).includes(want), `${key} in the list: ${says}, estimate: ${want}`);
    const page = await opened(t, href);
    await page.waitForSelector('[data-test="crossing_days"]');
    assert.equal(tidy(await page.innerText('[data-test="crossing_days"]')), want, key);
    assert.match(await page.innerText('.parts button[aria-current]'), /Train or serve/);
    page.nothingWrong();
    await page.context().close();
  }
  await list.click('[data-story="speech"]');
  await list.waitForFunction(() => /model=whisper-large.*part=trade/.test(location.hash));
  assert.equal(tidy(await list.innerText('[data-test="crossing_days"]')), estimated("speech"));
  list.nothingWrong();
  const learn = await opened(t, "#v1;page=learn");
  await learn.waitForSelector('[data-test="stories"] a');
  assert.deepEqual(await links(learn), all);
  learn.nothingWrong();
});

test("the text types at the predicted speed, stops, and comes whole for who wants no motion", async (t) => {
  const page = await opened(t, "#v1;model=llama-3.1-8b;people=1000;part=serving");
  const typed = () => page.evaluate(() => document.querySelector(".feel .typed").textContent);
  const promised = await page.innerText(".feel .says");
  const [, takes, unit] = promised.match(/tokens take ([\d.]+)\s(s|ms)\./);
  await page.click('[data-test="type-it"]');
  const from = Date.now();
  await page.waitForFunction(() => /last after/.test(document.querySelector('[data-test="felt"]').textContent), null, { timeout: 60_000 });
  const took = Date.now() - from, want = takes * (unit === "s" ? 1000 : 1);
  assert.ok(took > 0.8 * want - 100 && took < 1.3 * want + 700, `typed for ${took} ms, promised ${want}`);
  const whole = await typed();
  assert.ok(whole.length > 200);
  await page.click('[data-test="type-it"]');
  await page.waitForFunction((n) => { const s = document.querySelector(".feel .typed").textContent.length; return s > 10 && s < n; }, whole.length);
  await page.click('[data-test="type-it"]');
  const stopped = await typed();
  await page.waitForTimeout(300);
  assert.equal(await typed(), stopped, "it goes on after Stop");
  assert.equal(await page.getAttribute(".feel .typed", "aria-hidden"), "true");
  page.nothingWrong();
  const still = await opened(t, "#v1;model=llama-3.1-8b;people=1000;part=serving", { reducedMotion: "reduce" });
  await still.click('[data-test="type-it"]');
  assert.equal(await still.evaluate(() => document.querySelector(".feel .typed").textContent), whole);
  assert.match(await still.innerText('[data-test="felt"]'), /First token after .* last after/);
  still.nothingWrong();
});

test("the size moves by hand with the keyboard, is taken, and undone", async (t) => {
  const page = await opened(t, "#v1;model=llama-3.1-8b;people=1M;part=trade");
  const size = () => page.innerText('[data-test="tried"] [data-open="try_params"] b');
  const before = await size();
  await page.focus('[data-test="try-size"]');
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await page.waitForFunction((b) => document.querySelector('[data-test="tried"] [data-open="try_params"] b').innerText !== b, before);
  await page.click('[data-test="tried"] [data-open="try_total"]');
  await page.waitForSelector('[data-test="work"] math');
  await page.click('[data-test="take-size"]');
  await page.waitForFunction(() => /params=.*tokens=/.test(location.hash));
  await page.click('[data-test="undo"]');
  await page.waitForFunction(() => /model=llama-3\.1-8b/.test(location.hash) && !/params=/.test(location.hash));
  page.nothingWrong();
});

test("what is added up is chosen, and the link carries it", async (t) => {
  const page = await opened(t, "#v1;part=trade;show=lifetime-energy");
  await page.waitForSelector('[data-chart="lifetime-energy"] svg[role=img]');
  await page.check("#by-lifetime-carbon");
  await page.waitForSelector('[data-chart="lifetime-carbon"] svg[role=img]');
  await page.waitForFunction(() => /show=lifetime-carbon/.test(location.hash));
  page.nothingWrong();
});
