// The signed log of all changes: signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), and proofs that a log goes on from
// what it was (RFC 9162, the tree of RFC 6962). Hashes and signatures are those of WebCrypto.

import { decoded } from './base64.js';

/** Says how many changes the log of a service holds, and what they are. */
export interface Checkpoint {
  /** As it was signed: what is kept. */
  note: string;
  /** The name of the log. */
  origin: string;
  /** How many changes it has. */
  size: number;
  /** The root of the tree of them all, in base64. */
  root: string;
}

/** Why a log is not believed: nobody who is trusted signed it, it is shorter than it was, or it does not go on from what it was. */
export type LogFault = 'unsigned' | 'rolled_back' | 'forked';

/** A service's log that is not to be believed. Keep both notes. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly fault: LogFault;
  /** What the service says now, where it can be read. */
  readonly checkpoint: Checkpoint | undefined;

  constructor(fault: LogFault, message: string, checkpoint?: Checkpoint) {
    super(message);
    this.fault = fault;
    this.checkpoint = checkpoint;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Reads a signed note that one of these public keys has signed. One that none has, or that was altered, is a LogError. */
export async function openCheckpoint(note: string, verifiers: readonly string[]): Promise<Checkpoint> {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  if (end < 0 || !(await isSigned(text, note.slice(end + 2), verifiers))) {
    throw new LogError('unsigned', 'the checkpoint is not signed by a key that is trusted');
  }
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || decoded(root)?.length !== 32) {
    throw new Error('the size or the root of the checkpoint cannot be read');
  }
  return { note, origin, size: Number(size), root };
}

/** Whether a known key signed a text; a signature of a known key that does not fit spoils the note. */
async function isSigned(text: string, signatures: string, verifiers: readonly string[]): Promise<boolean> {
  const keys = await Promise.all(verifiers.map(readVerifier));
  if (!signatures.endsWith('\n')) return false;
  let signed = false;
  for (const line of signatures.slice(0, -1).split('\n')) {
    const [, name, base64 = ''] = /^— ([^ +]+) (\S+)$/.exec(line) ?? [];
    const signature = decoded(base64);
    if (!name || !signature || signature.length < 5) return false;
    for (const key of keys) {
      if (key.name !== name || !equal(key.hash, signature.slice(0, 4))) continue;
      if (!(await crypto.subtle.verify('Ed25519', key.key, signature.slice(4), encoded(text)))) return false;
      signed = true;
    }
  }
  return signed;
}

/** A public key as signed-note has it: name, hash and, after a byte that says that it is of Ed25519, the key. */
async function readVerifier(text: string): Promise<{ name: string; hash: Bytes; key: CryptoKey }> {
  const [, name = '', hash = '', base64 = ''] = /^([^ +]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const key = decoded(base64);
  const wrong = new TypeError(`${JSON.stringify(text)} is no public key of a log`);
  if (!key || key.length !== 33 || key[0] !== 1) throw wrong;
  const right = (await sha256(encoded(`${name}\n`), key)).slice(0, 4);
  if (hex(right) !== hash) throw wrong;
  return { name, hash: right, key: await crypto.subtle.importKey('raw', key.slice(1), 'Ed25519', false, ['verify']) };
}

/** Holds a checkpoint to one that was kept; prove gives the proof of consistency of two sizes, in base64. */
export async function compare(kept: Checkpoint, now: Checkpoint, prove: (from: number, to: number) => Promise<string[]>): Promise<void> {
  if (now.origin !== kept.origin) throw new LogError('forked', `the log is ${now.origin}, and was ${kept.origin}`, now);
  if (now.size < kept.size) throw new LogError('rolled_back', `the log has ${now.size} changes, and had ${kept.size}`, now);
  if (kept.size === 0) return; // with which every log begins
  const holds = now.size === kept.size ? now.root === kept.root : await isConsistent(await prove(kept.size, now.size), kept, now);
  if (!holds) throw new LogError('forked', `nothing proves that the first ${kept.size} changes are those that the log had`, now);
}

/** Whether a proof shows that the larger tree begins with the smaller one (RFC 9162, 2.1.4.2). */
async function isConsistent(proof: string[], from: Checkpoint, to: Checkpoint): Promise<boolean> {
  const path = proof.map(decoded);
  // Halves and remainders, since sizes may be larger than what >> takes.
  let [at, last] = [from.size - 1, to.size - 1];
  const up = () => ([at, last] = [Math.floor(at / 2), Math.floor(last / 2)]);
  while (at % 2 === 1) up();
  if (at === 0) path.unshift(decoded(from.root)); // a whole tree is a node of the larger one
  const [first, ...rest] = path;
  if (!first || path.some((hash) => hash?.length !== 32)) return false;
  let [before, now] = [first, first];
  for (const hash of rest as Bytes[]) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [before, now] = [await nodeOf(hash, before), await nodeOf(hash, now)];
      while (at % 2 === 0 && at !== 0) up();
    } else {
      now = await nodeOf(now, hash);
    }
    up();
  }
  return last === 0 && same(before, from.root) && same(now, to.root);
}

function same(hash: Bytes, root: string): boolean {
  const other = decoded(root);
  return other !== undefined && equal(hash, other);
}

/** The hash of a node with two children. */
function nodeOf(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(Uint8Array.of(1), left, right);
}

async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer()));
}

function encoded(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function equal(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
