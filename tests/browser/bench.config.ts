import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

/** The figures of `bench/`: one at a time, so that they do not disturb each other. */
export default defineConfig({ ...tests, testDir: 'bench', testIgnore: [], workers: 1, fullyParallel: false, timeout: 180_000 });
