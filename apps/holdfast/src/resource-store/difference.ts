// Where two resources differ, as paths of fields. Lists are compared by place: an entry put in front
// shows as all that follow, which is what a store holds, too.

type Step = string | number;

const PATHS_MAX = 50;
/** Deeper than resources may be. */
const DEPTH_MAX = 70;

/** `spec.expect.status`, `spec.locations[1]`; at most 50. The order of fields means nothing. */
export function differingPaths(before: unknown, after: unknown): string[] {
  const paths: string[] = [];
  collect(before, after, [], paths);
  return paths;
}

function collect(before: unknown, after: unknown, at: readonly Step[], paths: string[]): void {
  if (paths.length >= PATHS_MAX || Object.is(before, after)) return;
  const both = isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after);
  if (!both || at.length >= DEPTH_MAX) {
    paths.push(pathText(at));
    return;
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of names) {
    const step = Array.isArray(before) ? Number(name) : name;
    collect(valueAt(before, name), valueAt(after, name), [...at, step], paths);
  }
}

function valueAt(tree: object, name: string): unknown {
  return Object.hasOwn(tree, name) ? (tree as Record<string, unknown>)[name] : undefined;
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function pathText(path: readonly Step[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** What stands at a path that `differingPaths` told of two values; undefined: nothing. */
export function valueAtPath(value: unknown, path: string): unknown {
  const steps = path.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([\w-]+)/g);
  let at = value;
  for (const [, index, quoted, plain] of steps) {
    if (!isTree(at)) return undefined;
    at = valueAt(at, index ?? plain ?? (JSON.parse(`"${quoted}"`) as string));
  }
  return at;
}
