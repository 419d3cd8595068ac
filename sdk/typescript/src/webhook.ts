// Verifying what a webhook gets, as Standard Webhooks has it: HMAC-SHA256 (v1) and Ed25519 (v1a) by WebCrypto.

import { decoded } from './base64.js';

/** A delivery that nobody who is trusted sent, or that was sent too long ago: do nothing that it asks for. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/** What of a request is verified: its headers, and its whole body as it came. */
export interface Delivery {
  headers: Headers | Record<string, string | string[] | undefined>;
  body: string | Uint8Array<ArrayBuffer>;
}

/**
 * Seconds by which the clock of who sent a delivery may differ from that of who gets it. What is older may be sent again by somebody
 * who read it on the way.
 */
export const webhookTolerance = 300;

/**
 * Verifies that a delivery comes from who has one of the secrets (`whsec_…`) or the private half of one of the public keys (`whpk_…`);
 * after a rotation name the old and the new one. It gives the `webhook-id`, which is the same where a delivery comes again. What cannot
 * be believed is a WebhookError. `now` is in milliseconds.
 */
export async function verifyWebhook({ headers, body }: Delivery, secretsAndKeys: readonly string[], now = Date.now()): Promise<string> {
  const keys = await Promise.all(secretsAndKeys.map(readKey));
  if (keys.length === 0) throw new TypeError('a webhook needs a secret or a public key');
  const id = header(headers, 'webhook-id');
  const stamp = header(headers, 'webhook-timestamp');
  if (!id || !/^\d{1,12}$/.test(stamp)) throw new WebhookError('the delivery has no webhook-id or no webhook-timestamp');
  if (Math.abs(now / 1000 - Number(stamp)) > webhookTolerance) {
    throw new WebhookError(`the delivery was sent at ${stamp}, too far from now`);
  }
  const signed = new Uint8Array(await new Blob([`${id}.${stamp}.`, body]).arrayBuffer());
  for (const text of header(headers, 'webhook-signature').split(' ')) {
    const [kind = '', base64 = ''] = text.split(',', 2);
    const signature = decoded(base64);
    for (const key of keys) {
      if (signature && key.kind === kind && (await crypto.subtle.verify(key.algorithm, key.key, signature, signed))) return id;
    }
  }
  throw new WebhookError('the delivery is not signed by a secret or key that is trusted');
}

interface Key {
  kind: 'v1' | 'v1a';
  algorithm: 'HMAC' | 'Ed25519';
  key: CryptoKey;
}

async function readKey(text: string): Promise<Key> {
  const isPublic = text.startsWith('whpk_');
  const raw = decoded(text.replace(/^whpk_|^whsec_/, ''));
  if (!raw || raw.length === 0 || (isPublic && raw.length !== 32)) {
    throw new TypeError('a secret or public key of a webhook cannot be read; expected whsec_ or whpk_ and base64');
  }
  if (isPublic) return { kind: 'v1a', algorithm: 'Ed25519', key: await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']) };
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  return { kind: 'v1', algorithm: 'HMAC', key: await crypto.subtle.importKey('raw', raw, hmac, false, ['verify']) };
}

/** A header, by its name in lower case; empty where it is missing. */
function header(headers: Delivery['headers'], name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const [, value] = Object.entries(headers).find(([given]) => given.toLowerCase() === name) ?? [];
  return Array.isArray(value) ? value.join(' ') : (value ?? '');
}
