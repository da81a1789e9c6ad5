/**
 * Shapes of JSON values: declared once, used as a TypeScript type and as a check at run time.
 *
 * A check answers `null` when the value fits, else a sentence: what was expected, where, what came.
 */
export interface Shape<T> {
  readonly check: (value: unknown, path: string) => string | null;
  /** Never read: carries the type. */
  readonly type?: T;
}

export type TypeOf<S> = S extends Shape<infer T> ? T : never;

type Fields = Record<string, Shape<unknown>>;
type Flat<T> = { [K in keyof T]: T[K] };
type OptionalKeys<F> = { [K in keyof F]: undefined extends TypeOf<F[K]> ? K : never }[keyof F];
type ObjectOf<F> = Flat<
  { [K in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[K]> } & {
    [K in OptionalKeys<F>]?: Exclude<TypeOf<F[K]>, undefined>;
  }
>;

function primitive<T>(name: string, fits: (value: unknown) => boolean): Shape<T> {
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
export const scalar = primitive<string | number | boolean | null>("a plain value", (v) => v === null || ["string", "number", "boolean"].includes(typeof v));
export const count = primitive<number>("a count", (v) => Number.isInteger(v) && (v as number) >= 0);

export function oneOf<const T extends string | boolean>(...values: T[]): Shape<T> {
  return primitive<T>(`one of ${values.join(", ")}`, (v) => values.includes(v as T));
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { check: (value, path) => (value === null ? null : shape.check(value, path)) };
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return { check: (value, path) => (value === undefined ? null : shape.check(value, path)) };
}

/** The same fields, each of which may be missing. */
export function partial<F extends Fields>(fields: F) {
  const entries = Object.entries(fields).map(([key, shape]) => [key, optional(shape)]);
  return Object.fromEntries(entries) as { [K in keyof F]: Shape<TypeOf<F[K]> | undefined> };
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return {
    check(value, path) {
      if (!Array.isArray(value)) return `${path}: expected a list, got ${show(value)}`;
      for (let i = 0; i < value.length; i++) {
        const fault = shape.check(value[i], `${path}[${i}]`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

export function mapOf<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return {
    check(value, path) {
      if (!isRecord(value)) return `${path}: expected an object, got ${show(value)}`;
      for (const [key, item] of Object.entries(value)) {
        const fault = shape.check(item, `${path}.${key}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

/** Keys that are not declared are let through: an older panel meets a newer Python half. */
export function object<F extends Fields>(fields: F): Shape<ObjectOf<F>> & { readonly fields: F } {
  return {
    fields,
    check(value, path) {
      if (!isRecord(value)) return `${path}: expected an object, got ${show(value)}`;
      for (const [key, shape] of Object.entries(fields)) {
        const fault = shape.check(value[key], `${path}.${key}`);
        if (fault) return fault;
      }
      return null;
    },
  };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
