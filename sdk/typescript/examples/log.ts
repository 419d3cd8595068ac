import { createClient, LogError } from '@headwater/client';

const headwater = createClient({ url: process.env.HEADWATER_URL!, key: process.env.HEADWATER_KEY! });
const { data: keys } = await headwater.listLogKeys(); // better: from where they were published
const verifiers = keys.items.map((key) => key.verifier);

const { note, origin } = await headwater.checkLog({ verifiers });
console.log(origin, 'is signed');
try {
  await headwater.checkLog({ verifiers, kept: note });
  console.log('it goes on from what it was');
} catch (error) {
  if (error instanceof LogError) console.log(error.fault, note, error.checkpoint?.note); // keep both, and ask
  else throw error;
}
