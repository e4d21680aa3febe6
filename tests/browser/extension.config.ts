import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';
import { helpdeskPorts, bundlePort, helpdeskState, python, roundupPort, roundupPython, roundupState, strictPolicy } from './extension/desk.ts';
import { bellwether, bundle, root } from './places.ts';

mkdirSync(helpdeskState, { recursive: true });

const helpdesk = (port: number, policy: string) => ({
  command: `${python} manage.py runserver 127.0.0.1:${port} --noreload`,
  cwd: join(root, 'tests/helpdesk'),
  env: { HELPDESK_STATE: helpdeskState, HELPDESK_CSP: policy },
  url: `http://127.0.0.1:${port}/login/`,
  timeout: 60_000,
  stderr: 'ignore' as const,
  reuseExistingServer: !process.env['CI'],
});

/** The extension on a real helpdesk: one browser at a time, each with a profile of its own. */
export default defineConfig({
  ...tests,
  testDir: 'extension',
  testIgnore: [],
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  webServer: [
    { command: `${bellwether} serve ${bundle} --port ${bundlePort}`, url: `http://127.0.0.1:${bundlePort}/manifest.json`, reuseExistingServer: !process.env['CI'] },
    helpdesk(helpdeskPorts.plain, ''),
    helpdesk(helpdeskPorts.strict, strictPolicy),
    { command: `${roundupPython} serve.py ${roundupState} ${roundupPort}`, cwd: join(root, 'tests/roundup'), url: `http://127.0.0.1:${roundupPort}/`, stderr: 'ignore', reuseExistingServer: !process.env['CI'] },
  ],
});
