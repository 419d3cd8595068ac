import { useSignal, type Signal } from '@preact/signals';
import { asError, changing, offerSignIn } from '../api';
import { ProblemBox } from '../parts';

interface Acting {
  busy: Signal<boolean>;
  problem: Signal<Error | undefined>;
  /** Does something, unless something is being done already. */
  run: (act: () => Promise<unknown>) => Promise<void>;
}

/** Changes what is stored, one thing at a time: whether that is on its way, and what went wrong. */
export function useAct(): Acting {
  const busy = useSignal(false);
  const problem = useSignal<Error | undefined>(undefined);
  const run: Acting['run'] = async (act) => {
    if (busy.value) return;
    busy.value = true;
    problem.value = undefined;
    try {
      await changing(act());
    } catch (failed) {
      problem.value = asError(failed);
      offerSignIn(failed);
    } finally {
      busy.value = false;
    }
  };
  return { busy, problem, run };
}

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
  const { busy, problem, run } = useAct();
  return (
    <>
      <button type="button" disabled={disabled || busy.value} onClick={() => void run(() => act().then(done))}>
        {label}
      </button>
      {problem.value && <ProblemBox problem={problem.value} />}
    </>
  );
}
