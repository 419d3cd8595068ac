// Numbers. The service's quantities are exact decimals of any size; a JavaScript number holds every decimal of up to 15
// digits and rounds longer ones.

/** How JSON is read and written; JSON itself is one. */
export interface JSONFormat {
  parse(text: string): unknown;
  stringify(value: unknown): string | undefined;
}

/** JSON that refuses to write a number that is none, or a whole one that was rounded when it was read. */
export const guardedJSON: JSONFormat = {
  parse: JSON.parse,
  stringify: (value) => JSON.stringify(value, refuseInexact),
};

function refuseInexact(this: unknown, name: string, value: unknown): unknown {
  if (typeof value === 'number' && (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))) {
    throw new RangeError(`${name} is ${value}, which a JavaScript number does not hold exactly; see json in the options of createClient`);
  }
  return value;
}
