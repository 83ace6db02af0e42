// The door `@holdfast/probing/plugin`: for who writes a plugin, its types; for who reads checks, what a
// plugin is; for who runs probes, the registry.

export type { ByteStream } from '../byte-stream.ts';
export type { Judgement, Observation, Outcome } from '../prober.ts';
export { pluginAddress } from './plugin-address.ts';
export { describePlugin } from './plugin-description.ts';
export type {
  OptionsIssue,
  OptionsSchema,
  OptionsVerdict,
  PluginContext,
  PluginDestination,
  PluginProber,
} from './plugin-prober.ts';
export { PluginRegistry } from './plugin-registry.ts';
export { blamePlugin } from './plugin-run.ts';
