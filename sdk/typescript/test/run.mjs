// Runs the tests against a service of their own: built from this tree, over the demo's bundle, on a private PostgreSQL in a
// folder that goes with it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const built = fileURLToPath(new URL('../build/test', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'headwater-client-'));
const program = join(folder, 'headwater');
const bundle = join(root, 'testdata', 'demo.ndjson');
const env = { ...process.env, HEADWATER_DATA_DIR: join(folder, 'data') };
for (const name of Object.keys(env)) {
  if (name === 'DATABASE_URL' || (name.startsWith('HEADWATER_') && name !== 'HEADWATER_DATA_DIR')) delete env[name];
}

const headwater = (...args) => execFileSync(program, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const keyFor = (name, ...scopes) =>
  headwater('key', 'create', '--name', name, ...scopes.flatMap((scope) => ['--scope', scope])).split('\n', 1)[0];

async function serve() {
  const service = spawn(program, ['serve', '--addr', '127.0.0.1:0', '--log-format', 'json', '--cors-origin', 'https://desk.example'], {
    env,
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
  execFileSync('go', ['build', '-o', program, './cmd/headwater'], { cwd: root, stdio: 'inherit' });
  headwater('import', bundle);
  const keys = {
    HEADWATER_KEY: keyFor('desk', 'write', 'review'),
    HEADWATER_READ_KEY: keyFor('reader', 'read'),
    HEADWATER_ADMIN_KEY: keyFor('admin', 'admin'),
  };
  const started = await serve();
  service = started.service;
  const tests = readdirSync(built)
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(built, name));
  const runner = spawn(process.execPath, ['--test', '--test-reporter=spec', ...tests], {
    env: { ...process.env, ...keys, HEADWATER_URL: started.url, DEMO_BUNDLE: bundle },
    stdio: 'inherit',
  });
  [process.exitCode] = await once(runner, 'exit');
  process.exitCode ??= 1;
} finally {
  if (service && service.exitCode === null) {
    service.kill('SIGTERM');
    await once(service, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
