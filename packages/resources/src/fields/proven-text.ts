// A text field that a function proves. The proof returns what is wrong, as a demand, or nothing.

import * as z from 'zod';

export type Proof = (text: string) => string | undefined;

/** `wanted` is the demand for what is no text at all. */
export function provenText(wanted: string, proof: Proof): z.ZodString {
  return z.string({ error: wanted }).superRefine((text, context) => {
    const fault = proof(text);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  });
}
