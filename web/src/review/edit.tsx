/** Changing a proposal before it is accepted: how sure a link is, why, and to which degree; the stance of an attribution. */
import type { Attribution, Degree, Link, QueuedProposal, Stance } from '@headwater/client';
import { service } from '../api';
import { EditForm, type Field, type Newer, type Values } from '../edit/form';
import '../edit/edit.css';
import { changeHeaders, lastChange } from '../edit/versions';
import { words as documents } from '../document/messages';
import { words as w } from './messages';

const valuesOfLink = ({ degree, confidence, rationale }: Link): Values => ({
  degree: degree ?? '',
  confidence: confidence?.toString() ?? '',
  rationale: rationale ?? '',
});
const valuesOfAttribution = ({ stance }: Attribution): Values => ({ stance });

export function EditProposal({
  proposal,
  saved,
  close,
}: {
  proposal: QueuedProposal;
  saved: (version: number) => void;
  close: () => void;
}) {
  const { link, attribution, id, version } = proposal;
  const fields: readonly Field[] = link
    ? [
        ...(link.kind === 'contradicts' ? [{ name: 'degree', options: w.degrees }] : []),
        { name: 'confidence', label: w.confidence },
        { name: 'rationale', long: true },
      ]
    : [{ name: 'stance', options: documents.stances }];
  const values = link ? valuesOfLink(link) : attribution ? valuesOfAttribution(attribution) : {};
  return (
    <EditForm
      of={id}
      title={w.editTitle}
      label={w.saveAndAccept}
      fields={fields}
      from={{ version, values }}
      close={close}
      read={() => read(proposal)}
      save={async (changed, over, reason) => {
        if (Object.keys(changed).length === 0) {
          saved(over);
          return;
        }
        const headers = changeHeaders(over, reason);
        const { data } = link
          ? await service.patchLink({ path: { id }, headers, body: bodyOf(changed) })
          : await service.patchAttribution({ path: { id }, headers, body: { stance: changed['stance'] as Stance } });
        saved(data.version);
      }}
    />
  );
}

function bodyOf({ degree, confidence, rationale }: Values) {
  return {
    ...(degree !== undefined && { degree: degree as Degree }),
    ...(confidence !== undefined && { confidence: confidence.trim() ? Number(confidence) : null }),
    ...(rationale !== undefined && { rationale: rationale || null }),
  };
}

async function read({ link, id }: QueuedProposal): Promise<Newer> {
  const path = { id };
  if (link) {
    const { data } = await service.getLink({ path });
    return { version: data.version, values: valuesOfLink(data), ...(await lastChange(service.listLinkVersions, id)) };
  }
  const { data } = await service.getAttribution({ path });
  return {
    version: data.version,
    values: valuesOfAttribution(data),
    ...(await lastChange(service.listAttributionVersions, id)),
  };
}
