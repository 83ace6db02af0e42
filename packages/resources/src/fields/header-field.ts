// HTTP headers as people write them: valid names once each, values without line breaks (which would
// let a value forge further headers), and only placeholders that we fill.

import * as z from 'zod';
import { demand } from './demand.ts';
import { checkPlaceholderFault, placeholderFault } from './placeholder.ts';
import type { Proof } from './proven-text.ts';

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

const headerValue = (proof: Proof) =>
  z
    .string({ error: VALUE })
    .max(8192, { error: demand('must be at most 8,192 characters', 'shorten it') })
    .regex(ONE_LINE, { error: VALUE })
    .superRefine((value, context) => {
      const fault = proof(value);
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
    });

/** Of channels. */
export const headersField = withDistinctNames(
  z.record(headerName, headerValue(placeholderFault), { error: HEADERS }),
);

/** Of checks, which know more placeholders. */
export const checkHeadersField = withDistinctNames(
  z.record(headerName, headerValue(checkPlaceholderFault), { error: HEADERS }),
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
