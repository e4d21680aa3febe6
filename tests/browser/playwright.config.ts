import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';
import { bellwether, demoPort, elementsPort, pkg } from './places.ts';

// The demo is served by the binary itself where it is built; the tests' own server stands in while developing.
const serveDemo = existsSync(bellwether) ? `${bellwether} serve ${pkg}/demo --port ${demoPort}` : `node server.mjs ${demoPort}`;

export default defineConfig({
  testDir: '.',
  testIgnore: ['look/**', 'look-extension/**', 'bench/**', 'bench-extension/**', 'extension/**'],
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  timeout: 30_000,
  reporter: [['line']],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  webServer: [
    { command: `node server.mjs ${elementsPort}`, url: `http://127.0.0.1:${elementsPort}/fixtures/elements.html` },
    { command: serveDemo, url: `${existsSync(bellwether) ? `http://127.0.0.1:${demoPort}/` : `http://127.0.0.1:${demoPort}/pkg/demo/`}` },
  ],
});
