// The door of membership: taking a place in the fleet, and seeing who else has one.

export { admitServer, engineMismatch } from './engine-match.ts';
export {
  type FleetMember,
  type JoinOptions,
  joinFleet,
  LEASE_MS_DEFAULT,
} from './fleet-member.ts';
export { type FleetView, type FollowOptions, followFleet } from './fleet-view.ts';
