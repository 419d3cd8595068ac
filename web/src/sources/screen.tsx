/** The sources, found by a part of their names. */
import { given, href } from '../address';
import { service, useLoad } from '../api';
import { directionOf, messages as m } from '../language';
import { Content, Find, Heading, nameOf, Name, Pages, useReturn } from '../parts';
import { words as w } from './messages';

/** How many are on a page. */
const perPage = 50;

export default function SourcesScreen() {
  const asked = given('q', 'cursor');
  const loaded = useLoad(
    JSON.stringify(asked),
    async (signal) => (await service.listSources({ query: { ...asked, limit: perPage, fields: ['names'] }, signal })).data,
  );
  useReturn(loaded.data !== undefined);
  return (
    <>
      <Heading title={m.navSources} />
      <Find label={w.find} />
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
            <Pages of="sources" query={asked} next={next_cursor} />
          </>
        )}
      </Content>
    </>
  );
}
