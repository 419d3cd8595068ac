/** Why something is changed, for the history. */
import type { Signal } from '@preact/signals';

export function Reason({ id, label, reason }: { id: string; label: string; reason: Signal<string> }) {
  return (
    <p class="field">
      <label for={id}>{label}</label>{' '}
      <input
        id={id}
        type="text"
        dir="auto"
        maxLength={1000}
        value={reason.value}
        onInput={(event) => (reason.value = event.currentTarget.value)}
      />
    </p>
  );
}
