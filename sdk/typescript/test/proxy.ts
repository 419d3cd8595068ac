import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { url } from './service.js';

/** What the proxy does with a request: answer itself, or pass it on and give the answer, lose it, or break it off. */
export type Step = { status: number; headers?: Record<string, string>; body?: string } | 'pass' | 'lose' | 'break';

/** A proxy before the service that follows a script, and passes on what comes after its end. */
export class Proxy implements AsyncDisposable {
  /** The headers of each request that came. */
  readonly seen: IncomingHttpHeaders[] = [];
  readonly #server = createServer(async (request, response) => {
    this.seen.push(request.headers);
    const body = await new Response(request as unknown as ReadableStream).arrayBuffer();
    const step = this.#script.shift() ?? 'pass';
    if (typeof step === 'object') {
      response.writeHead(step.status, step.headers).end(step.body);
      return;
    }
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = request.headers;
    const method = request.method ?? 'GET';
    const answer = await fetch(
      url + request.url, { method, headers: headers as Record<string, string>, ...(method !== 'GET' && { body }) });
    await this.#give(response, answer, step);
  });
  readonly #script: Step[];

  private constructor(script: Step[]) {
    this.#script = script;
  }

  static async following(...script: Step[]): Promise<Proxy> {
    const proxy = new Proxy(script);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async #give(response: ServerResponse, answer: Response, step: 'pass' | 'lose' | 'break'): Promise<void> {
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (step === 'lose') {
      response.destroy();
      return;
    }
    const { 'content-encoding': _, 'content-length': __, ...headers } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, headers);
    if (step === 'pass') {
      response.end(bytes);
      return;
    }
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
