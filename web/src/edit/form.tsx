/**
 * Editing what is stored: a field for each value, saved by the version that one started from. Where somebody else has changed it
 * meanwhile, three columns show what one started from, what it is now and by whom, and one's own; one is taken for each field.
 */
import { Problem } from '@headwater/client';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { asError, offerSignIn } from '../api';
import { momentOf } from '../language';
import { Code, nameOfActor, ProblemBox } from '../parts';
import { Reason } from './reason';
import { words } from './messages';

export interface Field {
  name: string;
  label: string;
  /** The language of its text. */
  lang?: string;
  /** Its values, with their words; without them it is text. */
  options?: readonly (readonly [value: string, label: string])[];
  /** Whether it has several lines. */
  long?: boolean;
}

/** The values of fields by their names; what has none is empty. */
export type Values = Readonly<Record<string, string>>;

/** Values with the version that they are of. */
export interface Edited {
  version: number;
  values: Values;
}

/** What somebody else made of it meanwhile. */
export interface Newer extends Edited {
  by: string;
  at: string;
}

export interface EditFormProps {
  title: string;
  fields: readonly Field[];
  from: Edited;
  /** Saves values that were changed as the next version after this one. */
  save: (changed: Values, version: number, reason: string) => Promise<void>;
  /** Reads what it is now, and who made it so. */
  read: () => Promise<Newer>;
  label?: string;
  close: () => void;
}

export function EditForm({ title, fields, from, save, read, label, close }: EditFormProps) {
  const w = words.value;
  const started = useSignal<Edited>(from);
  const mine = useSignal<Values>(from.values);
  const newer = useSignal<Newer | undefined>(undefined);
  const reason = useSignal('');
  const busy = useSignal(false);
  const problem = useSignal<Error | undefined>(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const set = (name: string, value: string) => (mine.value = { ...mine.value, [name]: value });
  const changed = (to: Values) => fields.filter(({ name }) => (mine.value[name] ?? '') !== (to[name] ?? ''));
  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    problem.value = undefined;
    const over = newer.value ?? started.value;
    const values = Object.fromEntries(changed(over.values).map(({ name }) => [name, mine.value[name] ?? '']));
    try {
      await save(values, over.version, reason.value.trim());
    } catch (failed) {
      if (failed instanceof Problem && failed.status === 412) await meet().catch((lost: unknown) => (problem.value = asError(lost)));
      else problem.value = asError(failed);
      offerSignIn(failed);
    } finally {
      busy.value = false;
    }
  };
  /** Reads what it is now. What one has not touched is taken from there. */
  const meet = async () => {
    const before = newer.value ?? started.value;
    const now = await read();
    mine.value = Object.fromEntries(
      fields.map(({ name }) => [
        name,
        (mine.value[name] ?? '') === (before.values[name] ?? '') ? (now.values[name] ?? '') : (mine.value[name] ?? ''),
      ]),
    );
    newer.value = now;
  };
  const nothing = changed((newer.value ?? started.value).values).length === 0;
  return (
    <form class="editing" aria-labelledby="editing" onSubmit={(event) => void submit(event)}>
      <h2 id="editing" ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {newer.value && <Conflict fields={fields} started={started.value.values} newer={newer.value} mine={mine.value} take={set} />}
      {fields.map((field) => (
        <FieldOf key={field.name} field={field} value={mine.value[field.name] ?? ''} set={(value) => set(field.name, value)} />
      ))}
      <Reason id="edit-reason" label={w.reason} reason={reason} />
      {problem.value && <ProblemBox problem={problem.value} />}
      <p class="actions">
        <button disabled={busy.value || (nothing && !label)}>{newer.value ? w.again : (label ?? w.save)}</button>
        <button type="button" class="quiet" onClick={close}>
          {w.cancel}
        </button>
      </p>
    </form>
  );
}

function FieldOf({
  field: { name, label, lang, options, long },
  value,
  set,
}: {
  field: Field;
  value: string;
  set: (value: string) => void;
}) {
  const id = `edit-${name}`;
  const given = { id, lang, dir: 'auto' as const, value };
  return (
    <p class="field">
      <label for={id}>{label}</label>{' '}
      {options ? (
        <select id={id} value={value} onChange={(event) => set(event.currentTarget.value)}>
          {options.map(([one, words]) => (
            <option key={one} value={one}>
              {words}
            </option>
          ))}
        </select>
      ) : long ? (
        <textarea {...given} rows={3} onInput={(event) => set(event.currentTarget.value)} />
      ) : (
        <input {...given} type="text" onInput={(event) => set(event.currentTarget.value)} />
      )}
    </p>
  );
}

/** Three columns for each field that was changed by either. */
function Conflict({
  fields,
  started,
  newer,
  mine,
  take,
}: {
  fields: readonly Field[];
  started: Values;
  newer: Newer;
  mine: Values;
  take: (name: string, value: string) => void;
}) {
  const w = words.value;
  const own = useRef(mine); // what one had when it was told; it can be taken again
  const show = (value: string | undefined, { options, lang }: Field) =>
    value ? <bdi lang={lang}>{options?.find(([one]) => one === value)?.[1] ?? value}</bdi> : <span class="quiet">{w.empty}</span>;
  const at = ({ name }: Field) => [started[name] ?? '', newer.values[name] ?? '', own.current[name] ?? ''] as const;
  const touched = fields.filter((field) => new Set(at(field)).size > 1);
  return (
    <section class="conflict" role="alert">
      <p>
        {w.conflict(
          <strong key="who">
            <bdi>{nameOfActor(newer.by)}</bdi>
          </strong>,
          <Code key="when">{momentOf(newer.at)}</Code>,
        )}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.field}</th>
            <th scope="col">{w.started}</th>
            <th scope="col">{w.now}</th>
            <th scope="col">{w.yours}</th>
          </tr>
        </thead>
        <tbody>
          {touched.map((field) => {
            const [was, now, ours] = at(field);
            const choice = (value: string) => (
              <label>
                <input
                  type="radio"
                  name={`take-${field.name}`}
                  checked={(mine[field.name] ?? '') === value}
                  disabled={now === ours}
                  onChange={() => take(field.name, value)}
                />{' '}
                {show(value, field)}
              </label>
            );
            return (
              <tr key={field.name}>
                <th scope="row">{field.label}</th>
                <td>{show(was, field)}</td>
                <td>{choice(now)}</td>
                <td>{now === ours ? show(ours, field) : choice(ours)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
