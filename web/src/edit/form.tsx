/**
 * Editing what is stored: a field for each value, saved by the version that one started from. Where somebody else has changed it
 * meanwhile, three columns show what one started from, what it is now and by whom, and one's own; one is taken for each field.
 */
import { Problem } from '@headwater/client';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Combobox, findSources } from '../combobox';
import { latinDigits, momentOf } from '../language';
import { Code, nameOfActor, ProblemBox, Select } from '../parts';
import { useTyped } from '../typed';
import { useAct } from './act';
import { Reason } from './reason';
import { words as w } from './messages';

export interface Field {
  name: string;
  /** What it is called, if not as the field of this name is everywhere. */
  label?: string;
  /** The language of its text. */
  lang?: string;
  /** Its values, with their words; without them it is text. */
  options?: Readonly<Record<string, string>>;
  /** Whether it has several lines. */
  long?: boolean;
  /** Whether it is a day, a month or a year. */
  day?: boolean;
  /** Where it is a source: the names of those that are known by their ids. What is found is added to them. */
  names?: Record<string, string>;
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
  /** What it edits, as nothing else on its screen is called. */
  of: string;
  title: string;
  fields: readonly Field[];
  from: Edited;
  /** Saves values that were changed as the next version after this one; `all` has those that were not, too. */
  save: (changed: Values, version: number, reason: string, all: Values) => Promise<void>;
  /** Reads what it is now, and who made it so; what is new is nobody else's. */
  read?: () => Promise<Newer>;
  label?: string;
  /** What can be done in place of saving, for the same reason: such as taking the whole thing back. */
  instead?: { label: string; act: (version: number, reason: string) => Promise<void> };
  close: () => void;
}

export function EditForm({ of, title, fields, from, save, read, label, instead, close }: EditFormProps) {
  const started = useTyped<Edited>(`${of} started`, from);
  const mine = useTyped<Values>(`${of} mine`, from.values);
  const newer = useTyped<Newer | undefined>(`${of} newer`, undefined);
  const reason = useTyped(`${of} reason`, '');
  const { busy, problem, run } = useAct();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const set = (name: string, value: string) => (mine.value = { ...mine.value, [name]: value });
  const changed = (to: Values) => fields.filter(({ name }) => (mine.value[name] ?? '') !== (to[name] ?? ''));
  const send = (act: (over: Edited, reason: string) => Promise<void>) =>
    run(async () => {
      try {
        await act(newer.value ?? started.value, reason.value.trim());
      } catch (failed) {
        if (!(failed instanceof Problem && failed.status === 412)) throw failed;
        await meet();
      }
    });
  const submit = (event: Event) => {
    event.preventDefault();
    void send(({ values, version }, said) =>
      save(Object.fromEntries(changed(values).map(({ name }) => [name, mine.value[name] ?? ''])), version, said, mine.value),
    );
  };
  /** Reads what it is now. What one has not touched is taken from there. */
  const meet = async () => {
    const before = newer.value ?? started.value;
    const now = await read?.();
    if (!now) return;
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
    <form class="editing" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      {newer.value && <Conflict fields={fields} started={started.value.values} newer={newer.value} mine={mine.value} take={set} />}
      {fields.map((field) => (
        <FieldOf
          key={field.name}
          of={of}
          field={field}
          value={mine.value[field.name] ?? ''}
          faults={faultsOf(field, problem.value)}
          set={(value) => set(field.name, value)}
        />
      ))}
      <Reason reason={reason} />
      {problem.value && <ProblemBox problem={problem.value} />}
      <p class="actions">
        <button disabled={busy.value || (nothing && !label)}>{newer.value ? w.again : (label ?? w.save)}</button>
        {instead && (
          <button type="button" disabled={busy.value} onClick={() => void send(({ version }, said) => instead.act(version, said))}>
            {instead.label}
          </button>
        )}
        <button type="button" class="quiet" onClick={close}>
          {w.cancel}
        </button>
      </p>
    </form>
  );
}

function FieldOf({
  of,
  field: { name, label = w.fields[name] ?? name, lang, options, long, day, names },
  value,
  faults,
  set,
}: {
  of: string;
  field: Field;
  value: string;
  /** What is wrong with it. */
  faults: readonly string[];
  set: (value: string) => void;
}) {
  const typed = useTyped<string | undefined>(`${of} ${name}`, undefined); // of a source, until one is chosen
  const wrong = faults.map((one) => (
    <span key={one} class="anomaly" lang="en" dir="ltr">
      {one}
    </span>
  ));
  const given = {
    name,
    lang,
    dir: day ? ('ltr' as const) : ('auto' as const),
    placeholder: day ? w.dayHint : undefined,
    'aria-invalid': faults.length > 0,
    value,
  };
  if (names)
    return (
      <>
        <Combobox
          label={label}
          typed={typed.value ?? names[value] ?? value}
          type={(text) => {
            typed.value = text;
            set('');
          }}
          find={findSources}
          choose={(one) => {
            names[one.id] = one.name;
            typed.value = undefined;
            set(one.id);
          }}
        />
        {wrong}
      </>
    );
  return (
    <p class="field">
      <label>
        {label}{' '}
        {options ? (
          <Select name={name} value={value} options={options} choose={set} />
        ) : long ? (
          <textarea {...given} rows={3} onInput={(event) => set(event.currentTarget.value)} />
        ) : (
          <input {...given} type="text" onInput={(event) => set((day ? latinDigits : String)(event.currentTarget.value))} />
        )}
        {wrong}
      </label>
    </p>
  );
}

/** What the service said of a field: the pointer of a fault names it, alone or as what is within another one. */
const faultsOf = ({ name }: Field, problem: Error | undefined): string[] =>
  problem instanceof Problem
    ? problem.faults.filter(({ pointer }) => pointer.split('/').includes(name.split('-').at(-1) ?? '')).map(({ expected }) => expected)
    : [];

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
  const own = useRef(mine); // what one had when it was told; it can be taken again
  const show = (value: string | undefined, { options, lang, names }: Field) =>
    value ? (
      <bdi lang={lang}>{names?.[value] ?? options?.[value] ?? value}</bdi>
    ) : (
      <span class="quiet">{w.empty}</span>
    );
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
                <th scope="row">{field.label ?? w.fields[field.name]}</th>
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
