// Every assumption of the whole bill, in the opened number: set, given a range,
// reset, and its source looked up in the bibliography.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { browse, live, plainHost, root, watched } from "./lib.mjs";

let browser, host;
before(async () => { host = await plainHost(); browser = await browse(); });
after(async () => { await browser?.close(); host?.close(); });

test("every assumption of the bill is set, ranged and reset where it opens, and its sources are listed", async (t) => {
  const schema = JSON.parse(await readFile(path.join(root, "web/schema/scenario.json"), "utf8"));
  const fields = schema.properties.bill.properties;
  const keys = Object.keys(fields).filter((k) => !fields[k].enum && !/^(second_accelerator)$/.test(k));
  assert.ok(keys.length > 150, `${keys.length} assumptions`);

  const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 1280, height: 900 } });
  t.after(() => context.close());
  const page = await watched(context, { origins: [host.url] });
  await page.goto(host.url + "#v1;page=sources");
  await live(page);
  const listed = await page.$$eval(".bib a", (all) => all.map((a) => a.getAttribute("href")));
  assert.ok(listed.length > 100);

  // Every stage is part of it, with spare capacity and two kinds of accelerator.
  const on = keys.filter((k) => k.startsWith("with_")).map((k) => k + "=1").join(";");
  const base = `#v1;model=llama-3.1-8b;gpus=512;pay=spot;second_accelerator=a100-sxm-80;${on};part=bill`;
  const result = await page.evaluate(async ({ keys, base, listed }) => {
    const wrong = [];
    const at = (s) => document.querySelector(s);
    const until = async (what, found) => {
      const end = performance.now() + 5000;
      for (;;) {
        const v = found();
        if (v) return v;
        if (performance.now() > end) { wrong.push(what); return null; }
        await new Promise((r) => requestAnimationFrame(r));
      }
    };
    const type = (key, text) => {
      const box = at(`[data-field="work-${key}"]`);
      box.value = text;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    };
    let links = 0, ranged = 0;
    for (const key of keys) {
      const box = () => at(`[data-change-box="${key}"]`);
      // The page writes its own address a moment after a change, which may come between.
      let asked = -Infinity;
      const opened = await until(`${key} does not open`, () => {
        if (performance.now() - asked > 1000) {
          asked = performance.now();
          location.hash = `${base};open=${key}`;
        }
        return box() || at(`.work [data-change="${key}"]`);
      });
      if (!opened) continue;
      if (!box()) at(`.work [data-change="${key}"]`).click();
      if (!await until(`${key} has no box`, box)) continue;
      const input = box().querySelector("input[type=text]");
      const example = input.placeholder, was = input.value;
      const toggle = /\(1 yes, 0 no\)/.test(box().textContent);
      const [, before, digits, unit] = example.match(/^(\$?)([\d.,]+)(.*)$/) ?? [];
      const n = Number(digits.replaceAll(",", ""));
      // The page answers in the frame after: what stands there at once says nothing yet.
      const settled = async () => { for (let i = 0; i < 3; i++) await new Promise((r) => requestAnimationFrame(r)); };
      const taken = async (text) => {
        await settled();
        return until(`${key} does not take ${text}`, () => box()?.querySelector(".reset") && box().querySelector("input[type=text]").value === text && !box().querySelector("[aria-invalid]"));
      };
      type(key, toggle ? "0" : example);
      if (!await taken(toggle ? "0" : example)) continue;
      if (!toggle) {
        const whole = Number.isInteger(n) && n >= 10;
        const lo = n === 0 ? 0 : whole ? Math.floor(n * 0.9) : +(n * 0.9).toPrecision(4);
        let range = `${before}${lo}${unit} to ${before}${n === 0 ? 1 : n}${unit}`;
        type(key, range);
        await settled();
        if (box().querySelector("[aria-invalid]")) { // the example is the least that is allowed
          range = `${before}${n}${unit} to ${before}${n >= 1000 ? n + 1 : n * 2}${unit}`; // a year, or a small number
          type(key, range);
        }
        if (!await taken(range)) continue;
        ranged++;
      }
      for (const a of document.querySelectorAll('.work a[href^="http"]')) {
        links++;
        if (!listed.includes(a.getAttribute("href"))) wrong.push(`${key}: ${a.href} is not in the bibliography`);
      }
      box().querySelector(".reset").click();
      // What the link gave (a stage that is part of it) is reset too, so the case must be without it.
      if (!await until(`${key} is not reset`, () => box() && !box().querySelector(".reset"))) continue;
      if (!key.startsWith("with_")) await until(`${key} is ${box().querySelector("input[type=text]").value} after reset, was ${was}`, () => box().querySelector("input[type=text]").value === was);
      for (const a of document.querySelectorAll('.work a[href^="http"]')) {
        links++;
        if (!listed.includes(a.getAttribute("href"))) wrong.push(`${key}: ${a.href} is not in the bibliography`);
      }
    }
    return { wrong, links, ranged };
  }, { keys, base, listed });
  assert.deepEqual(result.wrong, []);
  assert.ok(result.links > 200, `${result.links} links to sources seen`);
  t.diagnostic(`${keys.length} assumptions, ${result.ranged} ranges, ${result.links} links to sources`);
  page.nothingWrong();
});
