import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

export const pkg = process.env['BELLWETHER_PKG'] ?? join(root, 'pkg');
export const bellwether = join(root, 'target/release/bellwether');
export const parity = join(root, 'target/release/examples/parity');
export const sample = join(root, '.cache/sample');
export const bundle = join(root, '.cache/bundle');
const port = Number(process.env['BELLWETHER_PORT'] ?? 8126);
export const elementsPort = port;
export const demoPort = port + 1;

export const elementsPage = `http://127.0.0.1:${elementsPort}/fixtures/elements.html`;
export const servedDemo = `http://127.0.0.1:${demoPort}/${existsSync(bellwether) ? '' : 'pkg/demo/'}`;
export const offlineDemo = pathToFileURL(join(pkg, 'demo.html')).href;
