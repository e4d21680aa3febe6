import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { bundle, pkg } from './places.ts';

/** An application that installed the package and shows a card. */
const application = (options: string, imports = ''): string => `
  import { open, startWorker } from 'bellwether';
  import 'bellwether/elements';
  ${imports}
  const bellwether = await open('/bundle/', ${options});
  const [probability] = await bellwether.score([{ ticket_id: 'X', account_id: 'ACC00001', priority: 'P1', category: 'API error', created_at: '2025-12-31T11:00:00Z' }], { now: Date.parse(bellwether.manifest.built_at) });
  const badge = document.createElement('bellwether-badge');
  badge.band = Number.isNaN(probability) ? 'unknown' : 'watch';
  badge.probability = probability;
  document.body.append(badge, bellwether.where);
`;

function project(name: string, code: string): string {
  const folder = mkdtempSync(join(tmpdir(), `bellwether-${name}-`));
  const installed = join(folder, 'node_modules/bellwether');
  mkdirSync(installed, { recursive: true });
  for (const file of ['package.json', 'client.js', 'elements.js', 'worker.js', 'bellwether_bg.wasm', 'custom-elements.json']) cpSync(join(pkg, file), join(installed, file));
  writeFileSync(join(folder, 'main.js'), code);
  writeFileSync(join(folder, 'index.html'), '<!doctype html><html lang="en"><title>App</title><body><script type="module" src="./main.js"></script></body></html>');
  return folder;
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };

/** Serves a built application, and the bundle beside it. */
async function serve(folder: string): Promise<{ address: string; close(): void }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    const file = path.startsWith('/bundle/') ? join(bundle, path.slice(8)) : join(folder, path === '/' ? 'index.html' : path);
    try {
      const body = readFileSync(file);
      response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { address: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`, close: () => server.close() };
}

for (const bundler of ['vite', 'esbuild'] as const) {
  test(`an application built with ${bundler} scores in a worker`, async ({ page }) => {
    test.setTimeout(120_000);
    const folder =
      bundler === 'vite'
        ? project('vite', application('{}'))
        : project('esbuild', application("{ wasm: new URL(wasm, location.href), worker: () => startWorker(new URL(worker, location.href).href) }", "import wasm from 'bellwether/bellwether_bg.wasm';\n  import worker from 'bellwether/worker.js';"));
    const out = join(folder, 'dist');
    if (bundler === 'vite') {
      await vite({ root: folder, logLevel: 'error', build: { outDir: out, target: 'es2022', assetsInlineLimit: 0 } });
    } else {
      const script = (name: string): boolean => name.endsWith('worker.js');
      await esbuild({
        entryPoints: [join(folder, 'main.js')], bundle: true, format: 'esm', target: 'es2022', outdir: out, loader: { '.wasm': 'file' },
        plugins: [{ name: 'worker-as-file', setup({ onLoad }) { onLoad({ filter: /worker\.js$/ }, ({ path }) => (script(path) ? { contents: readFileSync(path), loader: 'file' } : null)); } }],
      });
      cpSync(join(folder, 'index.html'), join(out, 'index.html'));
    }
    const server = await serve(out);
    try {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(server.address);
      await expect(page.locator('bellwether-badge')).toContainText(/%|Not known/, { timeout: 30_000 });
      await expect(page.locator('body')).toContainText('worker');
      expect(errors).toEqual([]);
    } finally {
      server.close();
    }
  });
}

test('the elements’ manifest names every element with its parts and events', () => {
  const { modules } = JSON.parse(readFileSync(join(pkg, 'custom-elements.json'), 'utf8')) as { modules: { declarations: { tagName?: string; cssParts?: { name: string }[]; events?: { name: string }[] }[] }[] };
  const found = new Map(modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName).map((element) => [element.tagName, element]));
  expect([...found.keys()].sort()).toEqual(['bellwether-badge', 'bellwether-board', 'bellwether-card']);
  const sources = { 'bellwether-card': ['card', 'reason', 'trend', 'feedback-foot'], 'bellwether-board': ['board'], 'bellwether-badge': ['badge', 'pill'] };
  for (const [tag, files] of Object.entries(sources)) {
    const code = files.map((file) => readFileSync(join(pkg, `../www/elements/${file}.ts`), 'utf8')).join('');
    const parts = new Set(Array.from(code.matchAll(/part="([a-z]+)"/g), ([, part]) => part));
    const events = new Set(Array.from(code.matchAll(/tell\('([a-z-]+)'/g), ([, event]) => event));
    expect(new Set(found.get(tag)?.cssParts?.map(({ name }) => name)), tag).toEqual(parts);
    for (const event of events) expect(found.get(tag)?.events?.map(({ name }) => name), tag).toContain(event);
  }
});
