import { defineConfig } from '@playwright/test';
import { chromium } from './support/program.js';

export default defineConfig({
  testDir: '.',
  fullyParallel: true,
  workers: 2,
  // A flaky test is a bug in one of two places.
  retries: 0,
  timeout: 60_000,
  expect: {
    timeout: 15_000,
    toHaveScreenshot: {
      pathTemplate: 'screenshots/{arg}{ext}',
      animations: 'disabled',
      // Edges of letters may differ from one build of Chromium to another; a line that wraps elsewhere differs by more.
      maxDiffPixelRatio: 0.005,
    },
  },
  reporter: [['list']],
  globalTeardown: './support/shrink.ts',
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // Letters look the same on every machine.
        '--font-render-hinting=none',
        '--disable-lcd-text',
        '--force-color-profile=srgb',
      ],
    },
  },
});
