/** The screens, by their addresses. A screen that is large or rarely opened is loaded when it is: `load: () => import('./review')`. */
import type { ComponentType } from 'preact';
import { address, shown } from './address';
import { ClaimScreen } from './claim/screen';
import { ClaimsScreen } from './claims/screen';
import { messages as m } from './language';
import { Lazy, type Load } from './lazy';
import { Heading, useReturn } from './parts';

export interface ScreenProps {
  /** The id in the address; empty where its path has none. */
  id: string;
}

interface Screen {
  /** The path of its addresses; `:id` stands for one part. */
  path: string;
  /** Its entry in the navigation, with the second key of `g …` that goes there. */
  nav?: { label: string; key: string };
  show?: ComponentType<ScreenProps>;
  load?: Load<ScreenProps>;
}

export const screens: readonly Screen[] = [
  { path: 'claims', nav: { label: m.navClaims, key: 'c' }, show: ClaimsScreen },
  { path: 'claims/:id', show: ClaimScreen },
  { path: 'compare', load: () => import('./compare/screen') },
  { path: 'sources', nav: { label: m.navSources, key: 's' }, load: () => import('./sources/screen') },
  { path: 'sources/:id', load: () => import('./source/screen') },
  { path: 'documents', nav: { label: m.navDocuments, key: 'd' }, load: () => import('./documents/screen') },
  { path: 'documents/:id', load: () => import('./document/screen') },
  { path: 'review', nav: { label: m.navReview, key: 'r' }, load: () => import('./review/screen') },
  { path: 'history', nav: { label: m.navHistory, key: 'h' }, load: () => import('./history/screen') },
];

for (const { path } of screens) shown.add(path.split('/')[0] ?? '');

/** The screen of an address, and the id in it. */
function find(path: readonly string[]): { screen: Screen; id: string } | undefined {
  for (const screen of screens) {
    const parts = screen.path.split('/');
    if (parts.length !== path.length || !parts.every((part, i) => part === ':id' || part === path[i])) continue;
    return { screen, id: path[parts.indexOf(':id')] ?? '' };
  }
  return undefined;
}

export function CurrentScreen() {
  const found = find(address.value.path.length > 0 ? address.value.path : ['claims']);
  if (!found) {
    return <NoSuchPage />;
  }
  const {
    screen: { path, show: Show, load },
    id,
  } = found;
  return Show ? <Show key={path + id} id={id} /> : load ? <Lazy key={path + id} load={load} props={{ id }} /> : null;
}

function NoSuchPage() {
  useReturn(true);
  return (
    <>
      <Heading title={m.noSuchPage} />
      <p>{m.noSuchPageHint}</p>
    </>
  );
}
