/** Questions that somebody asks again and again: what the claims are narrowed to, under a name, kept in this browser alone. */
import type { Total } from '@headwater/client';
import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { href, keptAs } from '../address';
import { useLoad } from '../api';
import { messages as m } from '../language';
import { Typed } from '../parts';

interface Question {
  name: string;
  /** The query of its address, which is the same in every language. */
  query: string;
  /** How many claims there were when it was last looked at. */
  total?: Total | undefined;
}

const store = keptAs('questions');

/** How many are kept; the oldest goes where there are more. */
const most = 50;

const kept = (): Question[] => JSON.parse(localStorage.getItem(store) ?? '[]') as Question[];
const questions = signal<readonly Question[]>(kept());

/** How many are asked again, the newest, to say whether another number of claims is found than when one last looked. */
const mostAsked = 10;

function keep(next: readonly Question[]): void {
  questions.value = next.slice(-most);
  localStorage.setItem(store, JSON.stringify(questions.value));
}

/** All but the question of a name. Another tab may have kept some meanwhile. */
const without = (name: string): Question[] => kept().filter((one) => one.name !== name);

interface Asked {
  query: string;
  /** How many claims it finds; unknown while they are on their way. */
  total: Total | undefined;
  open: boolean;
  count: (query: string, signal: AbortSignal) => Promise<Total | undefined>;
}

/** The questions that are kept, and a way to keep the one that is asked, if the claims are narrowed to anything. */
export function Questions({ query, total, open, count }: Asked) {
  // Looked at from the moment that it is drawn: somebody may leave before the browser comes to effects.
  useLayoutEffect(() => {
    if (total && kept().some((one) => one.query === query)) keep(kept().map((one) => (one.query === query ? { ...one, total } : one)));
  }, [query, total?.count]);
  const others = [...new Set(questions.value.map((one) => one.query).filter((one) => one !== query))].slice(-mostAsked);
  const now = useLoad(others.length > 0 ? others.join(' ') : undefined, async (signal) =>
    Object.fromEntries(await Promise.all(others.map(async (one) => [one, await count(one, signal)] as const))),
  );
  const changed = ({ query: asked, total: before }: Question) => {
    const found = asked !== query && now.data?.[asked];
    return found && before && found.count !== before.count;
  };
  if (!query && questions.value.length === 0) return null;
  return (
    <details open={open} class="questions">
      <summary>{m.questions}</summary>
      <ul>
        {questions.value.map((one) => (
          <li key={one.name}>
            <a href={href(['claims'], new URLSearchParams(one.query))} aria-current={one.query === query ? 'true' : undefined}>
              <bdi>{one.name}</bdi>
              {changed(one) && <span class="changed" role="img" aria-label={m.questionChanged} title={m.questionChanged} />}
            </a>{' '}
            <button type="button" class="quiet" aria-label={m.questionDrop(one.name)} onClick={() => keep(without(one.name))}>
              ×
            </button>
          </li>
        ))}
      </ul>
      {query && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const name = String(new FormData(event.currentTarget).get('name')).trim();
            if (name) keep([...without(name), { name, query, total }]);
            event.currentTarget.reset();
          }}
        >
          <Typed
            of={`question ${query}`}
            name="name"
            type="text"
            required
            maxLength={100}
            aria-label={m.questionName}
            placeholder={m.questionName}
          />{' '}
          <button>{m.questionKeep}</button>
        </form>
      )}
    </details>
  );
}
