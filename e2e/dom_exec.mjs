#!/usr/bin/env node
// Runs a test binary for the browser on a real DOM:
//   GOOS=js GOARCH=wasm go test -exec e2e/dom_exec.mjs ./app/view
// Chromium opens an empty page, starts the binary in it, and what the test
// prints comes out here.
import { readFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { browse, root } from "./lib.mjs";

const [binary, ...args] = process.argv.slice(2);

// The body has one element, because go-app takes the place of the first.
const page = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>test</title><body><div></div><script src="wasm_exec.js"></script></body></html>';
const server = http.createServer(async (req, res) => {
  const send = (type, body) => { res.writeHead(200, { "Content-Type": type }); res.end(body); };
  const { pathname } = new URL(req.url, "http://x");
  switch (pathname) {
    case "/": return send("text/html", page);
    case "/wasm_exec.js": return send("text/javascript", await readFile(path.join(root, "wasm_exec.js")));
    case "/test.wasm": return send("application/wasm", await readFile(binary));
  }
  // The charts' scripts, for tests that draw.
  if (/^\/web\/[\w/.-]+\.js$/.test(pathname)) {
    try { return send("text/javascript", await readFile(path.join(root, pathname))); } catch { /* not found below */ }
  }
  res.writeHead(404);
  res.end();
});
await new Promise((ok) => server.listen(0, "127.0.0.1", ok));

const browser = await browse();
let code = 1;
try {
  const tab = await browser.newPage();
  tab.on("pageerror", (e) => process.stderr.write(e.message + "\n"));
  await tab.exposeFunction("testWrote", (fd, text) => { (fd === 2 ? process.stderr : process.stdout).write(text); });
  await tab.goto(`http://127.0.0.1:${server.address().port}/`);
  code = await tab.evaluate(async ({ args, env }) => {
    const told = [], decoder = new TextDecoder();
    globalThis.fs.writeSync = (fd, bytes) => {
      told.push(window.testWrote(fd, decoder.decode(bytes, { stream: true })));
      return bytes.length;
    };
    // No files here: whoever looks for one (a fuzz target for its seeds) must
    // learn that there is none, rather than that there is no file system.
    globalThis.fs.constants.O_DIRECTORY = 1 << 16;
    globalThis.fs.open = (name, flags, mode, done) => done(Object.assign(new Error("no file " + name), { code: "ENOENT" }));
    const go = new Go();
    go.argv = ["test", ...args];
    go.env = env;
    let code = 0;
    go.exit = (c) => { code = c; };
    const { instance } = await WebAssembly.instantiateStreaming(fetch("test.wasm"), go.importObject);
    await go.run(instance);
    await Promise.all(told);
    return code;
  }, { args, env: { TZ: "UTC" } });
} catch (e) {
  process.stderr.write(String(e) + "\n");
} finally {
  await browser.close();
  server.close();
}
process.exitCode = code;
