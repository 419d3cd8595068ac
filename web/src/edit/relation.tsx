/** A relation of a source to another one: who controls it, for how long, and where to check that. It is added, edited or retracted. */
import type { NewRelation, Relation, RelationPatch, SourceCard } from '@headwater/client';
import { useMemo } from 'preact/hooks';
import { newName, once, service, useLoad } from '../api';
import { latinDigits } from '../language';
import { Content } from '../parts';
import { useTyped } from '../typed';
import { words as said } from '../source/messages';
import { EditForm, type Field, type Values } from './form';
import './edit.css';
import { words as w } from './messages';
import { addNames, useNames } from './names';
import { changeHeaders, lastChange } from './versions';

const valuesOf = ({ subject, kind, object, share, since, until, citation }: Partial<Relation>): Values => ({
  subject: subject ?? '',
  kind: kind ?? 'controlled_by',
  object: object ?? '',
  share: share === undefined ? '' : String(rounded(share * 100)),
  since: since ?? '',
  until: until ?? '',
  citation: citation ?? '',
});

/** A number without the digits that a quotient or product has beyond those that were given. */
const rounded = (value: number): number => Number(value.toPrecision(12));

/** The part of percents; what is no number is as it was typed, so that the service says what it expected. */
const partOf = (percents: string) => rounded(Number(latinDigits(percents)) / 100) || percents;

/** The fields as the service takes them; what is empty is taken out. */
const fieldsOf = (values: Values): RelationPatch =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.trim() ? (name === 'share' ? partOf(value) : value.trim()) : null]),
  );

interface Editing {
  /** Its id; missing for a new one. */
  id?: string;
  /** Who is controlled, if it is new. */
  subject?: string;
  /** The sources that the page knows. */
  known: Record<string, SourceCard>;
  done: () => void;
  close: () => void;
}

export function EditRelation({ id, subject, known, done, close }: Editing) {
  const of = id ?? 'a new one';
  const draft = useTyped(`${of} draft`, useMemo(newName, [])).value;
  const names = useNames(of, known);
  const loaded = useLoad(id, async (signal) => (await service.getRelation({ path: { id: id ?? '' }, signal })).data);
  const fields: Field[] = [
    { name: 'subject', names },
    { name: 'kind', options: said.relationKinds },
    { name: 'object', names },
    { name: 'share', label: w.inPercent(w.fields['share'] ?? '') },
    { name: 'since', day: true },
    { name: 'until', day: true },
    { name: 'citation' },
  ];
  const form = { of, title: w.relationTitle, fields, close };
  if (!id) {
    return (
      <EditForm
        {...form}
        label={w.add}
        from={{ version: 0, values: valuesOf({ ...(subject && { subject }) }) }}
        save={async (_changed, _version, reason, all) => {
          const stated = Object.entries(fieldsOf(all)).filter(([, value]) => value !== null);
          const { body, headers } = once(draft, Object.fromEntries(stated) as unknown as NewRelation);
          await service.createRelation({ body, headers: { ...headers, ...changeHeaders(undefined, reason) } });
          done();
        }}
      />
    );
  }
  return (
    <Content of={loaded}>
      {(relation) => (
        <EditForm
          {...form}
          from={{ version: relation.version, values: valuesOf(relation) }}
          read={async () => {
            const { data } = await service.getRelation({ path: { id } });
            await addNames(names, [data.subject, data.object]);
            return { version: data.version, values: valuesOf(data), ...(await lastChange(service.listRelationVersions, id)) };
          }}
          save={async (changed, version, reason) => {
            await service.patchRelation({ path: { id }, headers: changeHeaders(version, reason), body: fieldsOf(changed) });
            done();
          }}
          instead={{
            label: w.retract,
            act: async (version, reason) => {
              await service.retractRelation({ path: { id }, headers: changeHeaders(version, reason) });
              done();
            },
          }}
        />
      )}
    </Content>
  );
}
