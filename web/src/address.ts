/**
 * The page's address, which is all of its state: what one looks at can be sent to somebody else, and Back goes back. It is
 * `{base}{language}/{path}?{query}`; the base is wherever the service stands.
 */
import { computed, signal } from '@preact/signals';

export type Language = 'en' | 'ar';

/** The language of the page. It is built once for each: `npm run build` sets the mode, and only the messages of that language are in it. */
export const language: Language = import.meta.env.MODE === 'ar' ? 'ar' : 'en';

/** Numbers are written in the digits of the statements, in both languages. */
export const locale = language === 'ar' ? 'ar-u-nu-latn' : 'en';

export interface Address {
  /** What comes after the language, in parts: `claims`, an id. */
  path: string[];
  query: URLSearchParams;
}

// A name for it, since Vite takes new URL(…, import.meta.url) for a file to be copied.
const module = import.meta.url;

/** Where the service stands; the script is in `assets` or, while it is developed, in `src`. */
export const base = new URL('../', module);

const [desk = ''] = /\/desks\/[^/]+\/$/.exec(base.pathname) ?? [];

/** The name under which the browser keeps something for this service: desks have one origin, and each what is its own. */
export const keptAs = (name: string): string => `headwater.${name}${desk}`;

function read(): Address {
  const [, ...path] = location.pathname.slice(base.pathname.length).split('/').filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(location.search) };
}

export const address = signal<Address>(read());

/** The parts of the path as one text, which changes where the screen or its thing does. */
export const place = computed(() => address.value.path.join('/'));

export type Query = Record<string, string | readonly string[] | boolean | undefined>;

/** Gives a query other values; undefined takes a name out. */
function changed(query: URLSearchParams, changes: Query): URLSearchParams {
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of [value].flat()) if (one !== undefined && one !== false && one !== '') query.append(name, one === true ? '1' : one);
  }
  return query;
}

/** The address of a screen, such as `['claims', id]`, in the page's language unless another is named. */
export function href(path: readonly string[], query: Query | URLSearchParams = {}, tag: Language = language): string {
  const search = String(query instanceof URLSearchParams ? query : changed(new URLSearchParams(), query));
  return base.pathname + [tag, ...path].map(encodeURIComponent).join('/') + (search && `?${search}`);
}

/** The first parts of the addresses that have a screen; screens.tsx fills it. */
export const shown = new Set<string>();

/** What the address has of these names. */
export const given = (...names: string[]): Record<string, string> =>
  Object.fromEntries([...address.value.query].filter(([name, value]) => value && names.includes(name)));

interface Place {
  scroll: number;
  focus: string | undefined;
}

/** Where the reader was on the page that Back led to; the screen goes there once it has its content. */
export const returning = signal((history.state as Place | null) ?? undefined);

/** Notes where the reader is, for when Back leads here again. */
export function leave(): void {
  const state: Place = { scroll: scrollY, focus: document.activeElement?.id || undefined };
  history.replaceState(state, '');
}

/** Goes to an address of the page. `replace` is for what only changes how the same thing is looked at. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(history.state, '', to);
  } else {
    leave();
    history.pushState(null, '', to);
  }
  returning.value = undefined;
  address.value = read();
}

/** The address of what is shown with some of the query changed and the rest kept; undefined takes a name out. */
export const here = (changes: Query): string => href(address.value.path, changed(new URLSearchParams(address.value.query), changes));

/** Goes there. */
export function look(changes: Query, options = { replace: true }): void {
  go(here(changes), options);
}

/** Follows links within the page in its language without loading it again, and Back and Forward. */
export function followLinks(): void {
  history.scrollRestoration = 'manual';
  addEventListener('popstate', (event) => {
    returning.value = (event.state as Place | null) ?? undefined;
    address.value = read();
  });
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!link || !plain || event.defaultPrevented || link.target || link.hasAttribute('download')) return;
    const to = new URL(link.href);
    if (to.origin !== base.origin || !`${to.pathname}/`.startsWith(`${base.pathname}${language}/`)) return;
    if (to.hash && to.pathname === location.pathname && to.search === location.search) return;
    event.preventDefault();
    go(to.pathname + to.search);
    if (link.closest('.pages')) document.querySelector('h1')?.focus(); // another page of a list is read from its top
  });
}
