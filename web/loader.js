// Starts the calculator inside the page's shell: storage that never throws, a
// line that says how far loading has come, the wasm, and a banner when it has
// stopped. The shell stays readable whatever happens here.
"use strict";
(() => {
  const script = document.currentScript;
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const framed = window.top !== window;
  const overHTTP = location.protocol === "http:" || location.protocol === "https:";

  // In a sandboxed frame, or a foreign one with storage blocked, touching
  // localStorage throws, and go-app touches it at start: the program would end
  // after its first frame. There, storage lasts as long as the page.
  for (const name of ["localStorage", "sessionStorage"]) {
    try {
      window[name].length;
    } catch {
      const kept = new Map();
      Object.defineProperty(window, name, {
        value: {
          get length() { return kept.size; },
          key: (i) => [...kept.keys()][i] ?? null,
          getItem: (k) => kept.get(String(k)) ?? null,
          setItem(k, v) { kept.set(String(k), String(v)); },
          removeItem(k) { kept.delete(String(k)); },
          clear() { kept.clear(); },
        },
      });
    }
  }

  // What the address asks of the frame around the calculator; the rest of the
  // fragment is the app's.
  const asked = (key) => (location.hash.match(new RegExp("[;#&]" + key + "=([^;&]*)")) || [])[1];
  const dress = () => {
    root.classList.toggle("embed", asked("embed") === "1");
    const theme = asked("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  };
  dress();
  window.addEventListener("hashchange", dress);

  // Tells the page around a frame how tall the content is (see embed.js).
  if (framed) {
    let told = 0;
    const tell = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height === told) return;
      told = height;
      window.parent.postMessage({ type: "flopbook:resize", v: 1, height }, "*");
    };
    new ResizeObserver(tell).observe(document.body);
  }

  // A broken escape in the address would end the program before it could say so.
  const mend = () => {
    if (/%(?![0-9a-f]{2})/i.test(location.hash)) {
      history.replaceState(history.state, "", location.pathname + location.search + location.hash.replace(/%(?![0-9a-f]{2})/gi, "%25"));
    }
  };
  mend();
  window.addEventListener("popstate", mend, true);

  const say = (text, part) => {
    const line = byId("loading-text"), bar = byId("loading-bar");
    if (line) line.textContent = text;
    if (bar && part !== undefined) bar.value = part;
  };
  const hide = (id, hidden) => { const e = byId(id); if (e) e.hidden = hidden; };

  // Ends the loading for good: the banner says what happened and what to do.
  let over = false;
  const stop = (text, detail) => {
    if (over) return;
    over = true;
    root.dataset.state = "stopped";
    hide("loading", true);
    hide("crash", false);
    const line = byId("crash-text"), more = byId("crash-detail");
    if (line) line.textContent = text;
    if (more && detail) { more.textContent = detail; more.hidden = false; }
  };
  byId("crash-reload")?.addEventListener("click", () => location.reload());
  byId("crash-afresh")?.addEventListener("click", () => {
    history.replaceState(null, "", location.pathname + location.search);
    location.reload();
  });

  // go-app takes the place of the shell, the first element of the body.
  const shell = document.body.firstElementChild;
  const live = new MutationObserver(() => {
    if (shell.isConnected || over) return;
    live.disconnect();
    root.dataset.state = "live";
    performance.mark("flopbook-live");
    hide("loading", true);
  });
  live.observe(document.body, { childList: true });

  // The page's own bytes, out of the data block of the single file.
  const inflated = async (block) => {
    const text = block.textContent;
    block.remove();
    const bytes = Uint8Array.fromBase64
      ? Uint8Array.fromBase64(text)
      : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  };

  // Over the network a worker fetches and compiles (see compile.js); where none
  // may start, in a sandboxed frame, the page does it.
  const address = (name) => new URL(script.dataset[name], document.baseURI).href;
  const compile = (body) => WebAssembly.compileStreaming(new Response(body, { headers: { "Content-Type": "application/wasm" } }));
  const compiledHere = async () => {
    const answer = await fetch(address("wasm"));
    if (!answer.ok) throw new Error("app.wasm: " + answer.status + " " + answer.statusText);
    return compile(answer.body);
  };
  const compiled = async () => {
    let worker;
    try { worker = new Worker(address("worker")); } catch { return compiledHere(); }
    const phone = navigator.userAgentData && matchMedia("(pointer: coarse)").matches;
    const done = new Promise((good, bad) => {
      worker.onmessage = ({ data }) => {
        if (data.module) good(data.module);
        else if (data.error) bad(data.error);
        else say("The live calculator is loading: " + data.percent + " %", data.percent);
      };
      worker.onerror = (e) => { e.preventDefault(); good(compiledHere()); };
    });
    worker.postMessage({
      wasm: address("wasm"), size: Number(script.dataset.size),
      exec: phone ? document.querySelector('script[src*="wasm_exec.js"]').src : "",
    });
    try { return await done; } finally { worker.terminate(); }
  };

  // Long work is done by the same program in a worker (see task.js): told what
  // the question is about, it says how far it is and what it found. Returns how
  // to stop it.
  const task = (module) => (kind, about, heard) => {
    const tag = byId("task-script");
    let address = tag && new URL(tag.getAttribute("src"), document.baseURI).href;
    let exec = document.querySelector('script[src*="wasm_exec.js"]')?.src;
    if (!exec) { // one file: its scripts are in the page
      const texts = [...document.scripts].map((s) => s.text);
      const parts = [texts.find((t) => t.includes("globalThis.Go")), texts.find((t) => t.includes("flopbookTask ="))];
      address = URL.createObjectURL(new Blob(parts.map((t) => t + "\n"), { type: "text/javascript" }));
      exec = "";
    }
    let worker;
    const stop = () => worker?.terminate();
    try {
      worker = new Worker(address);
    } catch (e) {
      heard({ error: String(e) });
      return stop;
    }
    worker.onmessage = ({ data }) => {
      if (data.done || data.error) stop();
      heard(data);
    };
    worker.onerror = (e) => { e.preventDefault(); stop(); heard({ error: e.message || "the worker could not start" }); };
    worker.postMessage({ module, exec, kind, about });
    return stop;
  };

  // The start page is whole without the program: links and text. There it starts
  // at the reader's first sign, or in the first long pause, so that nothing
  // holds up the first screen. Any other address wants the program at once.
  const signs = ["pointermove", "pointerdown", "touchstart", "wheel", "scroll", "keydown", "focusin", "hashchange"];
  const wanted = new Promise((done) => {
    if (location.hash.length > 1 && asked("page") !== "start") return done();
    const end = () => { for (const s of signs) removeEventListener(s, end, true); done(); };
    for (const s of signs) addEventListener(s, end, { capture: true, passive: true });
    const pause = () => setTimeout(end, 3000);
    if (document.readyState === "complete") pause(); else addEventListener("load", pause);
  });

  const start = async () => {
    const block = byId("app-wasm");
    if (typeof WebAssembly !== "object" || typeof Go !== "function" ||
        typeof TransformStream !== "function" || (block && typeof DecompressionStream !== "function")) {
      stop("This browser is too old for the live calculator; the page below stays readable. Any Firefox, Chrome, Edge or Safari of 2023 or later will do.");
      return;
    }
    root.dataset.state = "loading";
    hide("loading", false);
    let program;
    const go = new Go();
    try {
      const module = await (block ? inflated(block).then(compile) : compiled());
      hide("loading", true);
      globalThis.flopbook = Object.assign(globalThis.flopbook || {}, { task: task(module) });
      await wanted;
      hide("loading", false);
      say("The live calculator is starting.", 100);
      program = await WebAssembly.instantiate(module, go.importObject);
    } catch (e) {
      stop("The live calculator could not be loaded; the page below stays readable. Check the connection, then reload.", String(e));
      return;
    }

    // A Go program that panics just ends; what it wrote last says why.
    const lines = [];
    const write = globalThis.fs.writeSync, decoder = new TextDecoder();
    globalThis.fs.writeSync = (fd, bytes) => {
      lines.push(decoder.decode(bytes));
      if (lines.length > 200) lines.shift();
      return write(fd, bytes);
    };
    const ended = (e) => {
      const text = lines.join("");
      const at = text.indexOf("panic:");
      stop("The calculator has stopped, which is our mistake. Your case is kept in the address: reload to go on with it.",
        (at < 0 ? "" : text.slice(at, at + 600)) || (e ? String(e) : ""));
    };
    go.run(program).then(() => ended(), ended);
  };

  // Keeps the site for use without a network. A new version waits until the
  // reader asks for it or has closed the page: figures never change under their hands.
  const keep = async () => {
    if (!overHTTP || framed || !("serviceWorker" in navigator) || byId("app-wasm")) return;
    try {
      const reg = await navigator.serviceWorker.register(new URL("sw.js", document.baseURI));
      const offer = () => {
        if (!reg.waiting || !navigator.serviceWorker.controller) return;
        hide("update", false);
        byId("update-now")?.addEventListener("click", () => {
          navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
          reg.waiting?.postMessage("flopbook:take-over");
        }, { once: true });
      };
      offer();
      reg.addEventListener("updatefound", () => {
        reg.installing?.addEventListener("statechange", offer);
      });
    } catch (e) {
      console.info("Flopbook will not be kept for offline use here:", String(e));
    }
  };

  start();
  // After loading, so that keeping does not compete with the first visit.
  if (document.readyState === "complete") keep(); else window.addEventListener("load", keep);
})();
