/** What a field has beside it. */
export type Siblings = Readonly<Record<string, unknown>>;

/** A value, or what follows from the fields beside. */
export type Default = string | number | boolean | ((siblings: Siblings) => unknown);

/** A place -> its default. */
export type Defaults = readonly (readonly [place: string, value: Default])[];

/** Every field of a table, below a place. */
export const below = (place: string, fields: Readonly<Record<string, Default>>): Defaults =>
  Object.entries(fields).map(([field, value]) => [`${place}.${field}`, value]);
