// Packs what is handed out into pkg/pack/: the extension for both browsers, the widget, the Zendesk and the Freshdesk app, the npm package and
// the demo, with checksums. The same files give the same bytes.
//
//   node pack.mjs [--pkg DIR]
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { zipSync } from 'fflate';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { pkg: { type: 'string', default: join(here, '..', 'pkg') } } });
const pkg = values.pkg;
const out = join(pkg, 'pack');
const { version } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));

/** A folder's files in order of name, all of one time. */
async function zip(folder, file) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort();
  const files = {};
  for (const path of paths) files[path.slice(folder.length + 1).split(sep).join('/')] = await readFile(path);
  await writeFile(join(out, file), zipSync(files, { level: 9, mtime: new Date(1980, 0, 1) }));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([
  zip(join(pkg, 'extension/chromium'), `bellwether-chromium-${version}.zip`),
  zip(join(pkg, 'extension/firefox'), `bellwether-firefox-${version}.zip`),
  zip(join(pkg, 'widget'), `bellwether-widget-${version}.zip`),
  zip(join(pkg, 'zendesk'), `bellwether-zendesk-${version}.zip`),
  zip(join(pkg, 'freshdesk'), `bellwether-freshdesk-${version}.zip`),
  cp(join(pkg, 'demo.html'), join(out, 'demo.html')),
]);
execFileSync('npm', ['pack', '--silent', '--pack-destination', out], { cwd: pkg, stdio: ['ignore', 'ignore', 'inherit'] });

const names = (await readdir(out)).sort();
const sums = await Promise.all(names.map(async (name) => `${createHash('sha256').update(await readFile(join(out, name))).digest('hex')}  ${name}`));
await writeFile(join(out, 'SHA256SUMS'), `${sums.join('\n')}\n`);
for (const line of sums) console.log(line);
