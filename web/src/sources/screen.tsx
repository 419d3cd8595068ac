/** The sources, found by a part of their names. */
import { address, href, look } from '../address';
import { service, useLoad } from '../api';
import { directionOf, messages } from '../language';
import { Content, Heading, nameOf, Name, Pages, useReturn } from '../parts';
import { words } from './messages';

/** How many are on a page. */
const perPage = 50;

export default function SourcesScreen() {
  const w = words.value;
  const m = messages.value;
  const { query } = address.value;
  const [cursor, q] = [query.get('cursor') ?? undefined, query.get('q') ?? undefined];
  const loaded = useLoad(`${cursor}|${q}`, async (signal) => {
    const { data } = await service.listSources({
      query: { limit: perPage, fields: ['names'], ...(cursor && { cursor }), ...(q && { q }) },
      signal,
    });
    return data;
  });
  useReturn(loaded.data !== undefined);
  return (
    <>
      <Heading title={w.title} />
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          look({ q: String(new FormData(event.currentTarget).get('q')).trim(), cursor: undefined });
        }}
      >
        <label>
          {w.find} <input type="search" name="q" dir="auto" maxLength={500} key={q ?? ''} defaultValue={q ?? ''} />
        </label>
        <button>{m.search}</button>
      </form>
      <Content of={loaded}>
        {({ items, next_cursor }) => (
          <>
            {items.length === 0 && <p>{w.none}</p>}
            <ul class="claims">
              {items.map((source) => (
                <li key={source.id}>
                  <h2>
                    <a id={`source-${source.id}`} href={href(['sources', source.id])}>
                      <Name source={source} />
                    </a>
                  </h2>
                  {Object.entries(source.names ?? {})
                    .filter(([, name]) => name !== nameOf(source))
                    .map(([tag, name]) => (
                      <p key={tag} class="other">
                        <bdi lang={tag} dir={directionOf(tag)}>
                          {name}
                        </bdi>
                      </p>
                    ))}
                </li>
              ))}
            </ul>
            <Pages of="sources" query={{ q, cursor }} next={next_cursor} />
          </>
        )}
      </Content>
    </>
  );
}
