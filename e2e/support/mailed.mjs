// A desk of one's own that sends letters, and the mailbox that they come to.
import { Desk, test as base } from './fixtures.mjs';
import { Mailbox } from './mailbox.mjs';

export const test = base.extend({
  box: [
    async ({}, use) => {
      const box = await Mailbox.start();
      await use(box);
      await box.stop();
    },
    { scope: 'worker' },
  ],
  desk: [
    async ({ box }, use) => {
      const from = ['--smtp-url', box.url, '--mail-from', 'Service Desk <help@northwind.example>'];
      const desk = await Desk.start((port) => [...from, '--public-url', `http://127.0.0.1:${port}`]);
      await use(desk);
      await desk.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});
