/** The margin: a card for each attribution, in the order of the text, with its chain. */
import type { Attribution, ClaimCard, Selector, SourceCard } from '@headwater/client';
import { useComputed, useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Chain, Code, HistoryLink, LinkTo, Name, nameOf, Statement } from '../parts';
import { words as w } from './messages';

/** How many cards are drawn at a time; the text is there before the last of them. */
const cardsAtOnce = 40;

interface Facts {
  claims: Record<string, ClaimCard>;
  sources: Record<string, SourceCard>;
  text: string;
  /** The attributions that are looked at, the one shown whole first. */
  lit: ReadonlySignal<readonly string[]>;
  choose: (id: string) => void;
  /** Leads back to the words in the text. */
  back: (id: string) => void;
}

export function Margin({ attributions, ...facts }: Facts & { attributions: readonly Attribution[] }) {
  const drawn = useSignal(cardsAtOnce);
  useEffect(() => {
    if (drawn.value >= attributions.length) return undefined;
    const later = requestAnimationFrame(() => (drawn.value += cardsAtOnce));
    return () => cancelAnimationFrame(later);
  }, [drawn.value, attributions.length]);
  return (
    <section aria-labelledby="attributions">
      <h2 id="attributions">{w.attributionsTitle(attributions.length)}</h2>
      {attributions.length === 0 && <p class="quiet">{w.nobody}</p>}
      <ol class="margin">
        {attributions.slice(0, drawn.value).map((attribution, i) => (
          <Card key={attribution.id} number={i + 1} attribution={attribution} {...facts} />
        ))}
      </ol>
    </section>
  );
}

function Card({ attribution, number, claims, sources, text, lit, choose, back }: Facts & { attribution: Attribution; number: number }) {
  const { id, claim, content, chain, stance, status } = attribution;
  const state = useComputed(() => (lit.value[0] === id ? 'shown' : lit.value.includes(id) ? 'over' : ''));
  const shown = state.value === 'shown';
  const statement = claims[claim]?.statement;
  const [, ...hops] = chain;
  return (
    <li
      id={`card-${id}`}
      tabIndex={-1}
      class={`attribution ${state.value} ${status}`}
      onClick={() => choose(id)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') back(id);
      }}
    >
      <p class="top">
        <span class="number">{number}</span>
        <span class={`stance ${stance}`}>{w.stances[stance] ?? stance}</span>
        {status !== 'accepted' && <em>{w.statuses[status] ?? status}</em>}
        {content && text !== '' && (
          <button
            type="button"
            class="quiet"
            onClick={(event) => {
              event.stopPropagation();
              choose(id);
              back(id);
            }}
          >
            {w.showInText}
          </button>
        )}
      </p>
      <p class="claimed">
        <LinkTo path={['claims', claim]}>{statement ? <Statement texts={statement} /> : <Code>{claim}</Code>}</LinkTo>
      </p>
      <Chain walk={chain.map(({ source }) => [nameOf(sources[source], source), source])} />
      {shown && hops.length === 0 && <p class="quiet">{w.ownVoice}</p>}
      {shown &&
        hops.map((hop, i) => (
          <p key={i} class="hop">
            <Name source={sources[hop.source]} id={hop.source} />
            <span class="quiet">
              {' '}
              {w.acts[hop.act ?? ''] ?? hop.act} {hop.certainty && hop.certainty !== 'certain' && w.certainties[hop.certainty]}{' '}
              {hop.evidence && w.evidences[hop.evidence]}
            </span>
            {hop.described_as && (
              <>
                {' '}
                <q>
                  <bdi>{hop.described_as}</bdi>
                </q>
              </>
            )}
            <Legend tint="cue" label={w.cue} of={hop.cue} />
            <Legend tint="setting" label={w.setting} of={hop.setting} />
            <Legend tint="evidence" label={w.evidence} of={hop.evidence_span} />
          </p>
        ))}
      {shown && attribution.event_time_span && (
        <p class="hop">
          <Legend tint="date" label={w.date} of={attribution.event_time_span} />
        </p>
      )}
      {shown && attribution.note && (
        <p class="quiet">
          <bdi>{attribution.note}</bdi>
        </p>
      )}
      {shown && (
        <p class="hop">
          <HistoryLink resource="attribution" id={id} />
        </p>
      )}
    </li>
  );
}

/** What a tint in the text means, with the words that have it. */
function Legend({ tint, label, of }: { tint: string; label: string; of: Selector | undefined }) {
  return (
    of && (
      <span class="legend">
        {' '}
        <i class={`tint-${tint}`} aria-hidden="true" /> {label} <bdi class="statement">{of.exact}</bdi>
      </span>
    )
  );
}
