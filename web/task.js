// Long work off the reader's thread: a worker that runs the page's own compiled
// program on one question and sends back what it says. In the one-file book
// this text stands in the page, where it only waits to be copied into a worker.
"use strict";
if (typeof WorkerGlobalScope !== "undefined" && !("document" in globalThis)) {
  onmessage = async ({ data: { module, exec, kind, about } }) => {
    try {
      if (exec) importScripts(exec);
      globalThis.flopbookTask = {
        kind, about,
        tell: (share, text) => postMessage({ share, text }),
        answer: (text) => postMessage({ text, done: true }),
      };
      const go = new Go();
      await go.run(await WebAssembly.instantiate(module, go.importObject));
    } catch (e) {
      postMessage({ error: String(e) });
    }
  };
}
