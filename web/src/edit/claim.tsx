/** Editing a claim: what it says in each language, what it is about, where, and on which topics. */
import type { Claim, ClaimPatch } from '@headwater/client';
import { service } from '../api';
import { EditForm, type Field, type Values } from './form';
import { Merge } from './merge';
import './edit.css';
import { words as w } from './messages';
import { changeHeaders, lastChange, linesOf } from './versions';

const valuesOf = ({ statement, scope, places, topics }: Claim): Values => ({
  ...Object.fromEntries(Object.entries(statement).map(([tag, text]) => [`statement-${tag}`, text])),
  scope: scope ?? '',
  places: (places ?? []).join('\n'),
  topics: (topics ?? []).join('\n'),
});

export default function EditClaim({ claim, again, close }: { claim: Claim; again: () => void; close: () => void }) {
  const { id } = claim;
  const tags = [...new Set(['ar', 'en', ...Object.keys(claim.statement)])];
  const fields: Field[] = [
    ...tags.map((tag) => ({ name: `statement-${tag}`, label: w.statements[tag] ?? tag, lang: tag, long: true })),
    { name: 'scope' },
    ...['places', 'topics'].map((name) => ({ name, label: w.perLine(w.fields[name] ?? ''), long: true })),
  ];
  return (
    <>
      <EditForm
        of="it"
        title={w.editTitle}
        fields={fields}
        from={{ version: claim.version, values: valuesOf(claim) }}
        close={close}
        read={async () => {
          const { data } = await service.getClaim({ path: { id } });
          return { version: data.version, values: valuesOf(data), ...(await lastChange(service.listClaimVersions, id)) };
        }}
        save={async (changed, version, reason) => {
          await service.patchClaim({ path: { id }, headers: changeHeaders(version, reason), body: patchOf(changed) });
          close();
          again();
        }}
      />
      <Merge resource="claim" id={id} version={claim.version} />
    </>
  );
}

function patchOf(changed: Values): ClaimPatch {
  const statement: Record<string, string | null> = {};
  const patch: ClaimPatch = {};
  for (const [name, value] of Object.entries(changed)) {
    const [, tag] = /^statement-(.*)$/.exec(name) ?? [];
    if (tag) statement[tag] = value.trim() || null;
    else if (name === 'scope') patch.scope = value.trim() || null;
    else patch[name as 'places' | 'topics'] = linesOf(value);
  }
  return Object.keys(statement).length > 0 ? { ...patch, statement } : patch;
}
