// A text of a step with holes: `${1}` stands for what a group of an earlier pattern found. Secrets
// are filled into the text around the holes before anything is sent, so neither what a peer said nor
// a secret can ever be taken for a placeholder. `$${` writes a plain `${`.

import type { Outcome, Secrets } from '../prober.ts';

/** Texts, and the numbers of groups. */
export type StepTemplate = readonly (string | number)[];

const PIECE = /\$\$\{|\$\{(\d{1,2})\}|\$\{[^}]*\}/g;

/** `fillable`: other placeholders are left in the texts, with `$${`, for `fillTemplate`. */
export function parseTemplate(text: string, fillable: boolean): StepTemplate {
  const parts: (string | number)[] = [];
  let end = 0;
  const add = (piece: string) => {
    if (typeof parts.at(-1) === 'string') parts.push((parts.pop() as string) + piece);
    else if (piece !== '') parts.push(piece);
  };
  for (const match of text.matchAll(PIECE)) {
    const [whole, group] = match;
    add(text.slice(end, match.index));
    if (group !== undefined) parts.push(Number(group));
    else add(whole === '$${' && !fillable ? '${' : whole);
    end = match.index + whole.length;
  }
  add(text.slice(end));
  return parts;
}

export async function fillTemplate(
  template: StepTemplate,
  secrets: Secrets,
): Promise<Outcome<StepTemplate>> {
  const parts: (string | number)[] = [];
  for (const part of template) {
    if (typeof part === 'number') {
      parts.push(part);
      continue;
    }
    const filled = await secrets.fill(part);
    if (!filled.ok) return filled;
    parts.push(filled.value);
  }
  return { ok: true, value: parts };
}

/** `written` says how what a group found is written down. */
export function expandTemplate(
  template: StepTemplate,
  groups: readonly string[],
  written: (found: string) => string = (found) => found,
): string {
  return template
    .map((part) => (typeof part === 'string' ? part : written(groups[part] ?? '')))
    .join('');
}
