// A mail server that takes whatever it is sent and keeps it.
import { createServer } from 'node:net';

const LETTER_LIMIT_MS = 20_000;

export class Mailbox {
  static async start() {
    const box = new Mailbox();
    box.letters = [];
    box.waiting = [];
    box.server = createServer((socket) => box.talk(socket));
    await new Promise((done) => box.server.listen(0, '127.0.0.1', done));
    box.url = `smtp://127.0.0.1:${box.server.address().port}`;
    return box;
  }

  talk(socket) {
    let rest = '';
    let to = '';
    let letter = null;
    socket.on('error', () => {});
    socket.setEncoding('utf8');
    socket.write('220 mailbox\r\n');
    socket.on('data', (chunk) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop();
      for (const line of lines) {
        if (letter !== null) {
          if (line !== '.') {
            letter.push(line.startsWith('.') ? line.slice(1) : line);
            continue;
          }
          this.keep({ to, text: readable(letter.join('\r\n')) });
          letter = null;
          socket.write('250 taken\r\n');
        } else if (line.startsWith('EHLO')) {
          socket.write('250-mailbox\r\n250 8BITMIME\r\n');
        } else if (line.startsWith('DATA')) {
          letter = [];
          socket.write('354 go on\r\n');
        } else if (line.startsWith('QUIT')) {
          socket.end('221 bye\r\n');
        } else {
          if (line.startsWith('RCPT')) to = line.match(/<([^>]*)>/)[1];
          socket.write('250 ok\r\n');
        }
      }
    });
  }

  keep(letter) {
    const at = this.waiting.findIndex((one) => one.to === letter.to);
    if (at >= 0) this.waiting.splice(at, 1)[0].done(letter.text);
    else this.letters.push(letter);
  }

  /** The next letter to an address that nobody read yet. */
  next(to) {
    const at = this.letters.findIndex((letter) => letter.to === to);
    if (at >= 0) return Promise.resolve(this.letters.splice(at, 1)[0].text);
    return new Promise((done, fail) => {
      const limit = setTimeout(() => fail(new Error(`no letter to ${to}`)), LETTER_LIMIT_MS);
      const read = (text) => {
        clearTimeout(limit);
        done(text);
      };
      this.waiting.push({ to, done: read });
    });
  }

  async stop() {
    await new Promise((done) => this.server.close(done));
  }
}

/** Lines as they were before they were folded for the way. */
function readable(text) {
  return text.replaceAll('=\r\n', '').replaceAll('=3D', '=').replaceAll('\r\n ', ' ');
}
