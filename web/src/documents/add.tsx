/** A new document: who published it, when, and its text. What is typed stays in the tab until it is saved. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { go, href, keptAs } from '../address';
import { newName, once, service } from '../api';
import { Combobox, findSources } from '../combobox';
import { useAct } from '../edit/act';
import { languageOf, messages as m } from '../language';
import { ProblemBox } from '../parts';
import { words as w } from './messages';

interface Draft {
  /** Names it to the service, so that what is sent again is stored once. */
  id: string;
  publisher?: string;
  name: string;
  title: string;
  day: string;
  url: string;
  text: string;
}

/** What is typed is kept under it until it is sent. */
export const store = keptAs('document');

const newDraft = (): Draft => ({
  id: newName(),
  name: '',
  title: '',
  day: '',
  url: '',
  text: '',
});

export function AddDocument({ close }: { close: () => void }) {
  const draft = useSignal<Draft>((JSON.parse(sessionStorage.getItem(store) ?? 'null') as Draft | null) ?? newDraft());
  const { busy, problem, run } = useAct();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  const edit = (changes: Partial<Draft>) => {
    draft.value = { ...draft.value, ...changes };
    sessionStorage.setItem(store, JSON.stringify(draft.value));
  };
  const save = async () => {
    const { id, publisher: chosen, name, title, day, url, text } = draft.value;
    const publisher = chosen ?? (await service.createSource(once(id, { name: name.trim(), kind: 'outlet' as const }))).data.id;
    const { data } = await service.createDocument(
      once(id, {
        publisher,
        kind: 'article' as const,
        language: languageOf(text || title),
        ...(title.trim() && { title: title.trim() }),
        ...(url.trim() && { url: url.trim() }),
        ...(text && { text }),
        ...(day && { published: { earliest: day, latest: day } }),
      }),
    );
    sessionStorage.removeItem(store);
    go(href(['documents', data.id]));
  };
  const given = (name: 'title' | 'day' | 'url') => ({
    name,
    value: draft.value[name],
    onInput: (event: { currentTarget: HTMLInputElement }) => edit({ [name]: event.currentTarget.value }),
  });
  return (
    <form
      class="adding"
      aria-labelledby="adding"
      onSubmit={(event) => {
        event.preventDefault();
        void run(save);
      }}
    >
      <h2 id="adding" ref={heading} tabIndex={-1}>
        {w.add}
      </h2>
      <Combobox
        label={w.publisher}
        typed={draft.value.name}
        type={(name) => {
          const { publisher: _, ...others } = draft.value;
          draft.value = others;
          edit({ name });
        }}
        find={findSources}
        choose={({ id, name }) => edit({ publisher: id, name })}
      />
      {draft.value.name && !draft.value.publisher && <p class="quiet">{w.newPublisher}</p>}
      <p class="field">
        <label>
          {w.fields.title} <input type="text" dir="auto" {...given('title')} />
        </label>
      </p>
      <p class="field">
        <label>
          {w.fields.day} <input type="date" {...given('day')} />
        </label>
      </p>
      <p class="field">
        <label>
          {w.fields.url} <input type="text" dir="ltr" {...given('url')} />
        </label>
      </p>
      <p class="field">
        <label for="new-text">{w.fields.text}</label>
        <textarea
          id="new-text"
          name="text"
          dir="auto"
          rows={10}
          value={draft.value.text}
          onInput={(event) => edit({ text: event.currentTarget.value })}
        />
      </p>
      {problem.value && <ProblemBox problem={problem.value} />}
      <p class="actions">
        <button disabled={busy.value || !draft.value.name.trim()}>{w.save}</button>
        <button type="button" class="quiet" onClick={close}>
          {m.close}
        </button>
      </p>
    </form>
  );
}
