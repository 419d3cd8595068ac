/** The documents, found by words of their titles and texts. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { given, href } from '../address';
import { service, useLoad } from '../api';
import { moveFocus, useKeys } from '../keys';
import { directionOf, messages as m } from '../language';
import { Content, Find, Heading, Name, Pages, useReturn, When } from '../parts';
import { AddDocument, store } from './add';
import { words as w } from './messages';

/** How many are on a page. */
const perPage = 50;

export default function DocumentsScreen() {
  const asked = given('q', 'publisher', 'cursor');
  const adding = useSignal(sessionStorage.getItem(store) !== null);
  const loaded = useLoad(JSON.stringify(asked), async (signal) => {
    const query = { ...asked, limit: perPage, fields: ['title' as const, 'published' as const, 'language' as const] };
    return (await service.listDocuments({ query, signal })).data;
  });
  useReturn(loaded.data !== undefined);
  const list = useRef<HTMLUListElement>(null);
  const move = (by: number) => moveFocus([...(list.current?.querySelectorAll<HTMLElement>('h2 > a') ?? [])], by);
  useKeys([
    { id: 'next-document', keys: 'j', label: w.keyNext, run: () => move(1) },
    { id: 'previous-document', keys: 'k', label: w.keyPrevious, run: () => move(-1) },
  ]);
  return (
    <>
      <Heading title={m.navDocuments} />
      {adding.value ? (
        <AddDocument close={() => (adding.value = false)} />
      ) : (
        <p class="actions">
          <button type="button" onClick={() => (adding.value = true)}>
            {w.add}
          </button>
        </p>
      )}
      <Find label={m.words} />
      <Content of={loaded}>
        {({ items, sources, next_cursor }) => (
          <>
            {items.length === 0 && <p>{w.none}</p>}
            <ul class="claims" ref={list}>
              {items.map(({ id, title, publisher: by, published, language }) => (
                <li key={id}>
                  <h2>
                    <a id={`document-${id}`} href={href(['documents', id])}>
                      <span class="statement" lang={language} dir={language ? directionOf(language) : 'auto'}>
                        {title ?? w.untitled}
                      </span>
                    </a>
                  </h2>
                  <p class="figures">
                    <Name source={sources?.[by]} id={by} />
                    <span class="quiet">
                      <When from={published?.earliest} to={published?.latest} />
                    </span>
                  </p>
                </li>
              ))}
            </ul>
            <Pages of="documents" query={asked} next={next_cursor} />
          </>
        )}
      </Content>
    </>
  );
}
