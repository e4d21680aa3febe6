// A static server for the tests: the made files under /pkg, the fixture pages under /fixtures.
//
//   node server.mjs PORT
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const folders = { pkg: process.env.BELLWETHER_PKG ?? join(here, '../../pkg'), fixtures: join(here, 'fixtures') };
const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };

createServer(async (request, response) => {
  const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  const [, name, ...rest] = path.split('/');
  const folder = folders[name];
  const file = folder && join(folder, path.endsWith('/') ? join(...rest, 'index.html') : join(...rest));
  try {
    const body = await readFile(file ?? '');
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream' }).end(body);
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not here\n');
  }
}).listen(Number(process.argv[2]), '127.0.0.1');
