/** What is around every screen: where one is, who one is, whether what is shown is fresh, and the keys. */
import type { Total } from '@headwater/client';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address, base, go, href, language, leave, place, type Language } from './address';
import { changed, decisions, heard, isChanging, offline, service, signingIn } from './api';
import { bindings, changedKeys, changeKey, keysOf, keysOff, turnKeys, useKeys, type Binding } from './keys';
import { messages as m, number, timeOfDay } from './language';
import { Busy, Code, Dialog, read, Typed } from './parts';
import { CurrentScreen, screens } from './screens';
import { Identity, SignIn } from './session';

export function Shell() {
  const helping = useSignal(false);
  const search = useRef<HTMLInputElement>(null);
  useKeys([
    { id: 'help', keys: '?', label: m.keyHelp, run: () => (helping.value = true) },
    { id: 'search', keys: '/', label: m.keySearch, run: () => search.current?.focus() },
    ...screens.flatMap(({ path, nav }): Binding[] =>
      nav ? [{ id: `go-${path}`, keys: `g ${nav.key}`, label: m.keyGo(nav.label), run: () => go(href([path])) }] : [],
    ),
  ]);
  const current = address.value.path[0] ?? 'claims';
  return (
    <>
      <a class="skip" href="#main">
        {m.skip}
      </a>
      <header class="shell">
        <a class="brand" href={href(['claims'])}>
          <Mark /> Headwater
        </a>
        <form
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            go(href(['claims'], { q: search.current?.value.trim() }));
          }}
        >
          <Typed
            of="search"
            box={search}
            type="search"
            name="q"
            aria-label={m.searchLabel}
            placeholder={m.searchHint}
            maxLength={500}
            autocomplete="off"
            value={address.value.query.get('q') ?? ''}
          />
          <button class="quiet">{m.search}</button>
        </form>
        <nav aria-label={m.navLabel}>
          <ul>
            {screens.map(
              ({ path, nav }) =>
                nav && (
                  <li key={path}>
                    <a href={href([path])} aria-current={path === current ? 'page' : undefined}>
                      {nav.label}
                      {path === 'review' && <Waiting />}
                    </a>
                  </li>
                ),
            )}
          </ul>
        </nav>
        <div class="about">
          <LanguageLink />
          <button type="button" class="quiet" onClick={() => (helping.value = true)}>
            {m.keys}
          </button>
          <Identity />
          <Connection />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <CurrentScreen />
      </main>
      {signingIn.value && <SignIn />}
      {helping.value && <Keys close={() => (helping.value = false)} />}
    </>
  );
}

/** How many proposals wait. It is asked for once there is something to read, and again where one goes on or decides. */
function Waiting() {
  const total = useSignal<Total | undefined>(undefined);
  useEffect(() => {
    if (read.value)
      service.countProposals().then(
        ({ data }) => (total.value = data),
        () => undefined,
      ); // who cannot be asked is not known
  }, [read.value, place.value, decisions.value]);
  if (!total.value?.count) return null;
  const { count, exact } = total.value;
  return (
    <span class="waiting">
      {' '}
      <Code>
        {number(count)}
        {exact ? '' : '+'}
      </Code>
    </span>
  );
}

/** The mark of the product: streams that meet. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path d="M5 4c0 9 11 8 11 15v9M27 4c0 9-11 8-11 15M16 3v10" />
    </svg>
  );
}

/** The same page in the other language, which is another document. */
function LanguageLink() {
  const other: Language = language === 'ar' ? 'en' : 'ar';
  const to = href(address.value.path, address.value.query, other);
  return (
    <a
      href={to}
      lang={other}
      hreflang={other}
      onClick={(event) => {
        leave();
        document.cookie = `headwater_language=${other}; Path=${base.pathname}; Max-Age=31536000; SameSite=Lax`;
        if (!isChanging()) return;
        event.preventDefault();
        void changed().then(() => location.assign(to));
      }}
    >
      {m.otherLanguage}
    </a>
  );
}

/** Whether the service can be reached. Told once when it changes; the time is not read out. */
function Connection() {
  return (
    <span class={offline.value ? 'connection off' : 'connection'}>
      <span role="status">
        {offline.value ? m.offline : m.connected} <Busy />
      </span>
      {offline.value && heard.value && <span> {m.lastHeard(timeOfDay(heard.value))}</span>}
    </span>
  );
}

/** The sheet of keys: what each does, and another for it. */
function Keys({ close }: { close: () => void }) {
  return (
    <Dialog title={m.keys} close={close}>
      <p>
        <label>
          <input type="checkbox" checked={!keysOff.value} onChange={(event) => turnKeys(!event.currentTarget.checked)} /> {m.keysOn}
        </label>
      </p>
      <table class="keys">
        <thead>
          <tr>
            <th scope="col">{m.keysDoes}</th>
            <th scope="col">{m.keysKey}</th>
          </tr>
        </thead>
        <tbody>
          {bindings.value.map((binding) => (
            <tr key={binding.id}>
              <th scope="row" id={`key-${binding.id}`}>
                {binding.label}
              </th>
              <td>
                <input
                  class="key"
                  dir="ltr"
                  maxLength={3}
                  aria-labelledby={`key-${binding.id}`}
                  value={keysOf(binding)}
                  onChange={(event) => changeKey(binding.id, event.currentTarget.value.trim())}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {Object.keys(changedKeys.value).length > 0 && (
        <p>
          <button type="button" onClick={() => Object.keys(changedKeys.value).forEach((id) => changeKey(id, undefined))}>
            {m.keysReset}
          </button>
        </p>
      )}
    </Dialog>
  );
}
