import { defineConfig } from '@playwright/test';
import tests from './extension.config.ts';

/** The figures of `bench-extension/`: what the extension costs a helpdesk's pages. */
export default defineConfig({ ...tests, testDir: 'bench-extension', timeout: 600_000 });
