import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { LogError, openCheckpoint, type LogFault } from '@headwater/client';
import { desk, fresh } from './service.js';

const origin = 'desk.example/log';

function sha256(...parts: Uint8Array[]): Buffer {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest();
}

/** The largest power of two below n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The root of a tree, as RFC 6962 defines it (2.1). */
function rootOf(leaves: Uint8Array[]): Buffer {
  if (leaves.length === 1) return sha256(Uint8Array.of(0), leaves[0]!);
  const k = split(leaves.length);
  return sha256(Uint8Array.of(1), rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** The proof that a tree begins with its first m leaves, as RFC 6962 defines it (2.1.2). */
function proofOf(m: number, leaves: Uint8Array[], isWhole = true): Buffer[] {
  if (m === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  if (m <= k) return [...proofOf(m, leaves.slice(0, k), isWhole), rootOf(leaves.slice(k))];
  return [...proofOf(m - k, leaves.slice(k), false), rootOf(leaves.slice(0, k))];
}

interface Key {
  verifier: string;
  sign(size: number, root: string): string;
}

function newKey(): Key {
  const { publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject } = generateKeyPairSync('ed25519');
  const raw = Buffer.concat([Uint8Array.of(1), Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')]);
  const hash = sha256(Buffer.from(`${origin}\n`), raw).subarray(0, 4);
  return {
    verifier: `${origin}+${hash.toString('hex')}+${raw.toString('base64')}`,
    sign(size, root) {
      const text = `${origin}\n${size}\n${root}\nprevious 0\n`;
      const signature = Buffer.concat([hash, sign(null, Buffer.from(text), privateKey)]).toString('base64');
      return `${text}\n— ${origin} ${signature}\n`;
    },
  };
}

const key = newKey();

/** A client of a log that says of itself what a test wants; what it does not say is asked of the real service. */
function logOf(note: string, hashes?: string[]) {
  const asked: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.pathname.endsWith('/checkpoint')) return new Response(note, { headers: { 'Content-Type': 'text/plain' } });
    return hashes ? Response.json({ from: 1, to: 2, hashes }) : fetch(input, init);
  };
  return desk({ fetch: asked });
}

const leaves = Array.from({ length: 40 }, (_, n) => Buffer.from(`change ${n}`));
const others = leaves.map((leaf) => Buffer.from(`other ${leaf.toString()}`));
const noteOf = (list: Buffer[], size: number, by = key) => by.sign(size, rootOf(list.slice(0, size)).toString('base64'));
const hashesOf = (list: Buffer[], from: number, to: number) => proofOf(from, list.slice(0, to)).map((hash) => hash.toString('base64'));

test('trees are those of RFC 6962', () => {
  const vectors = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
  const root = rootOf(vectors.map((hex) => Buffer.from(hex, 'hex'))).toString('hex');
  assert.equal(root, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328');
});

test('each proof by the definition is believed, and none with another hash', async () => {
  for (let to = 1; to <= leaves.length; to++) {
    for (let from = 1; from <= to; from++) {
      const hashes = hashesOf(leaves, from, to);
      const kept = noteOf(leaves, from);
      const check = (proof: string[]) => logOf(noteOf(leaves, to), proof).checkLog({ verifiers: [key.verifier], kept });
      assert.equal((await check(hashes)).size, to);
      if (from === to) continue;
      const altered = [...hashes];
      const at = (from * 7 + to) % hashes.length;
      altered[at] = sha256(Buffer.from(altered[at]!)).toString('base64');
      for (const wrong of [altered, hashes.slice(1), [...hashes, hashes[0]!], []]) {
        await assert.rejects(check(wrong), { fault: 'forked' }, `from ${from} to ${to}`);
      }
    }
  }
});

test('what goes back, differs, or is not signed is told apart', async () => {
  const kept = noteOf(leaves, 17);
  const cases: Record<string, [note: string, hashes: string[], fault: LogFault | undefined]> = {
    'the same': [kept, [], undefined],
    'rolled back': [noteOf(leaves, 16), [], 'rolled_back'],
    'another of its size': [noteOf(others, 17), [], 'forked'],
    'another that is larger': [noteOf(others, 30), hashesOf(others, 17, 30), 'forked'],
    'a key of somebody': [noteOf(leaves, 30, newKey()), hashesOf(leaves, 17, 30), 'unsigned'],
    'altered': [noteOf(leaves, 30).replace('30', '31'), hashesOf(leaves, 17, 30), 'unsigned'],
    'no note': ['', [], 'unsigned'],
  };
  for (const [name, [note, hashes, fault]] of Object.entries(cases)) {
    const checked = logOf(note, hashes).checkLog({ verifiers: [key.verifier], kept });
    if (fault) await assert.rejects(checked, (error) => error instanceof LogError && error.fault === fault, name);
    else await checked;
  }
  const forged = logOf(kept).checkLog({ verifiers: [key.verifier], kept: noteOf(leaves, 17, newKey()) });
  await assert.rejects(forged, TypeError);
  await assert.rejects(openCheckpoint(kept, []), { fault: 'unsigned' });
  await assert.rejects(openCheckpoint(kept, [key.verifier.replace(/.$/, '')]), TypeError);
});

test('a note with two signatures is known by either key', async () => {
  const next = newKey();
  const [, signature] = noteOf(leaves, 9, next).split('\n\n');
  const both = noteOf(leaves, 9) + signature;
  for (const { verifier } of [key, next]) assert.equal((await openCheckpoint(both, [verifier])).size, 9);
});

test('notes of the specification', async () => {
  const text = 'If you think cryptography is the answer to your problem,\nthen you don\'t know what your problem is.\n';
  const signed = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
  const verifiers = ['PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'];
  await assert.rejects(openCheckpoint(signed, verifiers), /cannot be read/); // signed, and no checkpoint
  await assert.rejects(openCheckpoint(signed.replace('answer', 'ANSWER'), verifiers), { fault: 'unsigned' });
});

test('proofs of the service are believed, from and to each of its sizes', async () => {
  for (let n = 0; n < 5; n++) await desk().createSource({ body: { kind: 'outlet', name: fresh('sealed') } });
  const { data: page } = await desk().listChanges({ query: { limit: 1 } });
  const change = page.items[0]!.id; // the first, which is in the log of any size
  const { data: whole } = await desk().getLogInclusion({ query: { change } });
  const root = async (size: number) => (await desk().getLogInclusion({ query: { change, size } })).data.root;
  for (let n = 0; n < 40; n++) {
    const to = 2 + Math.floor(Math.random() * (whole.size - 1));
    const from = 1 + Math.floor(Math.random() * (to - 1));
    const [kept, now] = [key.sign(from, await root(from)), key.sign(to, await root(to))];
    assert.equal((await logOf(now).checkLog({ verifiers: [key.verifier], kept })).size, to, `from ${from} to ${to}`);
    const wrong = key.sign(from, rootOf(leaves.slice(0, 1)).toString('base64'));
    await assert.rejects(logOf(now).checkLog({ verifiers: [key.verifier], kept: wrong }), { fault: 'forked' }, `from ${from} to ${to}`);
  }
});

test('a witness that is trusted must have cosigned', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const name = 'witness.example';
  const raw = Buffer.concat([Uint8Array.of(4), Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url')]);
  const hash = sha256(Buffer.from(`${name}\n`), raw).subarray(0, 4);
  const witness = `${name}+${hash.toString('hex')}+${raw.toString('base64')}`;
  const cosigned = (note: string, seconds = 1_700_000_000n) => {
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_700_000_000n);
    const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`), privateKey);
    return `${note}— ${name} ${Buffer.concat([hash, time, signature]).toString('base64')}\n`;
  };
  const [small, large] = [noteOf(leaves, 7), noteOf(leaves, 12)];
  const verifiers = [key.verifier, witness];
  assert.equal((await openCheckpoint(cosigned(large), verifiers)).size, 12);
  assert.equal((await openCheckpoint(cosigned(large), [key.verifier])).size, 12);
  const faultOf = (fault: LogFault) => (error: unknown) => error instanceof LogError && error.fault === fault;
  await assert.rejects(openCheckpoint(large, verifiers), faultOf('unwitnessed'));
  await assert.rejects(openCheckpoint(cosigned(large), [witness]), faultOf('unsigned'));
  await assert.rejects(openCheckpoint(cosigned(large, 1n), verifiers), faultOf('unsigned'));
  const answers = (note: string | undefined, hashes?: string[]) => desk({
    fetch: async (input) => {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.pathname.endsWith('/consistency')) return Response.json({ from: 7, to: 12, hashes });
      assert.equal(url.pathname + url.search, '/v1/log/witnessed?witness=witness.example');
      if (note !== undefined) return new Response(note, { headers: { 'Content-Type': 'text/plain' } });
      return Response.json({ code: 'not_found', title: 'Not found', status: 404 }, { status: 404 });
    },
  });
  assert.equal((await answers(cosigned(large), hashesOf(leaves, 7, 12)).checkLog({ verifiers, kept: small })).size, 12);
  await assert.rejects(answers(undefined).checkLog({ verifiers }), faultOf('unwitnessed'));
  await assert.rejects(answers(large).checkLog({ verifiers }), faultOf('unwitnessed'));
  await assert.rejects(answers(cosigned(small)).checkLog({ verifiers, kept: large }), faultOf('unwitnessed'));
  await assert.rejects(answers(cosigned(small)).checkLog({ verifiers, kept: cosigned(large) }), faultOf('rolled_back'));
});
