// What every test starts from: `desk`, a running program with its people, and
// `open(person)`, that person's browser, watched for errors.
import { test as base, expect } from '@playwright/test';
import { Api } from './api.mjs';
import { Program } from './program.mjs';
import { signIn } from './screens.mjs';
import { PASSWORD, people, settle } from './world.mjs';

export { expect, people, PASSWORD };

export class Desk {
  /** With `more` arguments of the program, given its port. */
  static async start(more) {
    const program = await Program.start({ adminEmail: people.admin.email, adminPassword: PASSWORD, more });
    const desk = new Desk(program);
    try {
      desk.api = await desk.apiOf(people.admin, 'admin');
      await settle(desk.api);
    } catch (error) {
      await program.stop();
      throw error;
    }
    return desk;
  }

  constructor(program) {
    this.program = program;
    this.url = program.url;
    this.tokens = new Map();
    this.sessions = new Map();
  }

  /** The API with a token of this person. */
  async apiOf(person, scope = 'write') {
    const key = `${person.email} ${scope}`;
    if (!this.tokens.has(key)) this.tokens.set(key, await this.program.token(person.email, scope));
    return new Api(this.url, this.tokens.get(key));
  }

  /** Cookies of a person who signed in once by the form. */
  async sessionOf(browser, person) {
    if (!this.sessions.has(person.email)) {
      const context = await browser.newContext({ baseURL: this.url });
      const page = await context.newPage();
      await signIn(page, person.email, PASSWORD);
      this.sessions.set(person.email, await context.storageState());
      await context.close();
    }
    return this.sessions.get(person.email);
  }

  async stop() {
    await this.program.stop();
  }
}

/** A running program with its people; whoever extends `test` by one of their own shares it with no other file. */
export const aDesk = () => [
  async ({}, use) => {
    const desk = await Desk.start();
    await use(desk);
    await desk.stop();
  },
  { scope: 'worker', timeout: 120_000 },
];

export const test = base.extend({
  desk: aDesk(),

  /**
   * open(person?, options?) answers a page in a context of its own; without a
   * person nobody is signed in. Errors of the console (a blocked inline style is
   * one) fail the test, but for those that `options.expected` matches.
   */
  open: async ({ browser, desk }, use) => {
    const contexts = [];
    const errors = [];
    await use(async (person = null, { expected = [], ...options } = {}) => {
      const storageState = person ? await desk.sessionOf(browser, person) : undefined;
      const context = await browser.newContext({
        baseURL: desk.url,
        storageState,
        viewport: { width: 1440, height: 900 },
        locale: 'en-GB',
        reducedMotion: 'reduce',
        ...options,
      });
      contexts.push(context);
      const page = await context.newPage();
      const note = (words) => {
        if (!expected.some((pattern) => pattern.test(words))) errors.push(`${page.url()}: ${words}`);
      };
      page.on('console', (message) => message.type() === 'error' && note(message.text()));
      page.on('pageerror', (error) => note(error.message));
      return page;
    });
    for (const context of contexts) await context.close();
    expect(errors, 'errors in the browser console').toEqual([]);
  },
});
