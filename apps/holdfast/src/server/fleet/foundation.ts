// What a control plane stands on: coordination, events, the view of the fleet, and the service for those
// who join through it. Opened in this order, closed the other way round.

import type { Coordination } from '@holdfast/engines/coordination';
import type { Events } from '@holdfast/engines/events';
import {
  type CoordinationService,
  createCoordinationService,
} from '@holdfast/engines/remote-server';
import { type FleetView, followFleet } from '@holdfast/fleet/membership';
import type { CoordinationAddress, EventsAddress } from '../../engine-address.ts';
import { openCoordination, openEvents } from '../engines.ts';
import type { HoldfastServer } from '../holdfast-server.ts';

export interface Foundation {
  coordination: Coordination;
  events: Events;
  fleet: FleetView;
  service: CoordinationService;
}

/** What it opens the server closes. */
export async function openFoundation(
  server: HoldfastServer,
  addresses: { coordination: CoordinationAddress; events: EventsAddress },
): Promise<Foundation> {
  const { clock, chance, logger } = server.options;
  const coordination = await openCoordination(addresses.coordination, server.options);
  server.owns(() => coordination.close());
  for (const warning of (await coordination.facts()).warnings) logger.warn(warning);
  const events = await openEvents(addresses.events, server.options);
  server.owns(() => events.close());
  const fleet = followFleet({ coordination, clock, chance, logger });
  server.owns(() => fleet.close());
  const service = createCoordinationService({ coordination, clock, chance });
  server.owns(() => service.close());
  return { coordination, events, fleet, service };
}
