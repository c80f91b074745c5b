// An administrator makes a rule, tries it on the past, switches it on, and everybody sees what it did and why.
import { expect, people, test } from '../support/fixtures.mjs';

const field = (page, name) => page.getByRole('textbox', { name, exact: true });

test('a rule is written with help, tried on the past, switched on, and says what it did', async ({ desk, open }) => {
  const before = await desk.api.report({ title: 'Dock printer jams', service: 'Label Printing', impact: 1, urgency: 2 });
  const admin = await open(people.admin, { expected: [/status of 422/] });
  await admin.goto('/settings/rules');
  await admin.getByRole('link', { name: 'New rule' }).first().click();
  await field(admin, 'Name').fill('Printers at night');

  // The condition is completed and read back while it is written.
  const when = admin.getByRole('combobox', { name: 'If', exact: true });
  const offered = admin.getByRole('listbox', { name: 'Suggestions' });
  await when.fill('serv');
  await offered.getByRole('option', { name: /^service/ }).click();
  await expect(when).toHaveValue('service:');
  await when.pressSequentially('lab');
  await offered.getByRole('option', { name: /Label Printing/ }).click();
  await expect(when).toHaveValue('service:"Label Printing"');
  await expect(admin.getByText('Reads as: service Label Printing')).toBeVisible();
  await expect(admin).toHaveURL(/rules\/new/);
  await when.fill('service:"Label Printing" team:Nowhere');
  await when.blur();
  await expect(admin.getByText('"Nowhere" is no team in use')).toBeVisible();
  await when.fill('service:"Label Printing"');
  await when.blur();
  await expect(admin.getByText('"Nowhere" is no team in use')).toHaveCount(0);

  // What is wrong is told at its field, and nothing is lost.
  await field(admin, 'Add tags, with commas between').fill('printer');
  await field(admin, 'How long').fill('soon');
  await admin.getByRole('button', { name: 'Make the rule' }).click();
  await expect(field(admin, 'How long')).toHaveAttribute('aria-invalid', 'true');
  await expect(field(admin, 'Name')).toHaveValue('Printers at night');
  await field(admin, 'How long').fill('');

  // The past: nothing is stored by it.
  await admin.getByRole('button', { name: 'Try it on the last quarter' }).click();
  const tried = admin.getByRole('region', { name: 'Tried on the past' });
  await expect(tried).toContainText(/Would have matched \d+ of \d+ incidents?/);
  await expect(tried.getByRole('row', { name: new RegExp(before.number) })).toContainText('service is Label Printing');
  expect((await desk.api.get('/api/v1/rules')).items).toHaveLength(0);

  // Kept, then switched on.
  await admin.getByRole('button', { name: 'Make the rule' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  const quiet = await desk.api.report({ title: 'Ribbon torn', service: 'Label Printing' });
  expect((await desk.api.incident(quiet.number)).tags).toEqual([]);
  await admin.getByRole('checkbox', { name: 'In use' }).check();
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();

  const { number } = await desk.api.report({ title: 'Label printer prints nothing', service: 'Label Printing' });
  const mara = await open(people.mara);
  await mara.goto(`/incidents/${number}`);
  await expect(mara.getByText(/Rule Printers at night ran because service is Label Printing/)).toBeVisible();
  await expect(mara.getByText('printer', { exact: true }).first()).toBeVisible();

  // One that waits says so in the list.
  await admin.goto('/settings/rules/new');
  await field(admin, 'Name').fill('Left alone');
  await field(admin, 'How long').fill('30');
  await admin.getByRole('combobox', { name: 'Of what' }).selectOption('with nobody assigned');
  await field(admin, 'Internal note').fill('Nobody took it for half an hour.');
  await admin.getByRole('checkbox', { name: 'It is reported' }).uncheck();
  await admin.getByRole('button', { name: 'Make the rule' }).click();
  await expect(admin.getByText('Saved.', { exact: true })).toBeVisible();
  await admin.goto('/settings/rules');
  await expect(admin.getByRole('row', { name: /Left alone/ })).toContainText('after 30 min with nobody assigned');
  for (const rule of (await desk.api.get('/api/v1/rules')).items) await desk.api.done('DELETE', `/api/v1/rules/${rule.id}`);
});
