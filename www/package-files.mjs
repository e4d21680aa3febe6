// What makes pkg/ an npm package: package.json, the types, the elements' manifest, licence and readme.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const bin = (name) => join(here, 'node_modules/.bin', name);

export async function packageFiles(pkg) {
  await Promise.all([types(pkg), elementsManifest(pkg), manifest(pkg), cp(join(here, '../LICENSE'), join(pkg, 'LICENSE')), cp(join(here, 'README.md'), join(pkg, 'README.md'))]);
}

async function manifest(pkg) {
  const { version, dependencies } = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
  const of = (name) => ({ types: `./types/${name}/index.d.ts`, default: `./${name}.js` });
  const json = {
    name: 'bellwether',
    version,
    description: 'Which support tickets will escalate, why, and who should take them: scored in the page',
    license: 'Apache-2.0',
    type: 'module',
    sideEffects: ['./elements.js'],
    exports: {
      '.': of('client'),
      './elements': of('elements'),
      './worker.js': './worker.js',
      './bellwether_bg.wasm': './bellwether_bg.wasm',
      './custom-elements.json': './custom-elements.json',
      './package.json': './package.json',
    },
    types: './types/client/index.d.ts',
    customElements: './custom-elements.json',
    files: ['client.js', 'elements.js', 'worker.js', 'bellwether_bg.wasm', 'custom-elements.json', 'types'],
    engines: { node: '>=20.16' },
    // For the types of the elements only: their code is bundled.
    dependencies: { lit: dependencies.lit },
  };
  await writeFile(join(pkg, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
}

/** Declarations of all that client and elements export. */
async function types(pkg) {
  const out = join(pkg, 'types');
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  execFileSync(bin('tsc'), ['-p', join(here, 'tsconfig.types.json'), '--outDir', out], { stdio: 'inherit' });
  for (const path of await readdir(out, { recursive: true })) {
    if (!path.endsWith('.d.ts')) continue;
    const text = await readFile(join(out, path), 'utf8');
    await writeFile(join(out, path), text.replace(/(from\s+|import\s*\(?\s*)(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
  }
}

async function elementsManifest(pkg) {
  execFileSync(bin('cem'), ['analyze', '--litelement', '--quiet', '--globs', 'elements/{badge,board,card,element}.ts', '--outdir', relative(here, join(pkg, 'cem'))], { cwd: here, stdio: 'inherit' });
  const made = JSON.parse(await readFile(join(pkg, 'cem/custom-elements.json'), 'utf8'));
  // The code is one module in the package.
  const text = JSON.stringify(made, null, 2).replace(/elements\/[a-z.-]+\.ts/g, 'elements.js');
  await writeFile(join(pkg, 'custom-elements.json'), `${text}\n`);
  await rm(join(pkg, 'cem'), { recursive: true, force: true });
}
