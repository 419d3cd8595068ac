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

/** Why a log is not believed: nobody who is trusted signed it, it is shorter than it was, it does not go on from what it
 * was, or a witness that is trusted has not cosigned it, or not yet. */
export type LogFault = 'unsigned' | 'rolled_back' | 'forked' | 'unwitnessed';

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

/** The byte with which the key of a witness begins (C2SP tlog-cosignature), and that of a log. */
const witnessKey = 4;
const logKey = 1;

interface Verifier {
  name: string;
  hash: Bytes;
  key: CryptoKey;
  isWitness: boolean;
}

/**
 * Reads a signed note that one of these public keys of a log has signed. One that none has, or that was altered, is a LogError, and so is
 * one that a witness whose public key is among them has not cosigned.
 */
export async function openCheckpoint(note: string, verifiers: readonly string[]): Promise<Checkpoint> {
  const known = await Promise.all(verifiers.map(readVerifier));
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const signers = end < 0 ? [] : await signersOf(text, note.slice(end + 2), known);
  if (signers.every((signer) => signer.isWitness)) {
    throw new LogError('unsigned', 'the checkpoint is not signed by a key that is trusted');
  }
  const [origin = '', size = '', root = ''] = text.split('\n');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || decoded(root)?.length !== 32) {
    throw new Error('the size or the root of the checkpoint cannot be read');
  }
  const checkpoint = { note, origin, size: Number(size), root };
  const missing = known.find((key) => key.isWitness && !signers.includes(key));
  if (missing) throw new LogError('unwitnessed', `the checkpoint is not cosigned by ${missing.name}`, checkpoint);
  return checkpoint;
}

/** The public keys of witnesses among some, and those of logs. */
export async function sortKeys(verifiers: readonly string[]): Promise<{ witnesses: string[]; logs: string[] }> {
  const known = await Promise.all(verifiers.map(readVerifier));
  const of = (isWitness: boolean) => verifiers.filter((_, i) => known[i]!.isWitness === isWitness);
  return { witnesses: of(true), logs: of(false) };
}

/** Which known keys signed a text: none where a signature of one of them does not fit, which spoils the note. */
async function signersOf(text: string, signatures: string, known: readonly Verifier[]): Promise<Verifier[]> {
  if (!signatures.endsWith('\n')) return [];
  const signers: Verifier[] = [];
  for (const line of signatures.slice(0, -1).split('\n')) {
    const [, name, base64 = ''] = /^— ([^ +]+) (\S+)$/.exec(line) ?? [];
    const signature = decoded(base64);
    if (!name || !signature || signature.length < 5) return [];
    for (const key of known) {
      if (key.name !== name || !equal(key.hash, signature.slice(0, 4))) continue;
      if (!(await fits(key, text, signature.slice(4)))) return [];
      signers.push(key);
    }
  }
  return signers;
}

/** Whether a key made a signature of a text. That of a witness has the time before it, in seconds, which it signs as well. */
async function fits({ key, isWitness }: Verifier, text: string, signature: Bytes): Promise<boolean> {
  if (!isWitness) return crypto.subtle.verify('Ed25519', key, signature, encoded(text));
  if (signature.length !== 8 + 64) return false;
  const time = new DataView(signature.buffer, signature.byteOffset).getBigUint64(0);
  return crypto.subtle.verify('Ed25519', key, signature.slice(8), encoded(`cosignature/v1\ntime ${time}\n${text}`));
}

/** A public key as signed-note has it: name, hash and, after a byte that says whose it is, the key. */
async function readVerifier(text: string): Promise<Verifier> {
  const [, name = '', hash = '', base64 = ''] = /^([^ +]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const key = decoded(base64);
  const wrong = new TypeError(`${JSON.stringify(text)} is no public key of a log or a witness`);
  if (!key || key.length !== 33 || (key[0] !== logKey && key[0] !== witnessKey)) throw wrong;
  const right = (await sha256(encoded(`${name}\n`), key)).slice(0, 4);
  if (hex(right) !== hash) throw wrong;
  const imported = await crypto.subtle.importKey('raw', key.slice(1), 'Ed25519', false, ['verify']);
  return { name, hash: right, key: imported, isWitness: key[0] === witnessKey };
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
