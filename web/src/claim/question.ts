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

/** Whether all of these groups are set aside. */
export const isSetAside = (groups: readonly string[]): boolean => groups.every((group) => question.value.without.includes(group));

/** How many groups a report is made without, at most. */
export const mostAside = 100;

/** What is set aside once these groups are too, or once they are put back where all of them are. */
function toggled(groups: readonly string[]): string[] {
  const { without } = question.value;
  return isSetAside(groups) ? without.filter((one) => !groups.includes(one)) : [...new Set([...without, ...groups])];
}

/** Whether a report can be made without these groups too. */
export const canToggle = (groups: readonly string[]): boolean => toggled(groups).length <= mostAside;

/** Sets groups aside, or puts them back. */
export const toggle = (groups: readonly string[]): void => look({ without: toggled(groups) });

export const putAllBack = (): void => look({ without: undefined });

/** The group whose words are shown. */
export const selected = computed(() => address.value.query.get('card') ?? undefined);

/** What had the focus when the words of a group were asked for. */
let before: Element | null = null;

export function select(group: string): void {
  before = document.activeElement;
  look({ card: group });
}

/** Closes the words of a group. The focus goes to where it was, or else to where the group stands. */
export function unselect(group: string): void {
  look({ card: undefined });
  const there = `[data-card="${CSS.escape(group)}"], .outline [data-group="${CSS.escape(group)}"]`;
  const to = before?.isConnected && before !== document.body ? before : document.querySelector(there);
  if (to instanceof HTMLElement) to.focus();
  before = null;
}
