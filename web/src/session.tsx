/** Who one is: somebody who reads, or who signed in with a key and may do what it may. */
import { Problem } from '@headwater/client';
import { createClientOf } from '@headwater/client/functions';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { base } from './address';
import { asError, offerSignIn, service, session, signingIn } from './api';
import { messages as m } from './language';
import { operations } from './operations';
import { Dialog, ProblemBox, read } from './parts';

/** Who is signed in. The service is asked once there is something to read, so that nobody waits for it. */
export function Identity() {
  useEffect(() => {
    if (!read.value || session.peek()) return;
    service.getSession().then(
      ({ data }) => (session.value ??= data),
      () => undefined,
    ); // who cannot be asked is not known
  }, [read.value]);
  const { signed_in, name, scopes, open } = session.value ?? {};
  if (open) return <span class="identity">{m.openToAll}</span>;
  if (!signed_in) {
    return (
      <span class="identity">
        {m.signedOut}{' '}
        <button type="button" class="quiet" onClick={() => (signingIn.value = true)}>
          {m.signIn}
        </button>
      </span>
    );
  }
  return (
    <span class="identity">
      <bdi>{name}</bdi> <span class="quiet">{scopes?.map((scope) => m.scopes[scope] ?? scope).join(' · ')}</span>{' '}
      <button
        type="button"
        class="quiet"
        onClick={() => {
          void service
            .endSession()
            .then(async () => (session.value = (await service.getSession()).data))
            .catch(offerSignIn);
        }}
      >
        {m.signOut}
      </button>
    </span>
  );
}

export function SignIn() {
  const problem = useSignal<Error | undefined>(undefined);
  const close = () => (signingIn.value = false);
  const submit = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get('key')).trim();
    try {
      // The key goes to the service once, for a session; the page keeps neither.
      session.value = (await createClientOf({ url: base.href, key }, operations).createSession()).data;
      close();
    } catch (refused) {
      problem.value = asError(refused);
    }
  };
  const refused = problem.value instanceof Problem && problem.value.status === 401;
  return (
    <Dialog title={m.signIn} close={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p class="quiet" id="key-hint">
          {m.signInHint}
        </p>
        <p class="field">
          <label for="key">{m.signInKey}</label>
          <input
            id="key"
            name="key"
            type="password"
            dir="ltr"
            autocomplete="off"
            required
            aria-describedby="key-hint"
            aria-invalid={refused || undefined}
          />
        </p>
        {problem.value &&
          (refused ? (
            <p class="problem" role="alert">
              {m.signInRefused}
            </p>
          ) : (
            <ProblemBox problem={problem.value} />
          ))}
        <button>{m.signIn}</button>
      </form>
    </Dialog>
  );
}
