// Runs the tests in a real browser, against a service of their own: the program that `make build` made, over the demo's bundle, on a
// private PostgreSQL in a folder that goes with it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = fileURLToPath(new URL('../build', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'headwater-web-'));
const program = process.env.HEADWATER_PROGRAM ?? join(root, 'bin', 'headwater');
const env = { ...process.env, HEADWATER_DATA_DIR: join(folder, 'data') };
for (const name of Object.keys(env)) {
  if (name === 'DATABASE_URL' || (name.startsWith('HEADWATER_') && name !== 'HEADWATER_DATA_DIR')) delete env[name];
}

const headwater = (...args) => execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

async function serve() {
  const service = spawn(program, ['serve', '--addr', '127.0.0.1:0', '--log-format', 'json', '--public-read'], {
    env: { ...env, HEADWATER_RATE: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const told = [];
  for await (const line of createInterface({ input: service.stderr })) {
    told.push(line);
    const url = line.includes('"serving"') && JSON.parse(line).url;
    if (url) {
      service.stderr.resume();
      return { service, url };
    }
  }
  throw new Error(`the service did not start:\n${told.join('\n')}`);
}

let service;
try {
  chmodSync(folder, 0o755); // root's PostgreSQL runs as another user, who must get through to its own folder
  headwater('import', join(root, 'testdata', 'demo.ndjson'));
  const made = (name) => headwater('key', 'create', '--name', name, '--scope', 'write', '--scope', 'review');
  const [key, other] = [made('desk'), made('rana')].map((said) => said.split('\n', 1)[0]);
  const [, former] = /\(([-0-9a-f]{36})\)/.exec(made('former desk'));
  for (const verb of ['rotate', 'revoke']) headwater('key', verb, former);
  const started = await serve();
  service = started.service;
  const wanted = process.argv.slice(2); // names of tests; all without one
  const tests = readdirSync(built).filter(
    (name) => name.endsWith('.test.js') && (wanted.length === 0 || wanted.includes(name.split('.')[0])),
  );
  // Two files at a time: each has a browser of its own.
  const runner = spawn(
    process.execPath,
    ['--test', '--test-concurrency=2', '--test-reporter=spec', ...tests.map((name) => join(built, name))],
    {
      env: { ...process.env, HEADWATER_URL: started.url, HEADWATER_KEY: key, HEADWATER_KEY_OTHER: other },
      stdio: 'inherit',
    },
  );
  [process.exitCode] = await once(runner, 'exit');
  process.exitCode ??= 1;
} finally {
  if (service && service.exitCode === null) {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
