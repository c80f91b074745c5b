// What is learnt from one incident helps with the next: a problem becomes a known error, its workaround is applied, the
// resolution becomes an answer, and a requester needs no incident any more.
import { expect, people, test } from '../support/fixtures.mjs';
import { isSound } from '../support/sound.mjs';

const report = (desk, title) => desk.api.report({ title, requester: people.gwen.email, team: 'Service Desk', service: 'Label Printing' });

test('two incidents, a known error, a workaround on a third, and an answer that needs no incident', async ({ desk, open }) => {
  test.setTimeout(180_000);
  const one = await report(desk, 'Belt four labels come out pale');
  const two = await report(desk, 'Belt six labels come out pale');
  const three = await report(desk, 'Belt nine labels come out pale');
  const mara = await open(people.mara, { expected: [/status of 422/] });

  // From the queue, with the keyboard's key for it.
  await mara.goto(`/queue?q=${encodeURIComponent('belt labels pale')}`);
  await mara.getByRole('checkbox', { name: new RegExp(`${one.number}\\b`) }).check();
  await mara.getByRole('checkbox', { name: new RegExp(`${two.number}\\b`) }).check();
  await mara.getByRole('button', { name: /Open a problem/ }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText('New problem');
  await expect(mara.getByLabel('Incidents')).toHaveValue(`${one.number}, ${two.number}`);
  await isSound(mara, 'the form of a problem');
  await mara.getByLabel('Title').fill('Print heads wear out unnoticed');
  await mara.getByRole('button', { name: 'Open the problem' }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText('Print heads wear out unnoticed');
  await expect(mara.getByRole('link', { name: 'Belt four labels come out pale' })).toBeVisible();
  const problem = new URL(mara.url()).pathname;

  // Without a cause and a workaround it is no known error, and the page says why.
  await mara.getByRole('button', { name: 'It is a known error' }).click();
  await expect(mara.getByText(/The cause is needed/)).toBeVisible();
  await mara.goto(`${problem}/edit`);
  await isSound(mara, 'a problem being edited');
  await mara.getByLabel('Cause').fill('The heads are worn after a million labels.');
  await mara.getByLabel('Workaround').fill('We clean the print head, and it prints well until it is replaced.');
  await mara.getByLabel('Steps').fill('Stop the belt\nClean the print head');
  await mara.getByRole('button', { name: 'Save', exact: true }).click();
  await mara.getByRole('button', { name: 'It is a known error' }).click();
  await expect(mara.locator('.page-h').getByText('Known error')).toBeVisible();
  await isSound(mara, 'a known error');
  await mara.goto('/problems?show=known');
  await expect(mara.getByRole('link', { name: /Print heads wear out unnoticed/ })).toBeVisible();
  await isSound(mara, 'the list of problems');

  // The third is linked; what the workaround adds is shown before it is added.
  const number = problem.split('/').pop();
  await desk.api.command(three.number, 'link', { kind: 'problem', target: number });
  await mara.goto(`/incidents/${three.number}`);
  await mara.keyboard.press('Control+k');
  await mara.keyboard.type('apply the work');
  await expect(mara.getByRole('option', { name: `Apply the workaround of ${number}` })).toBeVisible();
  await mara.keyboard.press('Escape');
  await mara.getByRole('link', { name: 'Apply workaround' }).click();
  await expect(mara.getByText('2 tasks:')).toBeVisible();
  await isSound(mara, 'what a workaround adds');
  await mara.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(mara.getByRole('checkbox', { name: 'Clean the print head' })).toBeVisible();
  await expect(mara.locator('#txt')).toHaveValue(/We clean the print head/);

  // Resolved, and an article of it in the same step.
  await mara.goto(`/incidents/${three.number}/resolve`);
  await expect(mara.getByLabel('Known error whose workaround was used')).toHaveValue(number);
  await mara.getByLabel(/What was done/).fill('Clean the print head with the cloth in the drawer, then print a test label.');
  await mara.getByLabel(/Make an article of this/).check();
  await mara.getByRole('button', { name: /Resolve and ask/ }).click();
  await expect(mara.getByRole('heading', { level: 1 })).toHaveText(/^Edit KB-/);
  await mara.getByLabel('Title').fill('Labels come out pale');
  await mara.getByLabel('The answer').fill('Ask srv-print-07 for help, or clean the head.');
  await expect(mara.locator('#look')).toContainText('This looks internal');
  await mara.getByLabel('The answer').fill('Clean the print head with the cloth in the drawer, then print a test label.');
  await expect(mara.locator('#look')).not.toContainText('This looks internal');
  await isSound(mara, 'the form of an article');
  await mara.getByRole('button', { name: 'Save', exact: true }).click();
  await mara.getByRole('button', { name: 'Publish to everybody' }).click();
  await expect(mara.locator('.page-h').getByText('Published')).toBeVisible();
  await isSound(mara, 'an article');
  const article = new URL(mara.url()).pathname;
  await mara.goto(`${article}/edit`);
  await isSound(mara, 'an article being edited');
  await mara.goto(`${article}/versions/1`);
  await expect(mara.getByRole('heading', { level: 1 })).toBeVisible();
  await isSound(mara, 'an older version of an article');
  await mara.goto('/articles');
  await isSound(mara, 'the list of articles');

  const gwen = await open(people.gwen);
  await gwen.setViewportSize({ width: 390, height: 844 });
  await gwen.goto('/portal');
  await gwen.getByRole('link', { name: 'All answers' }).click();
  await gwen.getByRole('searchbox', { name: 'What is it about?' }).fill('pale labels');
  await gwen.getByRole('button', { name: 'Search' }).click();
  await isSound(gwen, 'the answers');
  await gwen.getByRole('link', { name: /Labels come out pale/ }).click();
  await expect(gwen.getByText('then print a test label')).toBeVisible();
  await isSound(gwen, 'an answer');
  await expect(gwen.getByRole('link', { name: 'It did not, report it' })).toHaveAttribute('href', /title=Labels%20come%20out%20pale/);
  await gwen.getByRole('button', { name: 'This solved it' }).click();
  await expect(gwen.getByText(/It is counted/)).toBeVisible();

  await mara.goto(article);
  await expect(mara.getByText('helped 1 of 1').first()).toBeVisible();
  await mara.goto(problem);
  await expect(mara.getByText('helped 1 of 1').first()).toBeVisible();
});
