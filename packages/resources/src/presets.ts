// What a preset lays under a file, weaker than anything the file says itself. Data alone, so that a
// command line can tell of presets before a file is read.

export interface Preset {
  /** One sentence, for people. */
  means: string;
  retries?: { attempts: number; backoff: string };
  retention?: { raw?: string; minutes?: string; hours?: string };
  limits?: { interval?: { min?: string; max?: string } };
}

export const PRESETS = {
  dev: {
    means: 'For trying things out: checks may run each second.',
    limits: { interval: { min: '1s' } },
  },
  prod: {
    means:
      'For services that people rely on: a run that was not up is tried a second time after a second, and results are kept twice and sums three times as long.',
    retries: { attempts: 2, backoff: '1s' },
    retention: { raw: '14d', minutes: '90d' },
  },
} as const satisfies Record<string, Preset>;

export type PresetName = keyof typeof PRESETS;

export const presetNames = Object.keys(PRESETS) as PresetName[];
