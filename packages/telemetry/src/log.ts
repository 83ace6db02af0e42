// The log back end: JSON lines for machines, one short line each for a person at a terminal. Fields
// that can hold credentials are blotted out here as the last line of defence.

import type { Clock, Fields, Logger } from '@holdfast/kernel';
import { type Logger as PinoLogger, pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogOptions {
  clock: Clock;
  level: LogLevel;
  /** `json`: one object per line with `timestamp_ms`; `text`: for people. */
  format: 'json' | 'text';
  colour: boolean;
  write(line: string): void;
}

/** Names of fields that are never printed, at the top and one level down. */
const SECRET_FIELDS = ['password', 'authorization', 'token', 'cookie', 'secret'];

/** Of one error, the innermost left out beyond it. */
const CAUSES_MAX = 3;

export function createLogger(options: LogOptions): Logger {
  const write =
    options.format === 'json'
      ? options.write
      : (line: string) => options.write(textLine(line, options.colour));
  const back = pino(
    {
      level: options.level,
      base: {},
      messageKey: 'message',
      timestamp: () => `,"timestamp_ms":${options.clock.wallMs()}`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: plainError },
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`]),
        censor: '<secret>',
      },
    },
    { write },
  );
  return adapt(back);
}

function adapt(back: PinoLogger): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: Fields = {}) =>
      back[level](fields, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => adapt(back.child(fields)),
  };
}

/** What happened, with what caused it; an error's own fields would hide its message. */
function plainError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, cause } = error;
  const { code, cure } = error as { code?: unknown; cure?: unknown };
  const told = { name, ...(code === undefined ? {} : { code }), message };
  const cured = cure === undefined ? told : { ...told, cure };
  if (cause === undefined || depth >= CAUSES_MAX) return cured;
  return { ...cured, cause: plainError(cause, depth + 1) };
}

const COLOURS: Record<string, string> = { debug: '90', info: '36', warn: '33', error: '31' };

function textLine(json: string, colour: boolean): string {
  const { level, timestamp_ms: atMs, message, ...fields } = JSON.parse(json);
  const time = new Date(atMs).toTimeString().slice(0, 8);
  const word = String(level).padEnd(5);
  const shown = colour ? `\u001b[${COLOURS[level] ?? '0'}m${word}\u001b[0m` : word;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${textValue(value)}`);
  return `${time} ${shown} ${message}${rest.join('')}\n`;
}

function textValue(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) ? value : JSON.stringify(value);
}
