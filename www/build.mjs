// Bundles the TypeScript into pkg/.
//
//   node build.mjs [--pkg DIR]                              the client, its worker and the elements, as an npm package
//   node build.mjs demo BUNDLE_DIR DESK.json FIGURES.json [--pkg DIR]   the demo: pkg/demo/ and pkg/demo.html
//   node build.mjs extension [--pkg DIR]                    the extension: pkg/extension/chromium and pkg/extension/firefox
//   node build.mjs widget [--pkg DIR]                       the widget: pkg/widget, and as apps pkg/zendesk and pkg/freshdesk
//
// DIR holds wasm-bindgen's output (bellwether.js, bellwether_bg.wasm); ../pkg by default.
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { packageFiles } from './package-files.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values, positionals } = parseArgs({ options: { pkg: { type: 'string', default: join(here, '..', 'pkg') } }, allowPositionals: true });
const pkg = values.pkg;

/**
 * `bellwether:glue`: wasm-bindgen's module as a factory. It keeps its instance in a module variable and starts
 * only once, so a fresh instance after a trap needs a fresh evaluation.
 */
const glue = {
  name: 'bellwether-glue',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^bellwether:glue$/ }, () => ({ path: 'glue', namespace: 'bellwether' }));
    onLoad({ filter: /.*/, namespace: 'bellwether' }, async () => {
      const result = await build({
        entryPoints: [join(pkg, 'bellwether.js')],
        bundle: true,
        write: false,
        format: 'iife',
        globalName: 'glue',
        define: { 'import.meta.url': '""' },
      });
      return { contents: `export default function createGlue() {\n${result.outputFiles[0].text}\nreturn glue;\n}`, loader: 'js' };
    });
  },
};

const shared = {
  bundle: true,
  minify: true,
  target: 'es2022',
  format: 'esm',
  legalComments: 'inline',
  tsconfig: join(here, 'tsconfig.json'),
  plugins: [glue],
  logLevel: 'warning',
};

async function text(entry, options = {}) {
  const { outputFiles } = await build({ ...shared, entryPoints: [join(here, entry)], write: false, ...options });
  return outputFiles[0].text;
}

const workerText = () => text('client/worker.ts', { format: 'iife' });

async function library() {
  await Promise.all([
    writeFile(join(pkg, 'worker.js'), await workerText()),
    build({ ...shared, entryPoints: [join(here, 'client/index.ts')], outfile: join(pkg, 'client.js') }),
    build({ ...shared, entryPoints: [join(here, 'elements/index.ts')], outfile: join(pkg, 'elements.js') }),
  ]);
  // After them: a bundler that reads the glue also reads the package.json beside it, and would find it half written.
  await packageFiles(pkg);
}

async function demo(bundle, deskPath, figuresPath) {
  const [template, css, served, offline, worker, desk, figures, manifestText, wasm] = await Promise.all([
    readFile(join(here, 'demo/index.html'), 'utf8'),
    readFile(join(here, 'demo/demo.css'), 'utf8'),
    text('demo/served.ts'),
    text('demo/offline.ts'),
    workerText(),
    readFile(deskPath),
    readFile(figuresPath),
    readFile(join(bundle, 'manifest.json')),
    readFile(join(pkg, 'bellwether_bg.wasm')),
  ]);
  const { model, tables, directory } = JSON.parse(manifestText).files;

  const folder = join(pkg, 'demo');
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'bundle'), { recursive: true });
  await Promise.all([
    writeFile(join(folder, 'index.html'), page(template, css, servedPolicy, '<script type="module" src="demo.js"></script>')),
    writeFile(join(folder, 'demo.js'), served),
    writeFile(join(folder, 'worker.js'), worker),
    writeFile(join(folder, 'bellwether_bg.wasm'), wasm),
    writeFile(join(folder, 'desk.json'), desk),
    writeFile(join(folder, 'figures.json'), figures),
    ...['manifest.json', model.path, tables.path, ...(directory ? [directory.path] : [])].map((path) => cp(join(bundle, path), join(folder, 'bundle', path))),
  ]);

  const parts = {
    desk,
    figures,
    manifest: manifestText,
    model: await readFile(join(bundle, model.path)),
    tables: await readFile(join(bundle, tables.path)),
    worker: Buffer.from(worker),
    wasm,
  };
  const embedded = Object.entries(parts).map(([id, bytes]) => `<script type="text/plain" id="part-${id}">${gzipSync(bytes, { level: 9 }).toString('base64')}</script>`);
  const single = page(template, css, offlinePolicy(offline), [...embedded, `<script type="module">${offline}</script>`].join('\n    '));
  await writeFile(join(pkg, 'demo.html'), single);
  console.log(`${join(pkg, 'demo.html')}: ${(Buffer.byteLength(single) / 1e6).toFixed(1)} MB, opens without a server or a network`);
}

/** The browser itself then keeps the page to its own files. */
const servedPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; img-src data:; require-trusted-types-for 'script'; trusted-types bellwether lit-html";

function offlinePolicy(script) {
  const hash = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}' 'wasm-unsafe-eval'; worker-src blob:; style-src 'unsafe-inline'; img-src data:; require-trusted-types-for 'script'; trusted-types bellwether lit-html`;
}

function page(template, css, csp, scripts) {
  const fill = { css, csp, scripts };
  return template.replace(/\{\{(\w+)\}\}/g, (_, name) => fill[name]);
}

if (positionals[0] === 'demo') {
  const [, bundle, desk, figures] = positionals;
  if (!bundle || !desk || !figures) {
    console.error('usage: node build.mjs demo BUNDLE_DIR DESK.json FIGURES.json [--pkg DIR]');
    process.exit(2);
  }
  await demo(bundle, desk, figures);
} else if (positionals[0] === 'extension') {
  const { extension } = await import('./extension/build.mjs');
  await extension({ pkg, shared });
} else if (positionals[0] === 'widget') {
  const { widget } = await import('./widget/build.mjs');
  await widget({ pkg, shared });
} else {
  await library();
}
