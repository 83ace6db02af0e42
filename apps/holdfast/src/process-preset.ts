// What a preset says of the process, beside what it lays under the file (PRESETS of resources). Flags
// and variables win over it. Data alone, and the one check that a name is one of them.

import { HoldfastError } from '@holdfast/kernel';
import { type PresetName, presetNames } from '@holdfast/resources/presets';
import { similarWord } from '@holdfast/resources/similar-word';

export interface ProcessPreset {
  logFormat: 'json' | 'text';
  /** Also on loopback. */
  tokenNeeded: boolean;
  /** The demo is never shown in its place. */
  fileNeeded: boolean;
}

export const PROCESS_PRESETS: Readonly<Record<PresetName, ProcessPreset>> = {
  dev: { logFormat: 'text', tokenNeeded: false, fileNeeded: false },
  prod: { logFormat: 'json', tokenNeeded: true, fileNeeded: true },
};

/** undefined = none was asked for. Throws HoldfastError USAGE for a name that is none. */
export function presetNamed(word: string | undefined): PresetName | undefined {
  if (word === undefined) return undefined;
  const name = presetNames.find((one) => one === word);
  if (name !== undefined) return name;
  const near = similarWord(word, presetNames);
  const cure = near === undefined ? `Presets: ${presetNames.join(', ')}.` : `Did you mean ${near}?`;
  throw new HoldfastError('USAGE', `unknown preset ${JSON.stringify(word)}`, cure);
}
