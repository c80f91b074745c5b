// The program under test: a fresh data folder, a free port, ended by its process.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WORKSPACE = fileURLToPath(new URL('../..', import.meta.url));
const BINARY = resolve(WORKSPACE, process.env.EVENKEEL_BIN || 'target/debug/evenkeel');
const READY_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 15_000;

export class Program {
  /** Creates schema and administrator, and serves; `more` are arguments, given the port. */
  static async start({ adminEmail, adminPassword, more = () => [] }) {
    const data = await mkdtemp(join(tmpdir(), 'evenkeel-e2e-'));
    const program = new Program(data, more);
    try {
      await program.run(['init', '--admin-email', adminEmail], `${adminPassword}\n`);
      await program.serve();
    } catch (error) {
      await program.stop();
      throw error;
    }
    return program;
  }

  constructor(data, more = () => []) {
    this.data = data;
    this.more = more;
    this.log = '';
  }

  /** Runs one command on the same data and answers what it printed. */
  async run(args, input = '') {
    const child = spawn(BINARY, [...args, '--data', this.data], { env: environment() });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const code = await new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', done);
    });
    if (code !== 0) throw new Error(`evenkeel ${args.join(' ')} ended with ${code}\n${out}${err}`);
    return out;
  }

  /** Serves on a free port and resolves when the program says it is ready. */
  async serve() {
    const port = await freePort();
    // Sinks of tests listen on this machine.
    const here = ['--webhook-allow', '127.0.0.0/8', '--push-allow', '127.0.0.0/8'];
    const args = ['serve', '--data', this.data, '--listen', `127.0.0.1:${port}`, ...here, ...this.more(port)];
    this.child = spawn(BINARY, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((done) => this.child.on('close', done));
    this.child.stderr.on('data', (chunk) => (this.log += chunk));
    this.url = await this.readyLine();
  }

  readyLine() {
    return new Promise((done, fail) => {
      const limit = setTimeout(() => fail(new Error(`not ready in time\n${this.log}`)), READY_LIMIT_MS);
      let out = '';
      this.child.on('error', fail);
      this.child.on('close', (code) => fail(new Error(`ended with ${code} before it was ready\n${this.log}`)));
      this.child.stdout.on('data', (chunk) => {
        out += chunk;
        const url = out.match(/https?:\/\/[^\s/]+/);
        if (url && out.includes('\n')) {
          clearTimeout(limit);
          done(url[0]);
        }
      });
    });
  }

  /** A new API token of a person; the secret stands alone on standard output. */
  async token(email, scope) {
    return (await this.run(['token', 'create', '--user', email, '--scope', scope])).trim();
  }

  /** Ends it as an operator would, and removes its data. */
  async stop() {
    if (this.child && this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      const limit = setTimeout(() => this.child.kill('SIGKILL'), STOP_LIMIT_MS);
      await this.ended;
      clearTimeout(limit);
    }
    await rm(this.data, { recursive: true, force: true });
  }
}

/** Settings of the caller's own Evenkeel must not reach the one under test. */
function environment() {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('EVENKEEL_'));
  return Object.fromEntries(own);
}

function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}
