// Bundles the package. `node build.mjs OUT` takes texts.json, glue/panel.js, panel_bg.wasm and names.json from OUT, runs the
// tests that need no browser, and puts into OUT
//   npm/   the files of the package, with relative imports only
//   site/  what a backend serves under /embed/: the loader, a folder that never changes, and the integrity of both
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2]);
const source = (name) => join(here, 'src', name);
const npm = join(out, 'npm');
const site = join(out, 'site');
const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const hash = (algorithm, bytes, encoding) => createHash(algorithm).update(bytes).digest(encoding);

const languages = JSON.parse(readFileSync(join(out, 'texts.json'), 'utf8'));
writeTexts(languages);
rmSync(npm, { recursive: true, force: true });
rmSync(site, { recursive: true, force: true });
const panelCss = await panelStyle();
const glue = await shortGlue();
await test();

// The bundles meet at run time, so that private names have to be the same in all of them.
let mangleCache = {};
await bundle('dingtalk-qr.js', 'auto.ts', { prefix: './' });
await bundle('index.js', 'index.ts', { isBrowser: false });
await bundle('panel.js', 'panel.ts');
await bundle('plain.js', 'plain.ts');
await bundle('reveal.js', 'reveal.ts');
for (const language of Object.keys(languages)) await bundle(`texts/${language}.js`, `texts/${language}.ts`);
writeFileSync(join(npm, 'define.js'), "import { define } from './index.js';\ndefine();\n");
writeFileSync(join(npm, 'panel.css'), panelCss);
copyFileSync(join(out, 'panel_bg.wasm'), join(npm, 'panel_bg.wasm'));
await declarations();

const folder = `v${version}-${hash('sha256', files(npm).map((file) => file + hash('sha256', readFileSync(join(npm, file)), 'hex')).join(), 'hex').slice(0, 8)}`;
cpSync(npm, join(site, folder), { recursive: true });
await bundle('dingtalk-qr.js', 'auto.ts', { prefix: `./${folder}/`, directory: site });
const integrity = files(site)
  .filter((file) => /\.(js|css|wasm)$/.test(file))
  .map((file) => [file, `sha384-${hash('sha384', readFileSync(join(site, file)), 'base64')}`]);
writeFileSync(join(site, 'integrity.json'), JSON.stringify({ version, files: Object.fromEntries(integrity) }, null, 2) + '\n');

/** Runs what needs no browser. */
async function test() {
  const file = join(out, 'package.test.mjs');
  await esbuild.build({
    entryPoints: [join(here, 'tests/package.test.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    define: { BROWSER: 'false' },
    loader: { '.css': 'text' },
    external: ['./panel.js', './texts/*'],
  });
  execFileSync(process.execPath, ['--test', '--test-reporter=dot', file], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** One module for each language, and the interface of their keys. */
function writeTexts(languages) {
  mkdirSync(source('texts'), { recursive: true });
  const keys = Object.keys(languages.en);
  const lines = keys.map((key) => `  /** ${languages.en[key].replace(/\*\//g, '')} */\n  ${key}: string;`);
  writeFileSync(source('texts.ts'), `/** Every text of the panel, with the English one. */\nexport interface Texts {\n${lines.join('\n')}\n}\n`);
  for (const [language, texts] of Object.entries(languages)) {
    if (Object.keys(texts).join() != keys.join()) throw new Error(`${language} has other texts than English, or in another order`);
    const module = `import type { Texts } from "../texts.js";\n\nconst texts: Texts = ${JSON.stringify(texts, null, 2)};\nexport default texts;\n`;
    writeFileSync(source(`texts/${language}.ts`), module);
  }
}

/** What wasm-bindgen wrote, with the short names that wasm-opt gave to what passes between script and module, and without advice. */
async function shortGlue() {
  const names = JSON.parse(readFileSync(join(out, 'names.json'), 'utf8'));
  const shortOf = (list) => Object.fromEntries(list.map((names) => names.slice(-2)));
  const [imports, exports] = [shortOf(names.imports), shortOf(names.exports)];
  const rename = (short) => (whole, before, name, after) => {
    if (!(name in short)) throw new Error(`the module has no ${name}`);
    return before + short[name] + after;
  };
  const glue = readFileSync(join(out, 'glue/panel.js'), 'utf8')
    .replace(/(\bwasm\.)(\w+)()/g, rename(exports))
    .replace(/^(\s+)(__wb\w+)(: function)/gm, rename(imports))
    .replace('"./panel_bg.js": import0', 'a: import0');
  // Its advice is for those who write glue.
  return (await esbuild.transform(glue, { drop: ['console'] })).code;
}

async function minify(css) {
  const { code } = await esbuild.transform(css, { loader: 'css', minify: true });
  return code.trim();
}

async function panelStyle() {
  const style = readFileSync(join(here, '../src/style.css'), 'utf8');
  return minify(style + readFileSync(source('element.css'), 'utf8'));
}

/** Bundles one entry. The loader has its files in the folder `prefix`, and asks for texts by name, as nobody bundles it. */
async function bundle(file, entry, { prefix, isBrowser = true, directory = npm } = {}) {
  const parts = {
    name: 'parts',
    setup(build) {
      build.onResolve({ filter: /^\.\/(panel|plain|reveal|texts\/.+)\.js$/ }, ({ kind, path }) =>
        kind == 'dynamic-import' ? { path: (prefix ?? './') + path.slice(2), external: true } : undefined,
      );
      build.onResolve({ filter: /^panel-glue$/ }, () => ({ path: 'panel-glue', namespace: 'glue' }));
      build.onLoad({ filter: /.*/, namespace: 'glue' }, () => ({ contents: glue, loader: 'js' }));
      if (prefix) build.onResolve({ filter: /^\.\/texts-of\.js$/ }, () => ({ path: source('texts-by-name.ts') }));
      build.onResolve({ filter: /panel\.css$/ }, () => ({ path: 'panel.css', namespace: 'style' }));
      build.onLoad({ filter: /.*/, namespace: 'style' }, () => ({ contents: panelCss, loader: 'text' }));
      build.onLoad({ filter: /\.css$/ }, async ({ path }) => ({ contents: await minify(readFileSync(path, 'utf8')), loader: 'text' }));
    },
  };
  const result = await esbuild.build({
    entryPoints: [source(entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    define: { BROWSER: String(isBrowser) },
    // Neither wasm-bindgen's own names, which begin with two of them, nor wasm-opt's short ones.
    mangleProps: /^_[a-z]{3}/,
    mangleCache,
    plugins: [parts],
    write: false,
  });
  mangleCache = result.mangleCache;
  let [{ text }] = result.outputFiles;
  if (prefix) text = text.replace('`@/', '`' + prefix).replace('"./panel_bg.wasm"', `"${prefix}panel_bg.wasm"`);
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
}

async function declarations() {
  const types = join(out, 'types');
  rmSync(types, { recursive: true, force: true });
  execFileSync(join(here, 'node_modules/.bin/tsc'), ['-p', join(here, 'tests')], { stdio: 'inherit' });
  execFileSync(join(here, 'node_modules/.bin/tsc'), ['-p', here, '--declaration', '--emitDeclarationOnly', '--outDir', types], { stdio: 'inherit' });
  for (const name of ['index', 'define', 'element', 'types', 'texts']) copyFileSync(join(types, `${name}.d.ts`), join(npm, `${name}.d.ts`));
  for (const name of ['react', 'vue', 'svelte']) copyFileSync(source(`${name}.d.ts`), join(npm, `${name}.d.ts`));
}

/** The files below a folder, sorted. */
function files(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? files(folder, `${prefix}${entry.name}/`) : [prefix + entry.name]))
    .sort();
}
