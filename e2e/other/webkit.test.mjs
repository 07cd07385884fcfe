// WebKit (WebKitGTK's MiniBrowser, over WebDriver), where one is installed: the
// page comes alive, from a host and as the single file, and a slider moves the
// answer by its keys.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import net from "node:net";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { answered, live, plainHost, single } from "../lib.mjs";

const libs = "/usr/lib/x86_64-linux-gnu";
const binary = existsSync(libs) && readdirSync(libs).filter((d) => d.startsWith("webkit2gtk-")).sort().reverse()
  .map((d) => `${libs}/${d}/MiniBrowser`).find(existsSync);
const skip = binary && existsSync("/usr/bin/WebKitWebDriver") && existsSync("/usr/bin/Xvfb")
  ? false : "no WebKit: Debian's packages webkit2gtk-driver and xvfb are not installed";

const freePort = () => new Promise((ok) => {
  const s = net.createServer().listen(0, "127.0.0.1", () => { const { port } = s.address(); s.close(() => ok(port)); });
});

let host, children = [], call, session;
before(async () => {
  if (skip) return;
  host = await plainHost();
  const screen = ":" + (100 + process.pid % 800);
  const start = (cmd, args, env = {}) => {
    const c = spawn(cmd, args, { stdio: "ignore", env: { ...process.env, ...env } });
    children.push(c);
    return c;
  };
  start("Xvfb", [screen, "-screen", "0", "1280x900x24"]);
  const port = await freePort();
  await sleep(500);
  // Its own sandbox asks for rights that a container lacks.
  start("WebKitWebDriver", [`--port=${port}`], { DISPLAY: screen, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", LIBGL_ALWAYS_SOFTWARE: "1" });
  call = async (method, path, body) => {
    const r = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await r.json();
    if (!r.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
  for (let i = 0; ; i++) {
    try { await call("GET", "/status"); break; } catch (e) { if (i > 40) throw e; await sleep(250); }
  }
  session = (await call("POST", "/session", {
    capabilities: { alwaysMatch: { "webkitgtk:browserOptions": { binary, args: ["--automation"] } } },
  })).sessionId;
});
after(async () => {
  try { if (session) await call("DELETE", `/session/${session}`); } catch { /* it is ending anyway */ }
  for (const c of children.reverse()) c.kill();
  host?.close();
});

// The two calls that the shared helpers need.
const at = async (url) => {
  const command = (method, path, body) => call(method, `/session/${session}${path}`, body);
  await command("POST", "/url", { url });
  const evaluate = (f, arg) => command("POST", "/execute/sync", { script: `return (${f}).apply(null, arguments)`, args: arg === undefined ? [] : [arg] });
  const until = async (f, arg, timeout = 60_000) => {
    for (const end = Date.now() + timeout; ; await sleep(100)) {
      if (await evaluate(f, arg)) return;
      if (Date.now() > end) throw new Error(`waited in vain for ${f} ${arg}`);
    }
  };
  return {
    evaluate, until, command,
    waitForSelector: (s, o) => until((s) => document.querySelector(s) !== null, s, o?.timeout),
  };
};

test("WebKit loads the page, and a slider moves the answer", { skip }, async () => {
  const page = await at(host.url + "#v1;page=calculator");
  await live(page);
  const before = await answered(page);
  const found = await page.command("POST", "/element", { using: "css selector", value: 'input[type="range"]:not([disabled])' });
  const id = Object.values(found)[0];
  await page.command("POST", `/element/${id}/value`, { text: "\uE014".repeat(12) });
  await page.until((b) => document.querySelector('[data-test="answer"]').textContent !== b, before, 10_000);
  await answered(page);
});

test("WebKit opens the single file from a disk", { skip }, async () => {
  const page = await at(pathToFileURL(single).href);
  await live(page);
  await answered(page);
});
