/** Questions that somebody asks again and again: what the claims are narrowed to, under a name, kept in this browser alone. */
import { signal } from '@preact/signals';
import { href, keptAs } from '../address';
import { messages } from '../language';

interface Question {
  name: string;
  /** The query of its address, which is the same in every language. */
  query: string;
}

const store = keptAs('questions');

/** How many are kept; the oldest goes where there are more. */
const most = 50;

const kept = (): Question[] => JSON.parse(localStorage.getItem(store) ?? '[]') as Question[];
const questions = signal<readonly Question[]>(kept());

/** Takes out the question of a name, and keeps one instead if it is given. Another tab may have kept some meanwhile. */
function keep(name: string, ...instead: Question[]): void {
  questions.value = [...kept().filter((one) => one.name !== name), ...instead].slice(-most);
  localStorage.setItem(store, JSON.stringify(questions.value));
}

/** The questions that are kept, and a way to keep the one that is asked, if the claims are narrowed to anything. */
export function Questions({ query, open }: { query: string; open: boolean }) {
  const m = messages.value;
  if (!query && questions.value.length === 0) return null;
  return (
    <details open={open} class="questions">
      <summary>{m.questions}</summary>
      <ul>
        {questions.value.map(({ name, query: asked }) => (
          <li key={name}>
            <a href={href(['claims'], new URLSearchParams(asked))} aria-current={asked === query ? 'true' : undefined}>
              <bdi>{name}</bdi>
            </a>{' '}
            <button type="button" class="quiet" aria-label={m.questionDrop(name)} onClick={() => keep(name)}>
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
            if (name) keep(name, { name, query });
            event.currentTarget.reset();
          }}
        >
          <input
            name="name"
            type="text"
            dir="auto"
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
