// Draws charts that are written down as data into SVG files, with the page's
// own script, for a shell that shows them before any code has loaded. Colours
// stay custom properties of the page, so the pictures follow its theme.
//
//   node pictures.mjs [--check] [--width 720,340] IN_FOLDER OUT_FOLDER
//
// IN_FOLDER/NAME.json becomes OUT_FOLDER/NAME.svg; with several widths,
// NAME-720.svg and NAME-340.svg. Same input, same bytes. --check writes
// nothing and fails when a file there differs.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { parseHTML } from "linkedom";

const web = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../web");

// The two scripts of the page, run on a document without a browser.
export async function load() {
  const { document } = parseHTML("<!doctype html><html><head></head><body></body></html>");
  const context = vm.createContext({ document, console });
  for (const file of ["vendor/plot.js", "charts.js"]) {
    vm.runInContext(await readFile(path.join(web, file), "utf8"), context, { filename: file });
  }
  return context.flopbook;
}

async function main(argv) {
  let check = false, widths = [720];
  const folders = [];
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === "--check") check = true;
    else if (argv[i] === "--width") widths = argv[++i].split(",").map(Number);
    else folders.push(argv[i]);
  }
  const [from, to] = folders;
  if (!from || !to || !widths.every((w) => w >= 200 && w <= 4000)) {
    console.error("usage: node pictures.mjs [--check] [--width 720,340] IN_FOLDER OUT_FOLDER");
    return 2;
  }
  const flopbook = await load();
  let stale = 0, count = 0;
  if (!check) await mkdir(to, { recursive: true });
  for (const name of (await readdir(from)).filter((f) => f.endsWith(".json")).sort()) {
    const json = await readFile(path.join(from, name), "utf8");
    for (const width of widths) {
      const svg = flopbook.chartSVG(json, { theme: null, bare: true, width }) + "\n";
      const file = path.join(to, name.replace(/\.json$/, widths.length > 1 ? `-${width}.svg` : ".svg"));
      count++;
      if (!check) await writeFile(file, svg);
      else if ((await readFile(file, "utf8").catch(() => "")) !== svg) {
        stale++;
        console.error(`${file} is stale`);
      }
    }
  }
  console.log(`${count} pictures${check ? `, ${stale} stale` : ""}`);
  return stale ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(await main(process.argv.slice(2)));
