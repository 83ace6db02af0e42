// The agent's log goes to the server as messages: one place to look, one form, no files of its own.
// Debug lines stay here.

import type { Fields, Logger } from '@holdfast/kernel';
import type { FromAgent } from './protocol.ts';

/** Errors become text, for JSON would make empty objects of them. */
export function channelLogger(send: (message: FromAgent) => void, base: Fields = {}): Logger {
  const line = (level: 'info' | 'warn' | 'error') => (message: string, fields?: Fields) =>
    send({ type: 'log', level, message, fields: plain({ ...base, ...fields }) });
  return {
    debug: () => {},
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => channelLogger(send, { ...base, ...fields }),
  };
}

function plain(fields: Fields): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Error ? (value.stack ?? value.message) : value,
  ]);
  return Object.fromEntries(entries);
}
