/** Editing a document: its title, when it was published and how that is known, and by whom. */
import type { Document, DocumentPatch, PublishedPatch, SourceCard } from '@headwater/client';
import { service } from '../api';
import { EditForm, type Field, type Values } from './form';
import './edit.css';
import { words as w } from './messages';
import { addNames, useNames } from './names';
import { changeHeaders, lastChange } from './versions';

const valuesOf = ({ title, published, publisher }: Document): Values => ({
  title: title ?? '',
  earliest: published?.earliest ?? '',
  latest: published?.latest ?? '',
  note: published?.note ?? '',
  publisher,
});

interface Editing {
  document: Document;
  /** The sources that the page knows. */
  known: Record<string, SourceCard>;
  again: () => void;
  close: () => void;
}

export function EditDocument({ document, known, again, close }: Editing) {
  const { id } = document;
  const names = useNames('it', known);
  const fields: Field[] = [
    { name: 'title' },
    { name: 'publisher', names },
    ...['earliest', 'latest'].map((name) => ({ name, label: `${w.fields['published']}: ${w.fields[name]}`, day: true })),
    { name: 'note' },
  ];
  return (
    <EditForm
      of="it"
      title={w.editTitle}
      fields={fields}
      from={{ version: document.version, values: valuesOf(document) }}
      close={close}
      read={async () => {
        const { data } = await service.getDocument({ path: { id } });
        await addNames(names, [data.publisher]);
        return { version: data.version, values: valuesOf(data), ...(await lastChange(service.listDocumentVersions, id)) };
      }}
      save={async (changed, version, reason, all) => {
        await service.patchDocument({ path: { id }, headers: changeHeaders(version, reason), body: patchOf(changed, all) });
        close();
        again();
      }}
    />
  );
}

/** What is to be changed. Without a day and a note, it is not dated at all. */
function patchOf(changed: Values, { earliest, latest, note }: Values): DocumentPatch {
  const patch: DocumentPatch = {};
  const published: PublishedPatch = {};
  for (const [name, value] of Object.entries(changed)) {
    const text = value.trim() || null;
    if (name === 'title') patch.title = text;
    else if (name === 'publisher') patch.publisher = value;
    else published[name as keyof PublishedPatch] = text;
  }
  if (Object.keys(published).length === 0) return patch;
  return { ...patch, published: earliest || latest || note ? published : null };
}
