/**
 * Keys of one letter, and of two one after the other. They are silent in fields, with modifiers and while a dialog is open, can be
 * changed and turned off (WCAG 2.1.4), and are found by their place on the keyboard too: on an Arabic one, j is ت.
 */
import { signal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';

export interface Binding {
  /** Names it, so that it can be given another key. */
  id: string;
  /** The key, such as `x`; two for one after the other, such as `g c`. */
  keys: string;
  label: string;
  run: (event: KeyboardEvent) => void;
}

const store = 'headwater.keys';
const stored = JSON.parse(localStorage.getItem(store) ?? '{}') as { off?: boolean; changed?: Record<string, string> };

/** Whether keys are off, and which were given to what in place of its own. */
export const keysOff = signal(stored.off === true);
export const changedKeys = signal<Record<string, string>>(stored.changed ?? {});

function keep(): void {
  localStorage.setItem(store, JSON.stringify({ off: keysOff.value, changed: changedKeys.value }));
}

export function turnKeys(off: boolean): void {
  keysOff.value = off;
  keep();
}

/** Gives a binding another key, or its own again. */
export function changeKey(id: string, keys: string | undefined): void {
  const { [id]: _, ...others } = changedKeys.value;
  changedKeys.value = keys ? { ...others, [id]: keys } : others;
  keep();
}

/** The bindings of what is on the page now, those of the screen last. */
export const bindings = signal<readonly Binding[]>([]);

export const keysOf = (binding: Binding): string => changedKeys.value[binding.id] ?? binding.keys;

/** Binds keys for as long as the component is there, from the moment that it is. The bindings are told by their ids. */
export function useKeys(own: readonly Binding[]): void {
  useLayoutEffect(() => {
    bindings.value = [...bindings.peek(), ...own];
    return () => {
      bindings.value = bindings.peek().filter((one) => !own.includes(one));
    };
  });
}

/** Moves the focus among things that are listed; where none of them has it, to the first one, or backward to the last. */
export function moveFocus(all: readonly HTMLElement[], by: number): void {
  const at = all.findIndex((one) => (one.closest('li') ?? one).contains(document.activeElement));
  const next = at < 0 && by < 0 ? all.length - 1 : at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
}

const codes: Record<string, string> = { '/': 'Slash', '?': 'Slash', '[': 'BracketLeft', ']': 'BracketRight', '.': 'Period', ',': 'Comma' };

function isPressed(key: string, event: KeyboardEvent): boolean {
  if (event.key === key) return true;
  const lower = key.toLowerCase();
  const shifted = key === '?' || key !== lower;
  const code = codes[key] ?? (/^[a-z]$/.test(lower) ? `Key${lower.toUpperCase()}` : `Digit${key}`);
  // A Latin letter or sign that was typed is what was meant, wherever the layout has it.
  return event.code === code && event.shiftKey === shifted && !/^[ -~]$/.test(event.key);
}

const fields = 'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]';

/** How long the second of two keys is waited for, in milliseconds. */
const patience = 1500;

export function listenForKeys(): void {
  let first: KeyboardEvent | undefined;
  let began = 0;
  addEventListener('keydown', (event) => {
    if (['Shift', 'CapsLock', 'AltGraph'].includes(event.key)) return;
    if (keysOff.value || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector('dialog[open]') || (event.target instanceof Element && event.target.closest(fields))) return;
    const before = first && event.timeStamp - began < patience ? first : undefined;
    first = undefined;
    for (const binding of bindings.value.toReversed()) {
      const [one = '', two] = keysOf(binding).split(' ');
      if (two ? before && isPressed(one, before) && isPressed(two, event) : !before && isPressed(one, event)) {
        event.preventDefault();
        binding.run(event);
        return;
      }
    }
    // Only a key that is the first of two is waited for: after Tab or Escape, the next letter counts at once.
    const leads = (keys: string) => /^(\S+) \S/.test(keys) && isPressed(keys.split(' ')[0] ?? '', event);
    if (!bindings.value.some((binding) => leads(keysOf(binding)))) return;
    first = event;
    began = event.timeStamp;
  });
}
