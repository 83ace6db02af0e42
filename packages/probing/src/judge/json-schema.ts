// JSON Schema (draft 2020-12) over the body of an answer. The validator is loaded when the first check
// with a schema is prepared; each schema is compiled once. Patterns run in RE2, nothing is ever fetched
// for a reference, and what a body makes of a schema is bounded in time and depth.

import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { pointerPath } from './document-path.ts';
import { compilePattern, preparePatterns } from './patterns.ts';
import { withinTime } from './time-limit.ts';

/** Far more than an honest document of 1 MB takes. */
const JUDGE_MS_MAX = 250;
const SHOWN_LENGTH_MAX = 200;

/** The validator holds on to parts of all that it has compiled: after so many schemas comes a new one. */
const COMPILED_MAX = 200;

/** By the schema itself: specs never change once made. */
const compiled = new WeakMap<object, ValidateFunction>();
let validator: { ajv: Ajv; compiled: number } | undefined;

/** Compiles a schema ahead of its use; answers what is wrong with it. */
export async function prepareJsonSchema(schema: unknown): Promise<string | undefined> {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    return 'The JSON Schema is no object.';
  }
  if (compiled.has(schema)) return undefined;
  try {
    if (validator === undefined || validator.compiled >= COMPILED_MAX) {
      validator = { ajv: await loadValidator(), compiled: 0 };
    }
    validator.compiled += 1;
    compiled.set(schema, compile(validator.ajv, schema));
    return undefined;
  } catch (error) {
    return `The JSON Schema cannot be used: ${(error as Error).message}.`;
  }
}

/** undefined = it holds; else the first place that does not, in words. The schema must have been prepared. */
export function jsonSchemaFailure(document: unknown, schema: unknown): string | undefined {
  const validate = compiled.get(schema as object);
  if (validate === undefined) throw new Error('a JSON Schema is used before it was prepared');
  try {
    const judged = withinTime(() => validate(document), JUDGE_MS_MAX);
    if (!judged.ended) return `$ takes longer than ${JUDGE_MS_MAX} ms to judge by the schema`;
    return judged.value ? undefined : failureOf(document, validate.errors ?? []);
  } catch (error) {
    // A schema that refers to itself goes as deep as the document does.
    if (error instanceof RangeError) return '$ is nested too deeply';
    throw error;
  }
}

async function loadValidator(): Promise<Ajv> {
  await preparePatterns([]);
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const formats = await import('ajv-formats');
  const made = new Ajv2020({
    strict: false,
    logger: false,
    ownProperties: true,
    code: { regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
  });
  formats.default.default(made);
  return made;
}

/** `toString` tells patterns apart for the compiler. */
function linearPattern(pattern: string) {
  return { ...compilePattern(pattern), toString: () => pattern };
}

function compile(ajv: Ajv, schema: object): ValidateFunction {
  try {
    const validate = ajv.compile(schema);
    if ('$async' in validate) throw new Error('it is asynchronous');
    return validate;
  } finally {
    // Its identifiers must not meet those of other checks, nor outlive this one.
    ajv.removeSchema(schema);
  }
}

/** The last error decided; of `anyOf` and the like the first one tells more. */
function failureOf(document: unknown, errors: readonly ErrorObject[]): string {
  const [first, ...others] = errors;
  const last = others.at(-1);
  if (first === undefined) return '$ does not satisfy the schema';
  if (last === undefined) return described(document, first);
  return `${described(document, last)} (first, ${described(document, first)})`;
}

function described(
  document: unknown,
  { instancePath, message, keyword, params }: ErrorObject,
): string {
  const said = keyword === 'enum' || keyword === 'const' ? wanted(params) : '';
  const named = keyword === 'additionalProperties' ? ` ("${params.additionalProperty}")` : '';
  return shortened(`${pointerPath(document, instancePath)} ${message}${said}${named}`);
}

function wanted(params: Record<string, unknown>): string {
  return `: ${JSON.stringify(params.allowedValues ?? params.allowedValue)}`;
}

function shortened(text: string): string {
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}
