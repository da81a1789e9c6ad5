/**
 * Schemas of JSON values, used as a TypeScript type and as a check at run time.
 *
 * A check returns `null` if the value is valid, else a sentence: what was expected, where, and what came.
 */
export interface Schema<T> {
  readonly check: (value: unknown, path: string) => string | null;
  /** Carries the type; never read. */
  readonly type?: T;
}

export type TypeOf<S> = S extends Schema<infer T> ? T : never;

type Fields = Record<string, Schema<unknown>>;
type Flat<T> = { [K in keyof T]: T[K] };
type OptionalKeys<F> = { [K in keyof F]: undefined extends TypeOf<F[K]> ? K : never }[keyof F];
type ObjectOf<F> = Flat<
  { [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]> } & {
    [K in OptionalKeys<F>]?: Exclude<TypeOf<F[K]>, undefined>;
  }
>;

function primitive<T>(name: string, fits: (value: unknown) => boolean): Schema<T> {
  return { check: (value, path) => (fits(value) ? null : `${path}: expected ${name}, got ${show(value)}`) };
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

export const text = primitive<string>("a string", (v) => typeof v === "string");
export const flag = primitive<boolean>("true or false", (v) => typeof v === "boolean");
export const real = primitive<number>("a finite number", (v) => Number.isFinite(v));
/** A value of any type that is neither a list nor an object. */
export const count = primitive<number>("a count", (v) => Number.isInteger(v) && (v as number) >= 0);

export function oneOf<const T extends string | boolean>(...values: T[]): Schema<T> & { readonly values: readonly T[] } {
  return { values, ...primitive<T>(`one of ${values.join(", ")}`, (v) => values.includes(v as T)) };
}

export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  return { check: (value, path) => (value === null ? null : schema.check(value, path)) };
}

export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return { check: (value, path) => (value === undefined ? null : schema.check(value, path)) };
}

/** The same fields, each of them optional. */
export function partial<F extends Fields>(fields: F) {
  const entries = Object.entries(fields).map(([key, schema]) => [key, optional(schema)]);
  return Object.fromEntries(entries) as { [K in keyof F]: Schema<TypeOf<F[K]> | undefined> };
}

export function listOf<T>(schema: Schema<T>): Schema<T[]> {
  return {
    check(value, path) {
      if (!Array.isArray(value)) return `${path}: expected a list, got ${show(value)}`;
      for (let i = 0; i < value.length; i++) {
        const fault = schema.check(value[i], `${path}[${i}]`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

export function mapOf<T>(schema: Schema<T>): Schema<Record<string, T>> {
  return {
    check(value, path) {
      if (!isRecord(value)) return `${path}: expected an object, got ${show(value)}`;
      for (const [key, item] of Object.entries(value)) {
        const fault = schema.check(item, `${path}.${key}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

/** Undeclared keys are allowed, as the server can be newer than a loaded panel. */
export function object<F extends Fields>(fields: F): Schema<ObjectOf<F>> & { readonly fields: F } {
  return {
    fields,
    check(value, path) {
      if (!isRecord(value)) return `${path}: expected an object, got ${show(value)}`;
      for (const [key, schema] of Object.entries(fields)) {
        const fault = schema.check(value[key], `${path}.${key}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
