// Chromium compiles each function of the program at its first call, which at
// the start means four fifths of the time, on the thread that the reader
// scrolls with. Compiled code belongs to the module, not to the thread: run
// once here, in a worker, against a document that agrees to everything, the
// program starts on the page in a fifth of the time. Whatever goes wrong here
// costs only that gain.
"use strict";
importScripts(new URL(location.search.slice(1), location.href));

// What the program reads as a number or a truth must be one.
const plain = { length: 0, matches: false, [Symbol.toPrimitive]: () => "" };
const anything = new Proxy(function () {}, {
  get: (_, key) => key in plain ? plain[key] : anything,
  set: () => true,
  apply: () => anything,
  construct: () => anything,
  has: () => true,
  defineProperty: () => true,
});
for (const name of ["document", "history", "localStorage", "sessionStorage", "addEventListener", "matchMedia", "flopbook"]) {
  try { Object.defineProperty(self, name, { value: anything, writable: true }); } catch { /* then its own */ }
}
globalThis.fs.writeSync = (_, bytes) => bytes.length;
for (const name of ["log", "error", "warn", "info"]) console[name] = () => {};

onmessage = async ({ data }) => {
  try {
    const go = new Go();
    go.exit = () => {};
    go.run(await WebAssembly.instantiate(data, go.importObject)).catch(() => {});
  } catch { /* no gain */ }
  // The start reads its tables one at a time, then draws in frames of 8 ms.
  setTimeout(() => postMessage("warm"), 120);
};
