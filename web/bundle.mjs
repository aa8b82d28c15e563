// Builds what a browser loads: hashed scripts and styles, their manifest, and compressed twins (docs/decisions).
//
//   node bundle.mjs ship OUT BUILD    app.js and worker.js in parts, audit.js, app.css, icons; whole catalogues and domain.json lie in OUT already
//   node bundle.mjs test OUT          vectors.js and recount.js, which only tests load
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const WEB = dirname(fileURLToPath(import.meta.url));
// In parts, and where in the manifest those parts stand; the page's own are the ones that its shell preloads.
const IN_PARTS = [
  { name: "app", entry: "src/main.tsx", place: "" },
  { name: "worker", entry: "src/worker/main.ts", place: "worker-" },
];
const SHIPPED = { "audit.js": "src/audit/main.ts" };
const TESTED = { "vectors.js": "src/vectors.ts", "recount.js": "src/recount.ts" };
const STYLES_FIRST = ["tokens.css", "base.css", "layout.css", "parts.css"]; // later files may rely on earlier ones
const STYLES_LAST = ["print.css"];
const PARTS = "globalThis.__parts"; // where a program finds what it fetches later
const COMPRESSED = new Set([".js", ".css", ".json", ".svg"]);

const options = {
  absWorkingDir: WEB,
  bundle: true,
  format: "esm",
  target: ["es2024", "chrome140", "firefox140", "safari18"],
  jsx: "automatic",
  jsxImportSource: "preact",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  write: false,
};

/** The sources of which something stands in an output, dead code left out. */
const sourcesOf = ({ inputs }) => Object.keys(inputs).filter((source) => inputs[source].bytesInOutput > 0);

/** One entry file, bundled by itself, as bytes, and its sources. */
async function script(entry, more) {
  const { outputFiles, metafile } = await build({ ...options, ...more, entryPoints: [entry], outdir: "out", metafile: true });
  return { contents: outputFiles[0].contents, sources: Object.values(metafile.outputs).flatMap(sourcesOf) };
}

/**
 * A program in parts, each under the hash of its content: the entry, what it needs at once (`first/`) and what it fetches when
 * somebody goes there (`later/`). A part is named after the parts it needs at once are, so a changed part changes the names above
 * it. What it fetches later it finds in the table at the head of the entry: a part may lead to one that needs it.
 * `soon` and `late` are the sources of the two kinds.
 */
async function parts({ name: program, entry, place }, more) {
  const { outputFiles, metafile } = await build({
    ...options,
    ...more,
    entryPoints: [{ in: entry, out: program }],
    outdir: "out",
    splitting: true,
    metafile: true,
  });
  const texts = new Map(outputFiles.map((file) => [basename(file.path), file.text]));
  const imported = (name, kind) =>
    metafile.outputs[`out/${name}`].imports
      .filter((each) => !each.external && each.kind === kind)
      .map((each) => basename(each.path));
  const atOnce = (name) => imported(name, "import-statement");
  const goneTo = (name) => imported(name, "dynamic-import");
  const plain = (name) => name.replace(/-[0-9A-Z]+\.js$/, "");
  const whole = `${program}.js`;
  const first = new Set([whole]);
  for (const name of first) for (const other of atOnce(name)) first.add(other);
  const table = [...new Set([...texts.keys()].flatMap(goneTo))].sort();
  if (new Set(table.map(plain)).size < table.length) throw new Error(`bundle: two parts of ${whole} that are fetched later bear one name`);
  const named = new Map();
  while (named.size < texts.size) {
    const left = [...texts.keys()].filter((name) => !named.has(name));
    const ready = left.filter((name) => (name === whole ? left.length === 1 : atOnce(name).every((other) => named.has(other))));
    if (ready.length === 0) throw new Error(`bundle: ${left.join(", ")} need each other`);
    for (const name of ready) {
      let text = texts.get(name);
      for (const other of goneTo(name)) text = text.replaceAll(`import("./${other}")`, `import(${PARTS}[${JSON.stringify(plain(other))}])`);
      for (const other of atOnce(name)) text = text.replaceAll(`./${other}`, `./${named.get(other).file}`);
      if (name === whole && table.length > 0) {
        text = `${PARTS}=${JSON.stringify(Object.fromEntries(table.map((other) => [plain(other), `./${named.get(other).file}`])))};${text}`;
      }
      const contents = Buffer.from(text);
      const file = hashed(name === whole ? name : `${plain(name)}.js`, contents);
      named.set(name, { file, contents, listed: name === whole ? whole : `${place}${first.has(name) ? "first" : "later"}/${file}` });
    }
  }
  const sources = (wanted) => [...texts.keys()].filter((name) => first.has(name) === wanted).flatMap((name) => sourcesOf(metafile.outputs[`out/${name}`]));
  return { files: [...named.values()], soon: sources(true), late: sources(false) };
}

/** The scripts' own texts as one, in which a message stands as the literal that t() is given. */
function wordsIn(sources) {
  const own = [...new Set(sources)].filter((source) => source.startsWith("src/"));
  return own.map((source) => readFileSync(join(WEB, source), "utf8")).join("\n");
}

/**
 * Cuts each whole catalogue in OUT/locale: what the first load says stays, what else a script says goes beside it as LANGUAGE-more,
 * which is fetched with the first part that comes later (src/ui/words.ts), and what no script says is dropped.
 */
function cutCatalogues(out, soon, late) {
  const folder = join(out, "locale");
  const texts = { "": wordsIn(soon), "-more": wordsIn(late) };
  for (const name of readdirSync(folder)) {
    const cut = { "": {}, "-more": {} };
    for (const [key, said] of Object.entries(JSON.parse(readFileSync(join(folder, name), "utf8")))) {
      const literal = JSON.stringify(key.slice(key.indexOf("\u0004") + 1));
      const place = Object.keys(texts).find((each) => texts[each].includes(literal));
      if (place !== undefined) cut[place][key] = said;
    }
    for (const [place, messages] of Object.entries(cut)) writeFileSync(join(folder, `${basename(name, ".json")}${place}.json`), JSON.stringify(messages));
  }
}

/** All style sheets in their order as one. */
async function styles() {
  const folder = join(WEB, "styles");
  const found = readdirSync(folder).filter((name) => name.endsWith(".css")).sort();
  const middle = found.filter((name) => !STYLES_FIRST.includes(name) && !STYLES_LAST.includes(name));
  const ordered = [...STYLES_FIRST, ...middle, ...STYLES_LAST].filter((name) => found.includes(name));
  const { outputFiles } = await build({
    ...options,
    minify: true,
    outdir: "out",
    stdin: { contents: ordered.map((name) => `@import "./${name}";`).join("\n"), loader: "css", resolveDir: folder },
    external: ["/static/*"],
    loader: { ".svg": "dataurl" },
  });
  return outputFiles[0].contents;
}

function hashed(name, contents) {
  const digest = createHash("sha256").update(contents).digest("hex").slice(0, 10);
  const extension = extname(name);
  return `${basename(name, extension)}-${digest}${extension}`;
}

/** Writes one file and, where it is worth it, its compressed twins that the server answers with. */
function put(out, name, contents) {
  writeFileSync(join(out, name), contents);
  if (!COMPRESSED.has(extname(name))) return;
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(join(out, `${name}.br`), brotliCompressSync(contents, { params: quality }));
  writeFileSync(join(out, `${name}.gz`), gzipSync(contents, { level: constants.Z_BEST_COMPRESSION }));
}

async function ship(out, buildHash) {
  const manifest = {};
  const keep = (name, contents) => {
    manifest[name] = hashed(name, contents);
    put(out, manifest[name], contents);
  };
  const built = { minify: true, define: { __BUILD__: JSON.stringify(buildHash) } };
  const [soon, late] = [[], []];
  for (const program of IN_PARTS) {
    const made = await parts(program, built);
    soon.push(...made.soon);
    late.push(...made.late);
    for (const { file, contents, listed } of made.files) {
      manifest[listed] = file;
      put(out, file, contents);
    }
  }
  for (const [name, entry] of Object.entries(SHIPPED)) {
    const { contents, sources } = await script(entry, built);
    late.push(...sources);
    keep(name, contents);
  }
  cutCatalogues(out, soon, late);
  keep("app.css", await styles());
  for (const name of readdirSync(out).filter((each) => /^domain(?:-more)?-[0-9a-f]+\.json$/.test(each))) {
    manifest[name.startsWith("domain-more") ? "domain-more.json" : "domain.json"] = name; // build.py wrote it, under the hash of its content
    put(out, name, readFileSync(join(out, name)));
  }
  for (const folder of ["locale", "icons"]) {
    const from = folder === "locale" ? join(out, "locale") : join(WEB, folder);
    for (const name of readdirSync(from).sort()) {
      const contents = readFileSync(join(from, name));
      manifest[`${folder}/${name}`] = hashed(name, contents);
      put(out, manifest[`${folder}/${name}`], contents);
    }
  }
  rmSync(join(out, "locale"), { recursive: true, force: true });
  writeFileSync(join(out, "manifest.json"), `${JSON.stringify({ build: buildHash, ...manifest }, null, 2)}\n`);
}

async function test(out) {
  for (const [name, entry] of Object.entries(TESTED)) {
    const { contents } = await script(entry, { sourcemap: "inline", define: { __BUILD__: '"test"' } });
    writeFileSync(join(out, name), contents);
  }
}

const [what, out, buildHash] = process.argv.slice(2);
mkdirSync(out, { recursive: true });
try {
  if (what === "ship") await ship(out, buildHash);
  else if (what === "test") await test(out);
  else throw new Error(`bundle.mjs: ship or test, not ${what}`);
} catch (error) {
  if (!("errors" in error)) throw error; // esbuild has printed its own already
  process.exitCode = 1;
}
