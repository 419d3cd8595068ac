/** What the report of a claim is asked for, as the address has it: what is set aside, as of which day, and whether proposals count. */
import { computed } from '@preact/signals';
import { address, look } from '../address';

export interface Question {
  without: string[];
  as_of: string | undefined;
  include_proposed: boolean;
}

export const question = computed<Question>(() => {
  const { query } = address.value;
  return { without: query.getAll('without'), as_of: query.get('as_of') ?? undefined, include_proposed: query.get('proposed') === '1' };
});

/** Whether anything but the claim as it stands is asked for. */
export const isAsked = ({ without, as_of, include_proposed }: Question): boolean =>
  without.length > 0 || as_of !== undefined || include_proposed;

/** The question as the API takes it. */
export function asQuery({ without, as_of, include_proposed }: Question) {
  return { ...(without.length > 0 && { without }), ...(as_of && { as_of }), ...(include_proposed && { include_proposed }) };
}

export const isSetAside = (group: string): boolean => question.value.without.includes(group);

/** Sets a group aside, or puts it back. */
export function toggle(group: string): void {
  const { without } = question.value;
  look({ without: without.includes(group) ? without.filter((one) => one !== group) : [...without, group] });
}

export const putAllBack = (): void => look({ without: undefined });

/** The group whose words are shown. */
export const selected = computed(() => address.value.query.get('card') ?? undefined);

export const select = (group: string | undefined): void => look({ card: group });
