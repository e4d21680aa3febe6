// Builds the widget into pkg/widget, as a Zendesk app into pkg/zendesk, and as a Freshdesk app into pkg/freshdesk.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
/** Zendesk asks apps to load its framework from here. */
const zafHost = 'https://static.zdassets.com';
const policy = (more) => `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'${more}; worker-src 'self'; connect-src *; style-src 'unsafe-inline'`;

export async function widget({ pkg, shared }) {
  const { version } = JSON.parse(await readFile(join(here, '../package.json'), 'utf8'));
  const template = await readFile(join(here, 'index.html'), 'utf8');
  const { outputFiles } = await build({ ...shared, format: 'iife', define: { 'import.meta.url': '""' }, write: false, entryPoints: [join(here, 'widget.ts')] });
  const page = (csp, scripts) => template.replace('{{csp}}', csp).replace('{{scripts}}', scripts);
  const code = '<script src="widget.js"></script>';

  const fill = async (folder, html) => {
    await mkdir(folder, { recursive: true });
    await Promise.all([
      writeFile(join(folder, 'widget.js'), outputFiles[0].text),
      writeFile(join(folder, 'index.html'), html),
      cp(join(pkg, 'worker.js'), join(folder, 'worker.js')),
      cp(join(pkg, 'bellwether_bg.wasm'), join(folder, 'bellwether_bg.wasm')),
    ]);
  };
  const [plain, zendesk, freshdesk] = ['widget', 'zendesk', 'freshdesk'].map((name) => join(pkg, name));
  await Promise.all([plain, zendesk, freshdesk].map((folder) => rm(folder, { recursive: true, force: true })));
  await fill(plain, page(policy(''), code));
  await writeFile(join(plain, 'widget.json'), `${JSON.stringify({ bundle: 'bundle/', console: 'auto', hosts: [], mapping: { key: '{id}' } }, null, 2)}\n`);

  await fill(join(zendesk, 'assets'), page(policy(` ${zafHost}`), `<script src="${zafHost}/zendesk_app_framework_sdk/2.0/zaf_sdk.min.js"></script>\n    ${code}`));
  await mkdir(join(zendesk, 'translations'), { recursive: true });
  const icons = join(here, '../extension/icons');
  await Promise.all([
    cp(join(icons, '128.png'), join(zendesk, 'assets/logo.png')),
    cp(join(icons, '128.png'), join(zendesk, 'assets/logo-small.png')),
    writeFile(join(zendesk, 'manifest.json'), `${JSON.stringify(manifest(version), null, 2)}\n`),
    writeFile(join(zendesk, 'translations/en.json'), `${JSON.stringify(words, null, 2)}\n`),
  ]);

  // Freshworks puts the address of its framework there, from whichever host it keeps it on.
  await fill(join(freshdesk, 'app'), page(policy(' https:'), `<script src="{{{appclient}}}"></script>\n    ${code}`));
  await Promise.all([mkdir(join(freshdesk, 'app/styles/images'), { recursive: true }), mkdir(join(freshdesk, 'config'), { recursive: true })]);
  const icon = (await readFile(join(icons, '128.png'))).toString('base64');
  await Promise.all([
    writeFile(join(freshdesk, 'app/styles/images/icon.svg'), `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><image width="64" height="64" href="data:image/png;base64,${icon}"/></svg>\n`),
    writeFile(join(freshdesk, 'manifest.json'), `${JSON.stringify(freshManifest, null, 2)}\n`),
    writeFile(join(freshdesk, 'config/iparams.json'), `${JSON.stringify(iparams, null, 2)}\n`),
  ]);
  console.log(`${plain}, ${freshdesk} and ${zendesk}: ${Math.round(outputFiles[0].contents.length / 1e3)} KB of code`);
}

const manifest = (version) => ({
  name: 'Bellwether',
  author: { name: 'Bellwether', email: 'bellwether@bellwether.example' },
  defaultLocale: 'en',
  private: true,
  location: { support: { ticket_sidebar: { url: 'assets/index.html', flexible: true } } },
  parameters: [
    { name: 'bundle', type: 'text', required: true },
    { name: 'settings', type: 'multiline' },
  ],
  version,
  frameworkVersion: '2.0',
});

const words = {
  app: {
    name: 'Bellwether',
    short_description: 'Which tickets will escalate, and why',
    long_description: 'Scores the open ticket in the agent’s browser, over a bundle that you host. No ticket leaves the browser.',
    installation_instructions: 'Host the bundle that bellwether train wrote where your agents’ browsers can fetch it, with CORS allowed.',
    parameters: {
      bundle: { label: 'Bundle', helpText: 'The address of the bundle’s folder' },
      settings: { label: 'Settings', helpText: 'As JSON: mapping, thresholds, language' },
    },
  },
};

const freshManifest = {
  'platform-version': '3.0',
  modules: { common: {}, support_ticket: { location: { ticket_sidebar: { url: 'index.html', icon: 'styles/images/icon.svg' } } } },
  engines: { node: '18.16.1', fdk: '9.1.0' },
};

/** Read by the page: neither is a secret. */
const iparams = {
  bundle: { display_name: 'Bundle', description: 'The address of the bundle’s folder', type: 'text', required: true },
  settings: { display_name: 'Settings', description: 'As JSON: mapping, thresholds, language', type: 'paragraph', required: false },
};
