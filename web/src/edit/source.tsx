/** Editing a source: its names, where it is, how reliable it was judged, when who controls it was looked up, and notes. */
import type { Reliability, Source, SourcePatch } from '@headwater/client';
import { service } from '../api';
import { EditForm, type Field, type Values } from './form';
import { Merge } from './merge';
import './edit.css';
import { words as w } from './messages';
import { changeHeaders, lastChange } from './versions';

const valuesOf = ({ name, names, country, reliability, control_reviewed_at, notes }: Source): Values => ({
  name,
  'names-ar': names?.['ar'] ?? '',
  'names-en': names?.['en'] ?? '',
  country: country ?? '',
  reliability: reliability ?? '',
  control_reviewed_at: control_reviewed_at ?? '',
  notes: notes ?? '',
});

const grades = { '': '–', A: 'A', B: 'B', C: 'C', D: 'D', E: 'E', F: 'F' };

export function EditSource({ source, again, close }: { source: Source; again: () => void; close: () => void }) {
  const { id } = source;
  const fields: Field[] = [
    { name: 'name' },
    ...['ar', 'en'].map((tag) => ({ name: `names-${tag}`, label: w.names[tag] ?? tag, lang: tag })),
    { name: 'country' },
    { name: 'reliability', options: grades },
    { name: 'control_reviewed_at', day: true },
    { name: 'notes', long: true },
  ];
  return (
    <>
      <EditForm
        of="it"
        title={w.editTitle}
        fields={fields}
        from={{ version: source.version, values: valuesOf(source) }}
        close={close}
        read={async () => {
          const { data } = await service.getSource({ path: { id } });
          return { version: data.version, values: valuesOf(data), ...(await lastChange(service.listSourceVersions, id)) };
        }}
        save={async (changed, version, reason) => {
          await service.patchSource({ path: { id }, headers: changeHeaders(version, reason), body: patchOf(changed) });
          close();
          again();
        }}
      />
      <Merge resource="source" id={id} version={source.version} />
    </>
  );
}

function patchOf(changed: Values): SourcePatch {
  const names: Record<string, string | null> = {};
  const patch: SourcePatch = {};
  for (const [name, value] of Object.entries(changed)) {
    const [, tag] = /^names-(.*)$/.exec(name) ?? [];
    const text = value.trim();
    if (tag) names[tag] = text || null;
    else if (name === 'name') patch.name = text;
    else if (name === 'reliability') patch.reliability = (text as Reliability) || null;
    else patch[name as 'country' | 'control_reviewed_at' | 'notes'] = text || null;
  }
  return Object.keys(names).length > 0 ? { ...patch, names } : patch;
}
