/** The user's place in Review, and its settings, across page loads. */
import type { ClassName } from "../../protocol/messages";
import { type Filters, type Order, order } from "../../protocol/review";
import { isRecord } from "../../protocol/schema";

/** The orders, as a menu lists them. */
export const ORDERS = order.values;

export const NO_FILTERS: Filters = { likelihood: null, overlap: null, classes: null, class_pair: null, size: null, tag: null, annotator: null, chains: null, undecided: false };

/** The options for drawing labels. */
export interface Drawing {
  readonly filled: boolean;
  /** Whether shapes that cover one another are pulled apart. */
  readonly exploded: boolean;
  /** Whether each label has its own picture. */
  readonly beside: boolean;
}

export interface ReviewPlace {
  readonly open: boolean;
  readonly order: Order;
  readonly filters: Filters;
  readonly drawing: Drawing;
  /** The labels of the group shown; empty for the first undecided group. */
  readonly at: readonly string[];
  /** The document of these labels, if the group was chosen elsewhere and may not be in the list; else `null`. */
  readonly documentId: string | null;
}

export const FIRST_PLACE: ReviewPlace = { open: false, order: "uncertain", filters: NO_FILTERS, drawing: { filled: false, exploded: false, beside: false }, at: [], documentId: null };

/** The order in which a scan is reviewed: the pairs of two fields have no likelihood to draw a sample by. */
export function orderOf(order: Order, otherField: string | null): Order {
  return order === "sample" && otherField !== null ? FIRST_PLACE.order : order;
}

/** Returns the stored place; a value that makes no sense becomes the default. */
export function readPlace(value: unknown): ReviewPlace {
  if (!isRecord(value)) return FIRST_PLACE;
  const drawing = isRecord(value.look) ? value.look : {};
  return {
    open: value.open === true,
    order: ORDERS.find((known) => known === value.order) ?? FIRST_PLACE.order,
    filters: readFilters(value.filters),
    drawing: { filled: drawing.filled === true, exploded: drawing.exploded === true, beside: drawing.beside === true },
    at: Array.isArray(value.at) ? value.at.filter((id) => typeof id === "string") : [],
    documentId: null,
  };
}

/** The same as JSON; `look` is the stored name of how labels are drawn. */
export function writePlace({ drawing, ...rest }: ReviewPlace): Record<string, unknown> {
  return { ...rest, look: drawing };
}

function readFilters(value: unknown): Filters {
  if (!isRecord(value)) return NO_FILTERS;
  return {
    likelihood: readRange(value.likelihood),
    overlap: readRange(value.overlap),
    classes: readClasses(value.classes),
    class_pair: readClasses(value.class_pair)?.length === 2 ? readClasses(value.class_pair) : null,
    size: readRange(value.size),
    tag: typeof value.tag === "string" ? value.tag : null,
    annotator: typeof value.annotator === "string" ? value.annotator : null,
    chains: typeof value.chains === "boolean" ? value.chains : null,
    undecided: value.undecided === true,
  };
}

function readRange(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length !== 2) return null;
  return value.every((end) => Number.isFinite(end)) ? (value as number[]) : null;
}

function readClasses(value: unknown): ClassName[] | null {
  if (!Array.isArray(value)) return null;
  const names = value.filter((name): name is ClassName => name === null || typeof name === "string");
  return names.length === 0 ? null : names;
}

/** The number of filters that are set. */
export function filtersSet(filters: Filters): number {
  return Object.values(filters).filter((value) => value !== null && value !== false).length;
}
