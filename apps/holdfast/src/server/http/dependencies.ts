// What the HTTP face needs of the server behind it, and nothing more.

import type { AlertJournal } from '@holdfast/engines/alert-journal';
import type { Results } from '@holdfast/engines/results';
import type { Clock, Logger } from '@holdfast/kernel';
import type {
  AgentSummary,
  FleetOverview,
  Overview,
  Trial,
  Validation,
} from '@holdfast/resources/api';
import type { FaultTable } from '@holdfast/resources/fault-table';
import type { Metrics } from '@holdfast/telemetry/metrics';
import type { Resources } from '../../resource-store/file-resources.ts';
import type { EventHub } from '../event-hub.ts';
import type { FleetFace } from '../fleet/fleet-face.ts';
import type { LiveView } from '../live-view.ts';
import type { RunDesk } from '../run-desk.ts';
import type { Access } from './guard.ts';

/** What holds of the whole server at this moment. */
export type ServerFacts = Pick<
  Overview,
  'startedAtMs' | 'version' | 'demo' | 'configFile' | 'configProblem'
>;

export interface HttpDependencies {
  clock: Clock;
  logger: Logger;
  access: Access;
  view: LiveView;
  results: Results;
  alertJournal: AlertJournal;
  hub: EventHub;
  metrics: Metrics;
  facts(): ServerFacts;
  agents(): AgentSummary[];
  runs: RunDesk;
  resources: Resources;
  /** Of a server that stands alone, too. */
  fleetOverview(): Promise<FleetOverview>;
  /** Absent on a server that stands alone. */
  fleet?: FleetFace;
  /** The check as a resource, secrets masked, and where it was written. */
  describe(namespace: string, name: string): { resource: unknown; source?: string } | undefined;
  /** False when the agent cannot take it now. */
  runNow(namespace: string, name: string): boolean;
  /** Of the file in force; the house's own entries come after it. */
  faultTable(): FaultTable;
  /** Rejects with a HoldfastError BUSY. */
  validate(text: string, format: 'yaml' | 'toml'): Promise<Validation>;
  /** Rejects with a HoldfastError BUSY or AGENT_FAILED. */
  tryCheck(written: Record<string, unknown>, traceId: string): Promise<Trial>;
  /** Each thing that must hold before the server is ready, with whether it does. */
  readiness(): Record<string, boolean>;
  /** Folder of the built console. */
  consoleFolder: string;
}
