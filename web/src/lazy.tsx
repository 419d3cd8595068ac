/** A part of the page that is a file of its own, and is loaded once it is shown. */
import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { messages as m } from './language';
import { ProblemBox } from './parts';

export type Load<P> = () => Promise<{ default: ComponentType<P> }>;

export function Lazy<P extends object>({ load, props }: { load: Load<P>; props: P }) {
  const loaded = useSignal<{ Show?: ComponentType<P>; problem?: Error }>({});
  useEffect(() => {
    load().then(
      ({ default: Show }) => (loaded.value = { Show }),
      (problem: Error) => (loaded.value = { problem }),
    );
  }, []);
  const { Show, problem } = loaded.value;
  if (problem) return <ProblemBox problem={problem} />;
  return Show ? <Show {...props} /> : <p class="quiet">{m.loading}</p>;
}
