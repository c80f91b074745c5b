// Creates, acknowledges, notes, snoozes and closes through Opsgenie's client for Node.
const opsgenie = require("opsgenie-sdk");

const [url, key] = process.argv.slice(2);
opsgenie.configure({ host: url, api_key: key });
const ask = (call) =>
  new Promise((resolve, reject) => call((error, answer) => (error ? reject(error) : resolve(answer))));
const byAlias = { identifier: "printer", identifierType: "alias" };

async function main() {
  const alerts = opsgenie.alertV2;
  const alert = { message: "Printer is on fire", alias: "printer", priority: "P2", tags: ["hot"] };
  const created = await ask((done) => alerts.create(alert, done));
  const status = await ask((done) => alerts.getRequestStatus(created.requestId, done));
  if (!status.data.isSuccess) throw new Error(JSON.stringify(status));
  await ask((done) => alerts.acknowledge(byAlias, { user: "ines" }, done));
  await ask((done) => alerts.addNote(byAlias, { note: "Water is on its way" }, done));
  const endTime = new Date(Date.now() + 3_600_000).toISOString();
  await ask((done) => alerts.snooze(byAlias, { endTime }, done));
  // With a query this client forgets who it is, wherever it asks.
  const listed = await ask((done) => alerts.list({ limit: 10 }, done));
  const found = await ask((done) => alerts.get(byAlias, done));
  await ask((done) => alerts.close(byAlias, { note: "Out" }, done));
  const byId = { identifier: found.data.id, identifierType: "id" };
  const closed = await ask((done) => alerts.get(byId, done));
  await ask((done) => opsgenie.heartbeat.ping({ identifier: "backup" }, {}, done));
  const messages = listed.data.map((one) => one.message);
  console.log(JSON.stringify({ listed: messages, status: closed.data.status }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
