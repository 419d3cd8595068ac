/** Why something is changed, for the history. */
import type { Signal } from '@preact/signals';
import { words as w } from './messages';

export function Reason({ reason }: { reason: Signal<string> }) {
  return (
    <p class="field">
      <label>
        {w.reason}{' '}
        <input
          name="reason"
          type="text"
          dir="auto"
          maxLength={1000}
          value={reason.value}
          onInput={(event) => (reason.value = event.currentTarget.value)}
        />
      </label>
    </p>
  );
}
