// The configuration in force, from a file that people edit while the server runs. A change is taken
// up within a second, also one of a file that it names; a file with faults changes nothing: the last good one stays, and the fault is
// told. The file is looked at, not watched: that holds for editors that rename, for mounted volumes
// and for symbolic links alike.

import {
  type Clock,
  HoldfastError,
  isHoldfastError,
  type Logger,
  type Timer,
} from '@holdfast/kernel';
import { type Configuration, formatProblem, type Problem } from '@holdfast/resources/load';
import type { PresetName } from '@holdfast/resources/presets';
import { printOf, readConfiguration, type Source } from '../configuration-file.ts';

const LOOK_MS = 400;
const PROBLEMS_SHOWN_MAX = 20;
/** The file itself and what it names. */
const SOURCES_MAX = 2_000;

export interface ConfigurationSource {
  readonly current: Configuration;
  /** What is wrong with the file now, and since when; the last good one is in force meanwhile. */
  readonly problem: { text: string; sinceMs: number } | undefined;
  /** From now on changes of the file are taken up. */
  watch(): void;
  close(): void;
}

export interface SourceOptions {
  path: string;
  /** How problems name the file. */
  shownAs: string;
  preset?: PresetName;
  clock: Clock;
  logger: Logger;
  /** A new configuration is in force. Not called for the first one. */
  onChange(configuration: Configuration): void;
  /** The file became faulty, or (undefined) is well again. */
  onProblem(text: string | undefined): void;
}

/** Throws HoldfastError CONFIG_NOT_FOUND or, with every fault, CONFIG_INVALID. */
export function openConfigurationSource(options: SourceOptions): ConfigurationSource {
  const { shownAs, clock, logger } = options;
  const first = load(options);
  if (first.configuration === undefined) {
    throw (
      first.error ??
      new HoldfastError(
        'CONFIG_INVALID',
        first.text,
        'Mend them; `holdfast validate` shows them again.',
      )
    );
  }
  let current = first.configuration;
  let { sources } = first;
  let seen = printAll(sources);
  let settling: string | undefined;
  let problem: ConfigurationSource['problem'];
  let timer: Timer | undefined;

  function look(): void {
    timer = clock.after(LOOK_MS, look);
    const now = printAll(sources);
    // Taken up once two looks saw the same: a save is often several steps.
    const settled = now === settling;
    settling = now;
    if (now === seen || !settled) return;
    const loaded = load(options);
    // A file with faults may end before it names the others: they are still looked at.
    sources = (
      loaded.configuration === undefined ? [...loaded.sources, ...sources] : loaded.sources
    ).slice(0, SOURCES_MAX);
    seen = printAll(sources);
    if (loaded.configuration === undefined) reject(loaded.text);
    else accept(loaded.configuration);
  }

  function reject(text: string): void {
    problem = { text, sinceMs: problem?.sinceMs ?? clock.wallMs() };
    logger.warn('configuration has faults; the last good one stays in force', {
      file: shownAs,
      faults: text,
    });
    options.onProblem(text);
  }

  function accept(configuration: Configuration): void {
    if (problem !== undefined) options.onProblem(undefined);
    problem = undefined;
    current = configuration;
    logger.info('configuration in force', { file: shownAs, checks: configuration.checks.length });
    options.onChange(configuration);
  }

  return {
    get current() {
      return current;
    },
    get problem() {
      return problem;
    },
    watch: () => {
      timer ??= clock.after(LOOK_MS, look);
    },
    close: () => timer?.cancel(),
  };
}

function printAll(sources: readonly Source[]): string {
  return sources.map(printOf).join('\n');
}

interface Attempt {
  configuration?: Configuration;
  /** Why there is none. */
  text: string;
  error?: HoldfastError;
  /** Everything it was made of. */
  sources: Source[];
}

function load({ path, shownAs, preset }: SourceOptions): Attempt {
  try {
    const loaded = readConfiguration(path, shownAs, preset);
    const { sources } = loaded;
    return loaded.ok
      ? { configuration: loaded.configuration, text: '', sources }
      : { text: problemText(loaded.problems), sources };
  } catch (error) {
    if (isHoldfastError(error)) return { text: error.message, error, sources: [{ path }] };
    throw error;
  }
}

function problemText(problems: readonly Problem[]): string {
  const lines = problems.slice(0, PROBLEMS_SHOWN_MAX).map(formatProblem);
  const more = problems.length - lines.length;
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
