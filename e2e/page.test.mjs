// The page as a reader uses it: three doors, fields, numbers that open, links,
// undo, pictures to take away, nonsense typed everywhere.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answered, browse, live, plainHost, watched } from "./lib.mjs";

let browser, host;
before(async () => { host = await plainHost(); browser = await browse(); });
after(async () => { await browser?.close(); host?.close(); });

const opened = async (t, fragment = "", options = {}) => {
  const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  t.after(() => context.close());
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url + fragment);
  await live(page);
  return page;
};

// The sentence without the lists behind its words.
const sentence = (page) => page.evaluate(() => {
  const copy = document.querySelector('[data-test="answer"]').cloneNode(true);
  for (const s of copy.querySelectorAll("select")) s.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
});
const says = (page, pattern) => page.waitForFunction(
  (p) => new RegExp(p).test(document.querySelector('[data-test="answer"]')?.textContent ?? ""), pattern.source, { timeout: 10_000 });

test("each door leads to the calculator on its own question", async (t) => {
  for (const [door, ask, words] of [["gpus", "gpus", /you need/], ["cost", "usd", /costs/], ["serve", "days", /costs more than that after/]]) {
    const page = await opened(t);
    await page.click(`[data-test="door-${door}"]`);
    await says(page, words);
    assert.equal(await page.isChecked(`#ask-${ask}`), true, door);
    assert.match(new URL(page.url()).hash, /^#v1;/);
    page.nothingWrong();
  }
});

test("typing moves the answer, and nonsense keeps the last good one", async (t) => {
  const page = await opened(t, "#v1;ask=gpus;tokens=100B;days=3");
  await page.fill('[data-field="params"]', "7B");
  await page.fill('[data-field="tokens"]', "2T");
  await page.fill('[data-field="days"]', "30");
  await says(page, /7\sbillion\sparameters[^]*2\strillion\stokens/);
  const good = await sentence(page);
  for (const nonsense of ["7 bananas", "-1", "0", "1e400", "NaN", "∞", "<b>x</b>", "9".repeat(5000), "30 to 20", "=1+1"]) {
    await page.fill('[data-field="tokens"]', nonsense);
    await page.waitForSelector('[data-field="tokens"][aria-invalid="true"]');
    const told = await page.textContent("#bad-tokens");
    assert.match(told, /^Training tokens: .*\.$|\?$/, nonsense);
    assert.equal(await sentence(page), good, "nonsense changed the answer: " + nonsense);
  }
  await page.fill('[data-field="tokens"]', "");
  await page.waitForSelector('[data-field="tokens"]:not([aria-invalid])');
  await answered(page);
  page.nothingWrong();
});

test("every text field takes nonsense without losing the answer", async (t) => {
  const page = await opened(t, "#v1;page=calculator");
  await page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
  await page.waitForTimeout(200);
  const keys = await page.$$eval("input[type=text][data-field]:not([readonly])", (all) => all.filter((e) => e.offsetParent).map((e) => e.dataset.field));
  assert.ok(keys.length > 12, "fields: " + keys);
  for (const key of keys) {
    for (const text of ["bananas", "-5", "1e999"]) {
      await page.fill(`[data-field="${key}"]`, text);
      await answered(page);
    }
    await page.fill(`[data-field="${key}"]`, "");
  }
  page.nothingWrong();
});

test("a slider moves by keyboard, one undo takes its way back", async (t) => {
  const page = await opened(t, "#v1;page=calculator;gpus=8");
  const before = await sentence(page);
  await page.focus('[data-slide="gpus"]');
  for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => document.querySelector('[data-field="gpus"]').value !== "8");
  assert.notEqual(await sentence(page), before);
  await page.click('[data-test="undo"]');
  await page.waitForFunction(() => document.querySelector('[data-field="gpus"]').value === "8");
  assert.equal(await sentence(page), before);
  await page.click('[data-test="redo"]');
  await page.waitForFunction(() => document.querySelector('[data-field="gpus"]').value !== "8");
  page.nothingWrong();
});

test("a number opens to formula, figures and sources, and its inputs open in turn", async (t) => {
  const page = await opened(t, "#v1;model=gpt-3;accelerator=v100-sxm-32;precision=fp16;tokens=300B;gpus=10000;mfu=19.68+%25;goodput=100+%25;power=330+W;pue=1.1;carbon_intensity=0.429+kg/kWh");
  await page.click('[data-open="energy"]');
  await page.waitForSelector('[data-test="work"] math');
  const note = await page.textContent('[data-test="work"]');
  assert.match(note, /MWh/);
  assert.match(note, /Carbon Emissions and Large Neural Network Training/, "the source of the power is named");
  await page.click('[data-test="work"] [data-deeper="gpu_hours"]');
  await page.waitForFunction(() => /GPU-hours/.test(document.querySelector("#work").textContent));
  await page.keyboard.press("Escape");
  await page.waitForSelector('[data-test="work"]', { state: "detached" });
  page.nothingWrong();
});

test("a shared link shows the same case, and an older one says what has changed", async (t) => {
  const page = await opened(t, "#v1;page=calculator");
  await page.fill('[data-field="gpus"]', "24");
  await says(page, /24/);
  await page.click('[data-test="share"]');
  const link = await page.inputValue('[data-test="share-dialog"] input');
  assert.match(link, /gpus=24.*release=2026\.11.*shown=/);
  const embed = await page.inputValue('[data-test="share-dialog"] textarea');
  assert.match(embed, /<iframe[^>]*embed=1[^>]*sandbox=/);
  const there = await sentence(page);
  const again = await opened(t, new URL(link).hash);
  assert.equal(await sentence(again), there);
  const old = await opened(t, "#v1;gpus=24;release=2025.01;shown=days:95");
  await old.waitForSelector('[data-test="then"]');
  assert.match(await old.textContent('[data-test="then"]'), /95/);
  page.nothingWrong();
});

test("bad links are told in sentences and still show a case", async (t) => {
  for (const bad of ["#v9;gpus=8", "#nonsense", "#v1;gpus=7+bananas;tokens=1e400", "#v1;model=no-such-model", "#v1;what=ever", "#v1;gpus=%zz", "#v1;" + "x".repeat(20000)]) {
    const page = await opened(t, bad);
    await page.waitForSelector('[data-test="problems"]');
    const told = await page.textContent('[data-test="problems"]');
    assert.ok(told.length > 20 && !/NaN|undefined|panic/.test(told), bad.slice(0, 40) + ": " + told);
    await answered(page);
    page.nothingWrong();
  }
});

test("each chart has a table and can be taken away", async (t) => {
  const page = await opened(t, "#v1;page=calculator");
  for (const key of ["memory", "gpus", "lifetime"]) {
    const figure = page.locator(`[data-chart="${key}"]`);
    await figure.scrollIntoViewIfNeeded();
    await figure.locator("svg[role=img]").waitFor();
    await figure.locator("summary").click();
    await figure.locator("table tbody tr").first().waitFor();
    for (const kind of ["CSV", "SVG", "PNG"]) {
      const [file] = await Promise.all([page.waitForEvent("download"), figure.getByRole("button", { name: new RegExp(kind + ": download") }).click()]);
      assert.match(file.suggestedFilename(), new RegExp("\\." + kind.toLowerCase() + "$"));
    }
  }
  page.nothingWrong();
});

test("systems sort and open, the lesson answers a guess, the theme changes and stays", async (t) => {
  const page = await opened(t, "#v1;page=systems");
  const first = () => page.textContent(".systems tbody tr:first-child th");
  const before = await first();
  await page.click(".systems thead th:nth-child(3) button");
  await page.waitForFunction((b) => document.querySelector(".systems tbody tr:first-child th").textContent !== b, before);
  await page.getByRole("link", { name: "BLOOM 176B" }).or(page.getByRole("button", { name: "BLOOM 176B" })).click();
  await says(page, /BLOOM 176B/);
  const learn = await opened(t, "#v1;page=learn");
  await learn.fill("input[type=text]", "500 MWh");
  await learn.keyboard.press("Enter");
  await learn.waitForSelector('[data-test="told"]');
  assert.match(await learn.textContent("main"), /1,28\d MWh/);
  await learn.click('[data-test="theme"]');
  const theme = await learn.evaluate(() => document.documentElement.dataset.theme);
  await learn.reload();
  await live(learn);
  assert.equal(await learn.evaluate(() => document.documentElement.dataset.theme), theme);
  page.nothingWrong();
  learn.nothingWrong();
});

test("on a phone the first field stands within a screen and a half", async (t) => {
  const page = await opened(t, "#v1;page=calculator", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  const box = await page.locator("form.inputs select, form.inputs input[type=text]").first().boundingBox();
  assert.ok(box.y < 1.5 * 844, "the first field stands at " + box.y);
  page.nothingWrong();
});

test("no words of a chart are cut on a phone, and wide tables fit a desk", async (t) => {
  const phone = await opened(t, "#v1;model=llama-3.1-8b;optimizer=lora;tokens=200M;people=20,000;part=trade", { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  for (const key of ["payback", "decline"]) await phone.locator(`[data-chart="${key}"] svg.chart`).waitFor();
  const cut = await phone.evaluate(() => [...document.querySelectorAll('[data-chart="payback"] text, [data-chart="decline"] text')].filter((e) => {
    const r = e.getBoundingClientRect(), frame = e.closest("svg.chart").getBoundingClientRect();
    return r.left < frame.left - 2 || r.right > frame.right + 2;
  }).map((e) => e.textContent));
  assert.deepEqual(cut, []);
  for (const at of ["page=systems", "model=deepseek-v3;gpus=2048;people=50M;questions=5;part=instead", "model=whisper-large;gpus=64;people=100,000;questions=20;part=instead"]) {
    const desk = await opened(t, "#v1;" + at, { viewport: { width: 1280, height: 900 } });
    await desk.locator(".scroll").first().waitFor();
    assert.deepEqual(await desk.evaluate(() => [...document.querySelectorAll(".scroll")].map((e) => e.scrollWidth - e.clientWidth).filter((v) => v > 0)), [], at);
  }
});

test("all layouts are tried in a worker, and one of them is taken over", async (t) => {
  const page = await opened(t, "#v1;model=llama-2-7b;gpus=64;part=layouts");
  await page.click('[data-test="search"]');
  await page.waitForSelector('[data-test="searched"]', { timeout: 30_000 });
  assert.match(await page.innerText('[data-test="searched"]'), /layouts/);
  await page.click('.layouts .list tbody tr:nth-child(2) button');
  await page.waitForFunction(() => /;tp=\d+;/.test(location.hash), null, { timeout: 10_000 });
  page.nothingWrong();
});

test("steps measured on one's own cluster move the answer; nonsense is told by line", async (t) => {
  const page = await opened(t, "#v1;model=llama-2-7b;accelerator=a100-sxm-80;gpus=64;tokens=100B;part=cluster");
  const before = await sentence(page);
  await page.fill('[data-test="measured"]', "gpus=8 tp=2 batch=64 step=9.9\nseven bananas");
  await page.click('[data-test="measure"]');
  await page.waitForSelector('[data-test="calibrated"]');
  assert.notEqual(await sentence(page), before);
  assert.match(await page.innerText(".cluster .bad"), /Line 2/);
  await page.waitForFunction(() => /;measured=/.test(location.hash), null, { timeout: 10_000 });
  page.nothingWrong();
});

test("two cases stand side by side and the link carries both", async (t) => {
  const page = await opened(t, "#v1;part=compare");
  await page.click('[data-test="keep"]');
  await page.fill('[data-field="gpus"]', "64");
  await page.waitForFunction(() => /× 8/.test(document.querySelector('[data-test="comparison"]')?.textContent ?? ""));
  await page.waitForFunction(() => /;vs=/.test(location.hash));
  page.nothingWrong();
});

test("paper holds the figures and what was set, nothing to press", async (t) => {
  const page = await opened(t, "#v1;model=llama-3.1-8b;layers=30;tokens=2T;part=serving");
  await page.focus('[data-part="2"]');
  await page.emulateMedia({ media: "print" });
  const there = await page.evaluate(() => {
    const shown = (e) => e.checkVisibility() && e.getClientRects().length > 0;
    const all = (s) => [...document.querySelectorAll(s)].filter(shown);
    const top = (s) => document.querySelector(s).getBoundingClientRect().top;
    return {
      boxes: all("input, textarea, select, summary").length,
      buttons: all("button").filter((b) => !b.matches(".q, .k, .link, .list th button")).map((b) => b.textContent),
      set: all('[data-test="given"] dt').map((e) => e.textContent),
      first: top("figure") < top('[data-test="given"]'),
    };
  });
  assert.deepEqual(there, { boxes: 0, buttons: [], set: ["Start from", "Training tokens", "Layers"], first: true });
  page.nothingWrong();
});
