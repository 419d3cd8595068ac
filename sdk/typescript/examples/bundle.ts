import { openAsBlob } from 'node:fs';
import { createClient, type BundleLine } from '@headwater/client';

const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! });

// A table of outlets becomes a bundle, a row at a time; nothing waits in memory.
function* lines(): Generator<BundleLine> {
  yield { type: 'bundle', format: 'headwater-bundle/1', namespace: 'https://desk.example/outlets' };
  for (const [key, name] of [['gazette', 'The Gazette'], ['mirror', 'المرآة']] as const) {
    yield { type: 'source', key, kind: 'outlet', name };
  }
}
const { counts } = await headwater.importLines(lines(), { reason: 'the table of outlets' });
console.log(counts['source']);

// A file. As a Blob it can be sent again if the connection is lost.
const imported = await headwater.importLines(await openAsBlob(process.env.DEMO_BUNDLE!));
console.log(imported.counts['claim']);

// And everything, out again.
for await (const line of headwater.exportLines()) {
  if (line.type === 'source' && line.namespace === 'https://desk.example/outlets') console.log(line.name);
}
