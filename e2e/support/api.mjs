// The REST API as a program uses it: bearer token, idempotency keys, problem+json.
import { randomUUID } from 'node:crypto';

export class Api {
  constructor(url, token) {
    this.url = url;
    this.token = token;
  }

  /** One request; answers status, headers and the parsed body, whatever the status. */
  async request(method, path, body, headers = {}) {
    const all = { accept: 'application/json', ...headers };
    if (this.token) all.authorization = `Bearer ${this.token}`;
    if (body !== undefined) all['content-type'] ??= 'application/json';
    if (method === 'POST') all['idempotency-key'] ??= randomUUID();
    const payload = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await fetch(this.url + path, { method, headers: all, body: payload });
    const text = await answer.text();
    const type = answer.headers.get('content-type') || '';
    const parsed = /json/.test(type) && text ? JSON.parse(text) : text;
    return { status: answer.status, headers: answer.headers, type, body: parsed };
  }

  async get(path) {
    return this.done('GET', path);
  }

  async post(path, body = {}) {
    return this.done('POST', path, body);
  }

  /** A command on an incident, in kebab case with its fields. */
  async command(number, command, fields = {}) {
    return this.post(`/api/v1/incidents/${number}/${command}`, fields);
  }

  async report(fields) {
    return this.post('/api/v1/incidents', fields);
  }

  async incident(number) {
    return this.get(`/api/v1/incidents/${number}`);
  }

  /** All events of an incident, oldest first. */
  async timeline(number) {
    const events = [];
    let cursor = null;
    do {
      const after = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get(`/api/v1/incidents/${number}/timeline${after}`);
      events.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return events;
  }

  async done(method, path, body) {
    const answer = await this.request(method, path, body);
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
}
