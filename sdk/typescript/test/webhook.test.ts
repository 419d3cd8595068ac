import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyWebhook, WebhookError, webhookTolerance } from '@headwater/client';

// The vectors of the Standard Webhooks libraries.
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const key = 'whpk_ZlN4eg7dSSqi0moX9hQUk3orrOouK3QVQSlJa248c/g=';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const time = 1614265330;
const body = '{"test": 2432232314}';
const symmetric = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const asymmetric = 'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==';
const wrong = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';

interface Case {
  by: string;
  signature: string;
  body?: string;
  without?: string;
  late?: number;
}

function verify({ by, signature, body: sent = body, without, late = 0 }: Case): Promise<string> {
  const headers = new Headers({ 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': signature });
  if (without) headers.delete(without);
  return verifyWebhook({ headers, body: sent }, [by], (time + late) * 1000);
}

test('what the vectors sign is taken', async () => {
  const taken: Record<string, Case> = {
    'a secret': { by: secret, signature: symmetric },
    'a secret without a prefix': { by: secret.slice('whsec_'.length), signature: symmetric },
    'a public key': { by: key, signature: asymmetric },
    'one of several': { by: secret, signature: `${wrong} v2,x ${symmetric} ${wrong}` },
    'one of both kinds': { by: key, signature: `${wrong} ${asymmetric}` },
    'almost too late': { by: secret, signature: symmetric, late: webhookTolerance },
  };
  for (const [name, delivery] of Object.entries(taken)) assert.equal(await verify(delivery), id, name);
  const asNode = { 'webhook-id': id, 'Webhook-Timestamp': String(time), 'webhook-signature': [wrong, symmetric] };
  assert.equal(await verifyWebhook({ headers: asNode, body: new TextEncoder().encode(body) }, [key, secret], time * 1000), id);
});

test('nothing that is altered in any part is taken', async () => {
  const refused: Record<string, Case> = {
    'too late': { by: secret, signature: symmetric, late: webhookTolerance + 1 },
    'too early': { by: secret, signature: symmetric, late: -webhookTolerance - 1 },
    'another body': { by: secret, signature: symmetric, body: '{"test": 2432232315}' },
    'another secret': { by: 'whsec_AAAA9r8GKYqrTwjUPD8ILPZIo2LaLaSw', signature: symmetric },
    'a signature of a key': { by: secret, signature: asymmetric },
    'a wrong one': { by: secret, signature: wrong },
    'a part of one': { by: secret, signature: 'v1,' },
    'no id': { by: secret, signature: symmetric, without: 'webhook-id' },
    'no time': { by: secret, signature: symmetric, without: 'webhook-timestamp' },
    'no signature': { by: secret, signature: symmetric, without: 'webhook-signature' },
  };
  for (const [name, delivery] of Object.entries(refused)) await assert.rejects(verify(delivery), WebhookError, name);
  for (const bad of [[], [''], ['whsec_'], ['whsec_*'], ['whpk_AAAA']]) {
    await assert.rejects(verifyWebhook({ headers: {}, body }, bad), TypeError, JSON.stringify(bad));
  }
});
