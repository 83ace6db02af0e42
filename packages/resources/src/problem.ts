// A fault in what a person wrote, with its exact place. It says three things: what is wrong, what
// was found, and what to write instead. It must never show a secret that stands in the file.

/** Line and column count from 1; columns are UTF-16 units, as editors count them. */
export interface Place {
  line: number;
  column: number;
}

export interface Problem extends Place {
  file: string;
  /** Field path as written, e.g. `checks[2].expect.status`; empty for the file as a whole. */
  path: string;
  /** What stands there, shortened, secrets hidden; absent where it would say nothing. */
  found?: string;
  message: string;
  /** What to do, as a clause: ``write `timeout: 5s` ``. */
  hint?: string;
}

/** One line: `file:line:column: path: message (found …) — hint`. */
export function formatProblem(problem: Problem): string {
  const { file, line, column, path, found, message, hint } = problem;
  const where = `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}`;
  return `${where}${message}${found === undefined ? '' : ` (found ${found})`}${hint === undefined ? '' : ` — ${hint}`}`;
}

/** Of a resource that stands in no file: `Kind name: path: message (found …) — hint`. */
export function formatResourceProblem({ file, path, found, message, hint }: Problem): string {
  const where = path === '' ? file : `${file}: ${path}`;
  return `${where}: ${message}${found === undefined ? '' : ` (found ${found})`}${hint === undefined ? '' : ` — ${hint}`}`;
}

/** More than anybody reads at once; a file that has more is usually wrong in one place. */
export const PROBLEMS_MAX = 500;

/** Orders by place, drops repeats of one place and path, and cuts what nobody would read. */
export function settled(problems: readonly Problem[], firstFile: string): Problem[] {
  const seen = new Set<string>();
  // The rest in the order they were first spoken of.
  const files = new Map([[firstFile, 0]]);
  const distinct = problems.filter((problem) => {
    if (!files.has(problem.file)) files.set(problem.file, files.size);
    const place = `${problem.file}\n${problem.line}:${problem.column}:`;
    // What the syntax has already refused is no second fault for being missing.
    if (seen.has(`${place}${problem.path}`) || seen.has(place)) return false;
    return seen.add(`${place}${problem.path}`);
  });
  const order = (problem: Problem) => files.get(problem.file) ?? 0;
  distinct.sort((a, b) => order(a) - order(b) || a.line - b.line || a.column - b.column);
  const shown = distinct.slice(0, PROBLEMS_MAX);
  const last = shown.at(-1);
  if (distinct.length > PROBLEMS_MAX && last !== undefined) {
    const { file, line, column } = last;
    const message = `more than ${PROBLEMS_MAX} problems; the rest is not shown`;
    shown.push({ file, line, column, path: '', message, hint: 'mend these first' });
  }
  return shown;
}
