import config from '../playwright.config.js';

/** Measures what takes its time: nothing runs beside it, and it says in its own words what it found. */
export default {
  ...config,
  testDir: '.',
  testMatch: '*.measure.ts',
  outputDir: '../test-results/measure',
  globalTeardown: undefined,
  workers: 1,
  timeout: 600_000,
  reporter: [['line']],
  use: { ...config.use, screenshot: 'off', trace: 'off' },
};
