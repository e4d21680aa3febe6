import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

/** Takes the pictures of `look/`: to be looked at by a person, and kept out of the repository. */
export default defineConfig({ ...tests, testDir: 'look', testIgnore: [], timeout: 120_000 });
