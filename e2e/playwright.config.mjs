// Browser tests against the program as it is built, in the Chromium of the machine.
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: './tests',
  // Screenshots for looking at lie beside it, in results/screens.
  outputDir: './results/failed',
  workers: 1,
  // A test that fails sometimes is repaired, not repeated.
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.EVENKEEL_CHROMIUM || '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
