// HTTP headers as people write them: valid names once each, values without line breaks (which would
// let a value forge further headers), and only placeholders that we fill.

import * as z from 'zod';
import { demand } from './demand.ts';

const NAME = demand(
  'is no name for a header: letters, digits and - only, no spaces',
  'write it like X-Request-Id',
);
const VALUE = demand('must be a text on one line', 'put it in quotes, and keep it on one line');
const HEADERS = demand(
  'must be a mapping of header names to texts',
  'write headers: {Accept: text/html}',
);

/** RFC 9110 §5.6.2, token. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$/;
/** RFC 9110 §5.5 without the obsolete forms, and texts beyond Latin-1 are refused. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out.
const ONE_LINE = /^[^\x00-\x08\x0a-\x1f\x7f]*$/;

export const headerName = z.string().regex(TOKEN, { error: NAME });

const headerValue = z
  .string({ error: VALUE })
  .max(8192, { error: demand('must be at most 8,192 characters', 'shorten it') })
  .regex(ONE_LINE, { error: VALUE })
  .superRefine((value, context) => {
    const fault = placeholderFault(value);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });

export const headersField = withDistinctNames(
  z.record(headerName, headerValue, { error: HEADERS }),
);

/** Two spellings of one header would overwrite each other unseen. */
export function withDistinctNames<S extends z.ZodRecord<z.ZodString, z.ZodString>>(schema: S): S {
  return schema.superRefine((headers, context) => {
    const seen = new Map<string, string>();
    for (const name of Object.keys(headers)) {
      const first = seen.get(name.toLowerCase());
      if (first === undefined) seen.set(name.toLowerCase(), name);
      else
        context.addIssue({
          code: 'custom',
          path: [name],
          message: demand(`is the same header as ${first}`, 'keep one of the two'),
        });
    }
  });
}

/** Placeholders that are filled at each run: `${env:NAME}` and `${file:PATH}`; `$${` is a plain `${`. */
export const PLACEHOLDER = /\$\{(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^}]+)\}/g;

/** For messages and descriptions. */
export const PLACEHOLDER_FORMS = `\${env:NAME} or \${file:PATH}`;

export function placeholderFault(text: string): string | undefined {
  const unknown = /\$\{[^}]*\}?/.exec(text.replaceAll('$${', '').replaceAll(PLACEHOLDER, ''))?.[0];
  if (unknown === undefined) return undefined;
  return demand(`${unknown} is no placeholder that can be filled`, `write ${PLACEHOLDER_FORMS}`);
}
