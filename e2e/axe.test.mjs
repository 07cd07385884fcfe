// axe-core finds nothing: in light and dark, on a phone and a desktop, in the
// shell before the code and in the calculator.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { browse, live, plainHost } from "./lib.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser, host;
before(async () => { host = await plainHost(); browser = await browse(); });
after(async () => { await browser?.close(); host?.close(); });

const findings = async (page) => {
  await page.evaluate(axe); // through the debugger, which the page's policy does not bind
  const { violations } = await page.evaluate(() => window.axe.run());
  return violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html + " " + (n.any[0]?.message ?? "")).slice(0, 5).join(" | ")}`);
};

for (const colorScheme of ["light", "dark"]) {
  for (const width of [390, 1280]) {
    for (const state of ["shell", "live", "embed", "page=calculator;open=days", "part=serving", "part=trade", "part=bill;open=cost_collect_storage", "part=instead", "part=among", "page=systems", "page=learn", "page=accuracy", "page=sources"]) {
      test(`${state}, ${colorScheme}, ${width} px`, async (t) => {
        const context = await browser.newContext({
          colorScheme, viewport: { width, height: 800 }, serviceWorkers: "block", reducedMotion: "reduce",
        });
        t.after(() => context.close());
        if (state === "shell") await context.route("**/web/loader.js*", (r) => r.abort());
        const page = await context.newPage();
        await page.goto(host.url + (state === "embed" ? "#v1;embed=1" : state.includes("=") ? "#v1;" + state : ""));
        if (state !== "shell") await live(page);
        assert.deepEqual(await findings(page), []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `the page is ${wide} px wider than the screen`);
      });
    }
  }
}
