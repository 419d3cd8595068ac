/**
 * A field that finds things while one types, and lets one of them be chosen (the combobox of the ARIA practices). What was typed may be
 * meant as new: Enter takes an offer only where it has that very name, or was gone to.
 */
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { newName, service } from './api';
import { messages as m } from './language';
import { Name, nameOf, Statement, statementText } from './parts';

export interface Option {
  id: string;
  /** What the field has once it is chosen. */
  name: string;
  show: ComponentChildren;
}

/** What of what is found is offered. */
const offered = { status: ['active' as const], limit: 8 };

/** Finds claims by their words. */
export const findClaims = async (q: string, signal: AbortSignal): Promise<Option[]> =>
  (await service.listClaims({ query: { q, ...offered, fields: ['key'] }, signal })).data.items.map(({ id, statement }) => ({
    id,
    name: statementText(statement),
    show: <Statement texts={statement} />,
  }));

/** Finds sources by the beginning of a name. */
export const findSources = async (q: string, signal: AbortSignal): Promise<Option[]> =>
  (await service.listSources({ query: { q, ...offered, fields: ['names'] }, signal })).data.items.map((source) => ({
    id: source.id,
    name: nameOf(source),
    show: <Name source={source} />,
  }));

/** How long one pauses before what was typed is asked for, in milliseconds. */
const pause = 150;

export interface ComboboxProps {
  label: string;
  typed: string;
  type: (typed: string) => void;
  /** Finds what was typed. */
  find: (typed: string, signal: AbortSignal) => Promise<Option[]>;
  choose: (option: Option) => void;
}

export function Combobox({ label, typed, type, find, choose }: ComboboxProps) {
  const id = useMemo(newName, []);
  const options = useSignal<readonly Option[]>([]);
  const at = useSignal(-1); // none
  const open = useSignal(false);
  const asking = useRef(find);
  asking.current = find;
  useEffect(() => {
    if (!open.value || typed.trim() === '') {
      options.value = [];
      return undefined;
    }
    const control = new AbortController();
    const timer = setTimeout(() => {
      asking.current(typed.trim(), control.signal).then(
        (found) => {
          if (control.signal.aborted) return;
          options.value = found;
          at.value = found.findIndex(({ name }) => name.toLowerCase() === typed.trim().toLowerCase());
        },
        () => (options.value = []),
      );
    }, pause);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [typed, open.value]);
  // The offers stand in the flow and cover nothing. They stay until a click has come to what it was meant for, which would move otherwise.
  useEffect(() => {
    if (!open.value) return undefined;
    const close = () => (open.value = false);
    addEventListener('click', close);
    return () => removeEventListener('click', close);
  }, [open.value]);
  const take = (option: Option | undefined) => {
    if (!option) return;
    open.value = false;
    choose(option);
  };
  const shown = open.value && options.value.length > 0;
  return (
    <span class="combobox">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        role="combobox"
        dir="auto"
        autocomplete="off"
        maxLength={500}
        value={typed}
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && at.value >= 0 ? `${id}-${at.value}` : undefined}
        onInput={(event) => {
          open.value = true;
          type(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && shown) {
            event.stopPropagation();
            open.value = false;
          } else if (event.key === 'Enter') {
            event.preventDefault(); // the form is not whole yet
            open.value = false;
            if (shown) take(options.value[at.value]);
          } else if (event.key === 'Tab') {
            open.value = false;
          } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            open.value = true;
            const count = Math.max(1, options.value.length);
            at.value = event.key === 'ArrowDown' ? (at.value + 1) % count : (at.value > 0 ? at.value : count) - 1;
          }
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} hidden={!shown}>
        {options.value.map((option, i) => (
          <li
            key={option.id}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at.value}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(option)}
          >
            {option.show}
          </li>
        ))}
      </ul>
      <span class="sr" role="status">
        {shown ? m.optionsCount(options.value.length) : ''}
      </span>
    </span>
  );
}
