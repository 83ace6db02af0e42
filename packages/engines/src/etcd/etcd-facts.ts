// What an etcd tells of itself and what its operator should know: who is a member, who leads, which
// versions run, and which of their known faults matter to us.

import type { CoordinationFacts } from '../coordination/coordination.ts';
import { coordinationFailed } from '../coordination/coordination-error.ts';
import type { Endpoint } from './endpoint.ts';
import type { EtcdCalls } from './etcd-calls.ts';
import { METHODS } from './methods.ts';

interface Version {
  text: string;
  major: number;
  minor: number;
  patch: number;
}

type Member = CoordinationFacts['members'][number];

/** The first minor and patch of 3.x that has the repair, for each line that ever got it. */
interface KnownFault {
  repaired: readonly { minor: number; patch: number }[];
  says: string;
}

const OLDEST = { major: 3, minor: 4 };

/** etcd's own changelogs. */
const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    repaired: [
      { minor: 5, patch: 23 },
      { minor: 6, patch: 5 },
    ],
    says: 'may confirm the renewal of a lease that was revoked already',
  },
  {
    repaired: [
      { minor: 4, patch: 25 },
      { minor: 5, patch: 8 },
    ],
    says: 'may tell a watch that it is up to date before it has told it everything',
  },
  {
    repaired: [{ minor: 5, patch: 13 }],
    says: 'may revoke leases by a leader that is leader no more',
  },
];

/** One that does not answer within this is told of as silent. */
const ANSWER_MS = 1_500;

/** Refuses what is too old for our calls. Rejects as every call does when nobody answers. */
export async function refuseOldVersions(calls: EtcdCalls): Promise<void> {
  const { version } = await calls.call(METHODS.status, {}, { idempotent: true });
  const { major, minor } = parseVersion(version);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) return;
  throw coordinationFailed(
    `The etcd is of version ${version}, and 3.4 is the oldest that will do`,
    'Upgrade etcd, best to 3.5.23 or later.',
  );
}

export interface FactsParts {
  calls: EtcdCalls;
  /** Calls to one endpoint alone; the caller closes them. */
  callsTo(endpoint: Endpoint): EtcdCalls;
  endpoints: readonly Endpoint[];
  identity: { name(): Promise<{ name: string; revision: bigint }> };
}

export async function etcdFacts(parts: FactsParts): Promise<CoordinationFacts> {
  const { calls, endpoints, identity } = parts;
  const { name: cluster, revision } = await identity.name();
  const list = await calls.call(METHODS.memberList, {}, { idempotent: true });
  const states = await Promise.all(endpoints.map((endpoint) => stateOf(endpoint, parts)));
  const byMember = new Map(states.map((state) => [state.memberId, state]));
  const leader = states.find((state) => (state.leader ?? 0n) !== 0n)?.leader;
  const members: Member[] = list.members.map(({ id, name, clientUrls }) => ({
    name: name || id.toString(16),
    endpoint: clientUrls[0] ?? '',
    version: byMember.get(id)?.version ?? '',
    leader: id === leader,
  }));
  return {
    engine: 'etcd',
    cluster,
    revision,
    endpoints: endpoints.map(({ url }) => url),
    members,
    warnings: [...states.flatMap((state) => state.warnings), ...versionWarnings(members)],
  };
}

interface State {
  memberId?: bigint;
  version?: string;
  leader?: bigint;
  warnings: string[];
}

async function stateOf(endpoint: Endpoint, { callsTo }: FactsParts): Promise<State> {
  const calls = callsTo(endpoint);
  try {
    const options = { idempotent: true, timeoutMs: ANSWER_MS };
    const { header, version, leader, errors } = await calls.call(METHODS.status, {}, options);
    const warnings = errors.map((error) => `${endpoint.url} says: ${error}.`);
    if (leader === 0n) warnings.push(`${endpoint.url} knows of no leader.`);
    return { memberId: header?.memberId ?? 0n, version, leader, warnings };
  } catch {
    return { warnings: [`${endpoint.url} does not answer.`] };
  } finally {
    calls.close();
  }
}

/** One sentence per version that runs. */
export function versionWarnings(members: readonly Pick<Member, 'version'>[]): string[] {
  const versions = new Set(members.map(({ version }) => version).filter((text) => text !== ''));
  return [...versions].flatMap((text) => {
    const version = parseVersion(text);
    const faults = KNOWN_FAULTS.filter((known) => !isRepaired(version, known));
    if (faults.length === 0) return [];
    const said = faults.map(({ says }) => says).join('; it ');
    return [`etcd ${text} ${said}. Upgrade to 3.5.23, 3.6.5 or later.`];
  });
}

/** A line that never got the repair has it only from the next line that did. */
function isRepaired({ major, minor, patch }: Version, { repaired }: KnownFault): boolean {
  if (major !== OLDEST.major) return major > OLDEST.major;
  const line = repaired.find((one) => one.minor === minor);
  if (line !== undefined) return patch >= line.patch;
  return repaired.every((one) => minor > one.minor);
}

function parseVersion(text: string): Version {
  const [major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  return { text, major: major ?? 0, minor: minor ?? 0, patch: patch ?? 0 };
}
