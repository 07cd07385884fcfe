// Keeps one version of the site for use without a network. The build writes
// the version and the list of files; a new version is fetched whole beside the
// old one and takes over when no page uses the old one any more, or when the
// reader asks for it.
"use strict";
/* begin:build */
const VERSION = "unbuilt";
const FILES = ["index.html"];
/* end:build */

// Caches belong to the whole origin, on which other copies may live.
const SCOPE = new URL(self.registration.scope).pathname;
const PREFIX = "flopbook " + SCOPE + " ";
const NAME = PREFIX + VERSION;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(NAME);
    await Promise.all(FILES.map(async (file) => {
      // A versioned address may come out of the browser's own cache; any other is asked for again.
      const request = new Request(file, { cache: file.includes("?v=") ? "default" : "no-cache" });
      const answer = await fetch(request);
      if (!answer.ok) throw new Error(file + ": " + answer.status);
      await cache.put(request, answer);
    }));
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
    }
    // The first page must be able to open its later parts offline too.
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "flopbook:take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !url.pathname.startsWith(SCOPE)) return;
  event.respondWith((async () => {
    const cache = await caches.open(NAME);
    const path = url.pathname === SCOPE ? SCOPE + "index.html" : url.pathname;
    return (await cache.match(path, { ignoreSearch: true, ignoreVary: true })) ?? fetch(event.request);
  })());
});
