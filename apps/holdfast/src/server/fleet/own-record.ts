// What a server says of itself to the others: who it is, where it answers, on which engines it stands.
// Addresses are those for people: credentials of engines never get into coordination.

import type { ServerRecord } from '@holdfast/resources/fleet';
import { VERSION } from '../../version.ts';
import type { HoldfastServer } from '../holdfast-server.ts';
import type { ControlPlaneOptions } from './fleet-control.ts';

export function ownRecord(
  { url, startedAtMs, options }: HoldfastServer,
  { id, coordination, events, advertise }: ControlPlaneOptions,
): ServerRecord {
  return {
    id,
    url: advertise ?? url,
    version: VERSION,
    startedAtMs,
    engines: {
      coordination: coordination.shownAs,
      events: events.shownAs,
      results: options.results.shownAs,
    },
  };
}
