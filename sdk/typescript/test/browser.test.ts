import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { given, url } from './service.js';

// What a page has, and nothing of Node.
const web = ['fetch', 'Request', 'Response', 'Headers', 'URL', 'URLSearchParams', 'AbortController', 'AbortSignal', 'Blob',
  'ReadableStream', 'TextEncoder', 'TextDecoder', 'FormData', 'crypto', 'setTimeout', 'clearTimeout'] as const;

const page = `
import { createClient, cut } from '@headwater/client';
globalThis.answer = async (url, key) => {
  const headwater = createClient({ url, key });
  const names = [];
  for await (const { name } of headwater.each.listSources({ query: { limit: 10 } })) names.push(name);
  const imported = await headwater.importLines([
    { type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://page.example/' },
    { type: 'source', key: 'page', kind: 'outlet', name: 'Page' }]);
  let lines = 0;
  for await (const _ of headwater.exportLines()) lines++;
  return { names, sources: imported.counts.source, lines, word: cut('😀 آمن', { start: 2, end: 5 }) };
};`;

test('the client runs where there is nothing but the web’s own', async () => {
  const { outputFiles } = await build({ stdin: { contents: page, resolveDir: process.cwd() },
    bundle: true, write: false, format: 'iife', platform: 'browser', target: 'es2022', minify: true });
  const script = outputFiles[0]!.text;
  const globals: Record<string, unknown> = Object.fromEntries(web.map((name) => [name, globalThis[name]]));
  const context = createContext({ ...globals, Uint8Array, window: globals });
  runInContext(script, context);
  const { answer } = context as
    { answer: (url: string, key: string) => Promise<{ names: string[]; sources: { added: number }; lines: number; word: string }> };
  const { names, sources, lines, word } = await answer(url, given('HEADWATER_KEY'));
  assert.ok(names.length >= 44 && names.includes('وكالة مرجان للأنباء'));
  assert.equal(sources.added, 1);
  assert.ok(lines > names.length);
  assert.equal(word, 'آمن');
});
