import { useSignal } from '@preact/signals';
import { asError, offerSignIn } from '../api';
import { ProblemBox } from '../parts';

/** A button that changes something, and says beside it what went wrong. */
export function Act({
  label,
  disabled = false,
  act,
  done,
}: {
  label: string;
  disabled?: boolean;
  act: () => Promise<void>;
  done: () => void;
}) {
  const busy = useSignal(false);
  const problem = useSignal<Error | undefined>(undefined);
  return (
    <>
      <button
        type="button"
        disabled={disabled || busy.value}
        onClick={() => {
          busy.value = true;
          problem.value = undefined;
          act()
            .then(done, (failed: unknown) => {
              problem.value = asError(failed);
              offerSignIn(failed);
            })
            .finally(() => (busy.value = false));
        }}
      >
        {label}
      </button>
      {problem.value && <ProblemBox problem={problem.value} />}
    </>
  );
}
