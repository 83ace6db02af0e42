// Files kept in step with a fleet: looked at a few times a second, applied once a save has settled, and
// applied again from time to time, so that what others changed by hand comes back. A fault is told
// and nothing is changed; a server that is away is asked again.

import { isDeepStrictEqual } from 'node:util';
import { type HoldfastError, isHoldfastError, sleep } from '@holdfast/kernel';
import type { Resource } from '@holdfast/resources/load';
import type { ApplyAnswer } from '@holdfast/resources/resource-api';
import type { Call, Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';
import { printOf, type Source } from '../configuration-file.ts';
import { changedLines, summaryLine } from './outcome-report.ts';
import { tryReadWritten } from './resource-files.ts';

const LOOK_MS = 200;
/** Against changes that others make by hand. */
const AGAIN_MS = 60_000;
const RETRY_MS = 5_000;
const SOURCES_MAX = 2_000;

type Apply = (resources: Resource[]) => Promise<ApplyAnswer>;

/** Until the signal is aborted; resolves to the exit code. */
export async function watchFiles(
  call: Call,
  surroundings: Surroundings,
  apply: Apply,
): Promise<number> {
  const sync = new FileSync(call, surroundings, apply);
  try {
    for (;;) {
      await sync.look();
      await sleep(surroundings.clock, LOOK_MS, surroundings.signal);
    }
  } catch (error) {
    if (!surroundings.signal.aborted) throw error;
    return 0;
  }
}

class FileSync {
  readonly #call: Call;
  readonly #surroundings: Surroundings;
  readonly #apply: Apply;
  #sources: Source[] = [];
  /** Of what was last taken up, soundly or not. */
  #seen: string | undefined;
  #settling = '';
  #againAtMs = 0;
  /** Told once, however often it comes back. */
  #fault: string | undefined;

  constructor(call: Call, surroundings: Surroundings, apply: Apply) {
    this.#call = call;
    this.#surroundings = surroundings;
    this.#apply = apply;
  }

  async look(): Promise<void> {
    const { clock } = this.#surroundings;
    const now = this.#sources.map(printOf).join('\n');
    // A save is often several steps.
    const settled = now === this.#settling;
    this.#settling = now;
    const changed = now !== this.#seen && settled;
    if (!changed && clock.nowMs() < this.#againAtMs) return;
    try {
      const written = await tryReadWritten(this.#call, this.#surroundings);
      this.#know(written.sources.slice(0, SOURCES_MAX), now);
      if (!written.ok) throw written.fault;
      this.#tell(await this.#apply(written.resources));
      this.#againAtMs = clock.nowMs() + AGAIN_MS;
    } catch (error) {
      if (!isHoldfastError(error) || error.code === 'USAGE') throw error;
      this.#tellFault(error);
      const mended = error.code === 'CONFIG_INVALID' ? AGAIN_MS : RETRY_MS;
      this.#againAtMs = clock.nowMs() + mended;
    }
  }

  /** Files that are new to us may have changed since they were read: then they are read once more. */
  #know(sources: Source[], print: string): void {
    const same = isDeepStrictEqual(sources, this.#sources);
    this.#sources = sources;
    this.#seen = same ? print : undefined;
  }

  #tell(answer: ApplyAnswer): void {
    const { terminal } = this.#surroundings;
    const well = this.#fault === undefined ? '' : 'well again: ';
    this.#fault = undefined;
    if (this.#call.flag('json')) terminal.out(`${JSON.stringify(answer)}\n`);
    else if (well !== '' || answer.transactions > 0 || this.#againAtMs === 0)
      terminal.out(`${changedLines(terminal, answer)}${well}${summaryLine(answer)}`);
  }

  #tellFault({ message, code, cure }: HoldfastError): void {
    if (this.#fault === message) return;
    this.#fault = message;
    const { terminal } = this.#surroundings;
    terminal.error(paint(terminal, 'red', `${message} [${code}]\n`));
    terminal.error(`  ${cure}\n`);
  }
}
