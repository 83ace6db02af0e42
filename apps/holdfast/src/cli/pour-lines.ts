// A long answer, line by line, no faster than its reader takes it. A reader that goes (`| head`) ends it
// without a word: it has what it wanted.

import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const CHUNK_CHARACTERS = 64 * 1024;

/** `out` stays open. Rejects with what the lines themselves fail with. */
export async function pourLines(
  lines: AsyncIterable<string>,
  out: Writable,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(chunksOf(lines), out, { end: false, signal });
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code === 'EPIPE';
    if (!isGone && !signal.aborted) throw error;
  }
}

async function* chunksOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
