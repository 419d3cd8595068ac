/**
 * What was typed and not sent yet. Loading the page in the other language, or anew, begins it again: what fields have is kept in the tab
 * when it is left, and is taken up where the same field of the same thing is shown next.
 */
import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { keptAs, place } from './address';

const store = keptAs('typed');
const kept = JSON.parse(sessionStorage.getItem(store) ?? '{}') as Record<string, unknown>;
const shown = new Map<string, Signal<unknown>>();

addEventListener('pagehide', () => {
  const typed = Object.fromEntries([...shown].map(([name, { value }]) => [name, value]));
  sessionStorage.setItem(store, JSON.stringify({ ...kept, ...typed })); // what was not shown yet is kept on
});

/** A signal for what is typed, under a name that nothing else has on this screen. It is forgotten once its field is gone. */
export function useTyped<T>(name: string, initial: T): Signal<T> {
  const key = `${place.value} ${name}`;
  const typed = useMemo(() => signal(key in kept ? (kept[key] as T) : initial), [key]);
  useEffect(() => {
    delete kept[key];
    shown.set(key, typed as Signal<unknown>);
    return () => void shown.delete(key);
  }, [key]);
  return typed;
}
