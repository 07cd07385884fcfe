// Fetches and compiles the program away from the thread that the reader
// scrolls with, and hands the compiled module to the page. On phones with
// Chromium it is run here once too: Chromium compiles each function at its
// first call, which at the start means four fifths of the time; compiled code
// belongs to the module, not to the thread. Whatever goes wrong in that run
// costs only its gain.
"use strict";

// A document that agrees to everything. What the program reads as a number or
// a truth must be one.
const plain = { length: 0, matches: false, [Symbol.toPrimitive]: () => "" };
const anything = new Proxy(function () {}, {
  get: (_, key) => key in plain ? plain[key] : anything,
  set: () => true,
  apply: () => anything,
  construct: () => anything,
  has: () => true,
  defineProperty: () => true,
});

const warm = async (module, exec) => {
  try {
    importScripts(exec);
    for (const name of ["document", "history", "localStorage", "sessionStorage", "addEventListener", "matchMedia", "flopbook"]) {
      try { Object.defineProperty(self, name, { value: anything, writable: true }); } catch { /* then its own */ }
    }
    globalThis.fs.writeSync = (_, bytes) => bytes.length;
    for (const name of ["log", "error", "warn", "info"]) console[name] = () => {};
    const go = new Go();
    go.exit = () => {};
    go.run(await WebAssembly.instantiate(module, go.importObject)).catch(() => {});
  } catch { /* no gain */ }
  // The start reads its tables one at a time, then draws in frames of 8 ms.
  await new Promise((done) => setTimeout(done, 120));
};

onmessage = async ({ data: { wasm, size, exec } }) => {
  try {
    const answer = await fetch(wasm);
    if (!answer.ok) throw new Error("app.wasm: " + answer.status + " " + answer.statusText);
    let got = 0, shown = -1;
    // The size is the build's: Content-Length counts compressed bytes, the stream inflated ones.
    const counted = answer.body.pipeThrough(new TransformStream({
      transform(chunk, out) {
        got += chunk.length;
        const percent = size ? Math.min(100, Math.floor(100 * got / size)) : 0;
        if (percent !== shown) postMessage({ percent: shown = percent });
        out.enqueue(chunk);
      },
    }));
    const module = await WebAssembly.compileStreaming(new Response(counted, { headers: { "Content-Type": "application/wasm" } }));
    if (exec) await warm(module, exec);
    postMessage({ module });
  } catch (e) {
    postMessage({ error: String(e) });
  }
};
