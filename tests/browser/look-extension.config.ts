import { defineConfig } from '@playwright/test';
import tests from './extension.config.ts';

/** Takes the pictures of `look-extension/`: to be looked at by a person, and kept out of the repository. */
export default defineConfig({ ...tests, testDir: 'look-extension', timeout: 180_000 });
