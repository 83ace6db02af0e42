// Whether a JSON value holds at least what is wanted: every key of a wanted object must be there with
// a value that holds in turn; everything else, arrays with all that is in them too, must be equal.
// The answer is the first place that differs, as a path, because "the body differs" helps nobody.

import { memberPath } from './document-path.ts';

/** Deeper than any honest document; beyond it values count as different. */
const DEPTH_MAX = 100;
const SHOWN_LENGTH_MAX = 80;

/** undefined = it holds; else a part of a sentence such as `$.items[1].name is "a", wanted "b"`. */
export function jsonDifference(found: unknown, wanted: unknown): string | undefined {
  return difference(found, wanted, { path: '$', depth: 0, exact: false });
}

interface Place {
  path: string;
  depth: number;
  /** Within an array: objects must have no other keys. */
  exact: boolean;
}

function difference(found: unknown, wanted: unknown, place: Place): string | undefined {
  const { path, depth } = place;
  if (depth > DEPTH_MAX) return `${path} is nested too deeply`;
  if (Array.isArray(wanted)) return arrayDifference(found, wanted, place);
  if (isObject(wanted)) return objectDifference(found, wanted, place);
  return found === wanted ? undefined : `${path} is ${shown(found)}, wanted ${shown(wanted)}`;
}

function objectDifference(
  found: unknown,
  wanted: Record<string, unknown>,
  place: Place,
): string | undefined {
  const { path, depth, exact } = place;
  if (!isObject(found)) return `${path} is ${shown(found)}, wanted an object`;
  for (const [key, value] of Object.entries(wanted)) {
    const member = memberPath(path, key);
    if (!Object.hasOwn(found, key)) return `${member} is missing`;
    const inside = difference(found[key], value, { path: member, depth: depth + 1, exact });
    if (inside !== undefined) return inside;
  }
  if (!exact) return undefined;
  const other = Object.keys(found).find((key) => !Object.hasOwn(wanted, key));
  return other === undefined ? undefined : `${memberPath(path, other)} was not wanted`;
}

function arrayDifference(
  found: unknown,
  wanted: readonly unknown[],
  place: Place,
): string | undefined {
  const { path, depth } = place;
  if (!Array.isArray(found)) return `${path} is ${shown(found)}, wanted an array`;
  if (found.length !== wanted.length) {
    return `${path} has ${found.length} elements, wanted ${wanted.length}`;
  }
  for (const [at, value] of wanted.entries()) {
    const element = { path: `${path}[${at}]`, depth: depth + 1, exact: true };
    const inside = difference(found[at], value, element);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}
