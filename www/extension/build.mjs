// Builds the extension for both browsers into pkg/extension/chromium and pkg/extension/firefox.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { manifest } from './manifest.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** In the content script the elements' classes draw without being elements: see README.md. */
const unregistered = {
  name: 'bellwether-unregistered',
  setup({ onResolve }) {
    const at = (file) => () => ({ path: join(here, 'unregistered', file) });
    onResolve({ filter: /^lit$/ }, at('lit.ts'));
    onResolve({ filter: /^lit\/decorators\.js$/ }, at('decorators.ts'));
    onResolve({ filter: /^\.\/element\.ts$/ }, ({ importer }) => (importer.includes(`${join('www', 'elements')}`) ? at('element.ts')() : undefined));
  },
};

/**
 * Lit makes its templates by `innerHTML`, which the linter of add-ons warns of wherever it stands, and asks for a policy of
 * Trusted Types, which a page may forbid its content scripts too. All of our templates are constants; parsed by DOMParser they
 * are the same, and nothing in them could run or load.
 */
const parsedTemplates = {
  name: 'bellwether-parsed-templates',
  setup({ onLoad }) {
    onLoad({ filter: /lit-html\/lit-html\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const parsed = text.replace(
        /static createElement\((\w+),\w+\)\{[^}]*\.innerHTML=[^}]*\}/,
        'static createElement($1){return new DOMParser().parseFromString("<template>"+$1+"</template>","text/html").head.firstChild}',
      );
      const plain = parsed.replace(/(\w+)\?\1\.createPolicy\("lit-html",\{createHTML:\w+=>\w+\}\):void 0/, 'void 0');
      if (parsed === text || plain === parsed) throw new Error(`${path}: Lit makes its templates another way now; look at www/extension/build.mjs`);
      return { contents: plain, loader: 'js' };
    });
  },
};

export async function extension({ pkg, shared }) {
  const { version } = JSON.parse(await readFile(join(here, '../package.json'), 'utf8'));
  const script = async (entry, plugins = shared.plugins) =>
    (await build({ ...shared, plugins: [parsedTemplates, ...plugins], format: 'iife', define: { 'import.meta.url': '""' }, write: false, entryPoints: [join(here, entry)], legalComments: 'none' })).outputFiles[0].text;
  const [content, loader, offscreen, popup, options, chromium, firefox] = await Promise.all([
    script('content/content.ts', [unregistered]),
    script('content/loader.ts', []),
    script('engine/offscreen.ts'),
    script('pages/popup.ts'),
    script('pages/options.ts'),
    script('background/chromium.ts'),
    script('background/firefox.ts'),
  ]);
  for (const browser of ['chromium', 'firefox']) {
    const folder = join(pkg, 'extension', browser);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const write = (name, text) => writeFile(join(folder, name), text);
    await Promise.all([
      write('manifest.json', `${JSON.stringify(manifest(browser, version), null, 2)}\n`),
      write('content.js', content),
      write('loader.js', loader),
      write('popup.js', popup),
      write('options.js', options),
      write('background.js', browser === 'chromium' ? chromium : firefox),
      ...['popup.html', 'options.html', 'pages.css'].map((name) => cp(join(here, 'pages', name), join(folder, name))),
      cp(join(here, '_locales'), join(folder, '_locales'), { recursive: true }),
      cp(join(here, 'icons'), join(folder, 'icons'), { recursive: true }),
      cp(join(pkg, 'worker.js'), join(folder, 'worker.js')),
      cp(join(pkg, 'bellwether_bg.wasm'), join(folder, 'bellwether_bg.wasm')),
      cp(join(here, '../../LICENSE'), join(folder, 'LICENSE')),
      ...(browser === 'chromium'
        ? [write('offscreen.js', offscreen), cp(join(here, 'pages/offscreen.html'), join(folder, 'offscreen.html')), cp(join(here, 'managed-schema.json'), join(folder, 'managed-schema.json'))]
        : []),
    ]);
  }
  console.log(`${join(pkg, 'extension')}: content script ${Math.round(Buffer.byteLength(content) / 1e3)} KB`);
}
