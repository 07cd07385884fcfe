// Makes web/vendor/plot.js, the part of Observable Plot that the charts use,
// and the licence texts beside it.
//
//   node build.mjs           writes them
//   node build.mjs --check   makes them again and fails when the committed ones differ
import { readFile, writeFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, "../../web/vendor");
const modules = path.join(here, "node_modules");

// Each cut names the file, what stands there and what replaces it. A cut that
// does not match exactly once stops the build: a new Plot needs a new look.
const cuts = [
  {
    // A <style> element is refused by a policy without 'unsafe-inline'.
    // Its rules that matter here are in web/charts.css.
    file: "plot.js",
    from: /\.call\(\(svg\) =>\s*\/\/ Warning: if you edit this, change defaultClassName\.\s*svg\.append\("style"\)\.text\(\s*`[^`]*`\s*\)\s*\)/,
    to: "",
  },
  { file: "plot.js", from: /creator, geoPath, select/, to: "creator, select" },
  { file: "plot.js", from: /return geoPath\([^;]*\);/, to: 'throw new Error("maps are not in this bundle");' },
];

// Parts of Plot that plot() refers to but no chart of ours reaches: legends
// (they too write <style>), colour scales, maps, tips and the pointer.
const never = (name) => `export const ${name} = () => { throw new Error("${name} is not in this bundle"); };\n`;
const stubs = {
  "legends.js": "export const createLegends = () => [];\nexport const exposeLegends = () => () => undefined;\n",
  "projection.js":
    "export const createProjection = () => undefined;\n" +
    "export const hasProjection = () => false;\n" +
    "export const project = () => {};\n" +
    "export const projectionAspectRatio = () => undefined;\n" +
    never("xyProjection") +
    "export const getGeometryChannels = () => [];\n",
  "scales/schemes.js":
    never("ordinalScheme") +
    never("ordinalRange") +
    never("quantitativeScheme") +
    "export const maybeBooleanRange = () => undefined;\n" +
    "export const isCategoricalScheme = () => false;\n" +
    "export const isDivergingScheme = () => false;\n",
  "marks/tip.js": never("tip"),
  "interactions/pointer.js": never("pointer") + never("pointerX") + never("pointerY"),
};

const trim = {
  name: "trim-plot",
  setup(build) {
    const src = path.join(modules, "@observablehq/plot/src");
    const applied = new Map(cuts.map((cut) => [cut, 0]));
    build.onLoad({ filter: /@observablehq[\\/]plot[\\/]src[\\/].*\.js$/ }, async ({ path: file }) => {
      const name = path.relative(src, file).split(path.sep).join("/");
      if (name in stubs) return { contents: stubs[name], loader: "js" };
      let contents = await readFile(file, "utf8");
      for (const cut of cuts) {
        if (cut.file !== name) continue;
        const before = contents;
        contents = contents.replace(cut.from, cut.to);
        if (contents !== before) applied.set(cut, applied.get(cut) + 1);
      }
      return { contents, loader: "js" };
    });
    build.onEnd(() => {
      const missed = [...applied].filter(([, n]) => n !== 1).map(([cut]) => cut.file);
      if (missed.length) throw new Error(`the cut in ${missed.join(", ")} no longer matches Plot's source`);
    });
  },
};

const version = async (name) => JSON.parse(await readFile(path.join(modules, name, "package.json"), "utf8")).version;

async function make() {
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: ["entry.js"],
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "Plot",
    target: ["es2020"],
    charset: "utf8",
    legalComments: "none",
    write: false,
    metafile: true,
    logLevel: "warning",
    plugins: [trim],
    banner: {
      js: `/* Observable Plot ${await version("@observablehq/plot")}, trimmed, with the parts of D3 it needs; licences: LICENSES.txt */`,
    },
  });
  const code = result.outputFiles[0].text;
  if (/createElement\("style"\)|append\("style"\)|insert\("style"/.test(code)) throw new Error("the bundle still writes a <style> element");

  // Only packages with bytes in the bundle are named.
  const used = new Set();
  for (const [file, part] of Object.entries(Object.values(result.metafile.outputs)[0].inputs)) {
    const match = file.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (match && part.bytesInOutput > 0) used.add(match[1]);
  }
  let licences = "plot.js is made of the packages below, each under the licence that follows its name.\n";
  const list = [];
  for (const name of [...used].sort()) {
    const manifest = JSON.parse(await readFile(path.join(modules, name, "package.json"), "utf8"));
    list.push(`${name} ${manifest.version}`);
    let text = "";
    for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt"]) {
      try {
        text = await readFile(path.join(modules, name, file), "utf8");
        break;
      } catch {}
    }
    if (!text) throw new Error(`${name} has no licence file`);
    licences += `\n${"=".repeat(72)}\n${name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`;
  }
  return { files: { "plot.js": code, "LICENSES.txt": licences }, list };
}

const { files, list } = await make();
const check = process.argv.includes("--check");
let stale = false;
await mkdir(out, { recursive: true });
for (const [name, text] of Object.entries(files)) {
  const file = path.join(out, name);
  if (check) {
    const old = await readFile(file, "utf8").catch(() => "");
    if (old !== text) {
      stale = true;
      console.error(`web/vendor/${name} is stale: run node e2e/vendor/build.mjs`);
    }
  } else {
    await writeFile(file, text);
  }
}
if (!check) console.log(list.join("\n"));
const bytes = Buffer.from(files["plot.js"]);
console.log(`plot.js: ${bytes.length} bytes, brotli ${brotliCompressSync(bytes).length}${check && !stale ? ", as committed" : ""}`);
process.exit(stale ? 1 : 0);
