// What a person does on a screen, said once: by role, label, name and key.
import { expect } from '@playwright/test';

export const NUMBER = /INC-\d+/;

/** A pattern that a name fulfils when it contains these words. */
export const words = (text) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');

// --- signing in -------------------------------------------------------------

export async function signIn(page, email, password) {
  await page.goto('/');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0);
}

// --- the portal -------------------------------------------------------------

/** Reports in the portal and answers the number of the new incident. */
export async function reportInPortal(page, { title, description }) {
  await page.goto('/portal');
  await page.getByRole('combobox', { name: 'What is not working?' }).fill(title);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel(/what happens|describe|details|more/i).first().fill(description);
  await page.getByRole('button', { name: /^(Report|Send)/ }).click();
  await page.waitForURL(/\/portal\/incidents\/INC-\d+/);
  return page.url().match(NUMBER)[0];
}

/** The step of the progress line a requester is at. */
export function progress(page) {
  return page.getByRole('list', { name: 'Progress' }).locator('[aria-current="step"]');
}

export async function saysStillBroken(page, text) {
  await page.getByRole('button', { name: 'Still broken' }).or(page.locator('summary', { hasText: 'Still broken' })).first().click();
  const field = page.getByLabel(/still|not working|what happens/i).and(page.locator('textarea')).first();
  await field.fill(text);
  await field.locator('xpath=ancestor::form').getByRole('button').last().click();
}

export async function saysItWorks(page) {
  await page.getByRole('button', { name: 'It works again' }).click();
}

// --- the queue --------------------------------------------------------------

export function queueRow(page, number) {
  return page.locator(`tr.row[data-number="${number}"]`);
}

/** Numbers of the rows in the order they stand. */
export async function queueOrder(page) {
  return page.locator('tr.row[data-number]').evaluateAll((rows) => rows.map((row) => row.dataset.number));
}

// --- the incident page ------------------------------------------------------

/** The value of a property row: State, Assignee, Team, Priority, Category, Service. */
export function property(page, name) {
  const term = page.locator('dt', { hasText: new RegExp(`^${name}$`) });
  return page.locator('dl.props > div').filter({ has: term }).locator('dd').first();
}

/** A message, note or event of the timeline that contains these words. */
export function entry(page, text) {
  return page.getByRole('list', { name: 'Timeline' }).getByRole('listitem').filter({ hasText: text }).last();
}

/** Writes in the composer by keyboard alone: r reply, n note, u update. A reply is sent at once by a second press. */
export async function writeByKeys(page, key, text) {
  await page.keyboard.press(key);
  await expect(page.locator('form.composer textarea')).toBeFocused();
  await page.keyboard.type(text);
  await page.keyboard.press('Control+Enter');
  if (key === 'r') {
    await expect(page.getByRole('button', { name: 'Sending, cancel' })).toBeVisible();
    await page.keyboard.press('Control+Enter');
  }
  await expect(entry(page, text)).toBeVisible();
  await expect(page.locator('form.composer textarea')).toHaveValue('');
  await expect(page.locator('form.composer textarea')).not.toBeFocused();
}

/** Moves with Tab until the element has the focus. */
export async function tabTo(page, target) {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
}

/** Opens a list by its key, walks to the entry by arrows and takes it. */
export async function chooseByKeys(page, key, option) {
  await page.keyboard.press(key);
  const list = page.locator('[popover]:popover-open');
  await expect(list).toBeVisible();
  const wanted = list.locator('.opt').filter({ hasText: option }).first();
  await expect(wanted).toBeVisible();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await wanted.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  await expect(wanted).toBeFocused();
  await page.keyboard.press('Enter');
}

/** Holds by keyboard: the state list, then the reason in the dialog. */
export async function holdByKeys(page, reason) {
  await chooseByKeys(page, 's', /hold|wait/i);
  const dialog = page.getByRole('dialog').filter({ has: page.getByLabel(/reason|waiting for/i) });
  await expect(dialog).toBeVisible();
  await tabTo(page, dialog.getByLabel(/reason|waiting for/i).first());
  await page.keyboard.type(reason);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
}

/** Resolves by keyboard: e, the words for the requester, Ctrl+Enter. */
export async function resolveByKeys(page, text) {
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: /Resolve/ });
  await expect(dialog).toBeVisible();
  const code = dialog.getByRole('combobox').first();
  await tabTo(page, code);
  await page.keyboard.type('Fixed');
  const note = dialog.getByRole('textbox').first();
  await tabTo(page, note);
  await page.keyboard.type(text);
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
}

/** Marks the loaded page; `wasNotReloaded` says whether it is still the same one. */
export async function mark(page) {
  await page.evaluate(() => {
    window.sameDocument = true;
  });
}

export async function wasNotReloaded(page) {
  expect(await page.evaluate(() => window.sameDocument === true), 'the page was not loaded again').toBe(true);
}

/** Opens a page, or the same one again, and waits until it is connected to its stream. */
export async function openLive(page, path = page.url()) {
  const stream = page.waitForResponse((answer) => answer.request().resourceType() === 'eventsource');
  await page.goto(path);
  expect((await stream).status(), 'the stream answers').toBe(200);
  const vial = page.locator('#vial');
  if ((await vial.count()) > 0) await expect(vial).toHaveText(/Live/);
}
