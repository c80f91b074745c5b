// The other end of webhooks and of push: takes what it is sent and writes it down.
import { createServer } from 'node:http';

export class Sink {
  static async start(answer = 201) {
    const sink = new Sink();
    sink.got = [];
    sink.answer = answer;
    sink.server = createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        sink.got.push({ path: request.url, headers: request.headers, body: Buffer.concat(chunks) });
        response.writeHead(sink.answer).end();
      });
    });
    await new Promise((done) => sink.server.listen(0, '127.0.0.1', done));
    sink.url = `http://127.0.0.1:${sink.server.address().port}`;
    return sink;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
