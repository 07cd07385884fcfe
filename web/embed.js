// A live Flopbook figure in any page:
//
//   <script src="https://HOST/embed.js" async></script>
//   <flopbook-figure case="#v1;model=llama-3-8b" title="Training Llama 3 8B"></flopbook-figure>
//
// It makes an iframe and fits its height to the content; nothing else. A plain
// iframe of the same address works too, and is fitted if it has the attribute
// data-flopbook.
"use strict";
(() => {
  const home = new URL("./", document.currentScript.src);
  const frames = new Set();

  const fit = (event) => {
    const said = event.data;
    if (!said || said.type !== "flopbook:resize" || said.v !== 1) return;
    const height = Number(said.height);
    if (!(height > 0 && height < 20000)) return;
    const all = [...frames, ...document.querySelectorAll("iframe[data-flopbook]")];
    const frame = all.find((f) => f.contentWindow === event.source);
    if (frame) frame.style.height = height + "px";
  };
  window.addEventListener("message", fit);

  customElements.define("flopbook-figure", class extends HTMLElement {
    static observedAttributes = ["case", "theme", "title"];

    connectedCallback() {
      if (!this.frame) {
        const frame = document.createElement("iframe");
        frame.loading = "lazy";
        frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-downloads");
        frame.setAttribute("allow", "clipboard-write");
        Object.assign(frame.style, { width: "100%", border: "0", display: "block", height: "480px" });
        this.style.display = "block";
        this.frame = frame;
        this.append(frame);
      }
      frames.add(this.frame);
      this.show();
    }

    disconnectedCallback() {
      frames.delete(this.frame);
    }

    attributeChangedCallback() {
      if (this.frame) this.show();
    }

    show() {
      let fragment = (this.getAttribute("case") || "#v1").replace(/^#?/, "#");
      if (!/[;#]embed=1(;|$)/.test(fragment)) fragment += ";embed=1";
      const theme = this.getAttribute("theme");
      if (theme) fragment += ";theme=" + encodeURIComponent(theme);
      this.frame.title = this.getAttribute("title") || "Flopbook figure";
      const address = new URL(fragment, home).href;
      if (this.frame.src !== address) this.frame.src = address;
    }
  });
})();
