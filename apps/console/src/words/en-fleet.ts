// The words of the fleet's page, of places and of runs that were asked for, in English: a part of en.ts.

import { n, plural } from './english-numbers.ts';

/** The first of a list of names, and how many more there are. */
const names = (list: readonly string[]): string =>
  list.length <= 3
    ? list.join(', ')
    : `${list.slice(0, 3).join(', ')} and ${n(list.length - 3)} more`;

const agents = (count: number): string => `${n(count)} ${plural(count, 'agent', 'agents')}`;
const servers = (count: number): string => `${n(count)} ${plural(count, 'server', 'servers')}`;

export const enFleet = {
  fleet: {
    well: (serverCount: number, agentCount: number): string =>
      `${servers(serverCount)}, ${agents(agentCount)}, all well`,
    alone: 'One server with an agent of its own, all well',
    servers: 'Servers',
    agents: 'Agents',
    engines: 'Engines',
    runs: 'Runs asked for lately',
    unassigned: 'Checks that run nowhere',
    counted: {
      servers: (count: number): string => plural(count, 'server', 'servers'),
      agents: (count: number): string => plural(count, 'agent', 'agents'),
      locations: (count: number): string => plural(count, 'location', 'locations'),
      unwell: 'not well',
    },
    live: (live: number, total: number, revision: string): string =>
      `Resources live on ${n(live)} of ${n(total)} ${plural(total, 'node', 'nodes')} at revision ${revision}`,
    liveAlone: 'Resources are those of the file, read here',
    within: 'p99 from written to in force',
    leads: 'leads',
    answers: 'answers you',
    leaderSince: (span: string): string => `for ${span}`,
    term: (term: string): string => `term ${term}`,
    columns: {
      server: 'Server',
      address: 'Address',
      version: 'Version',
      up: 'Up for',
      revision: 'Revision',
      lag: 'Changes p99',
      agent: 'Agent',
      checks: 'Checks',
      runs: 'Runs',
      missed: 'Missed',
      inFlight: 'In flight',
      late: 'Late p99',
      loop: 'Loop lag',
      memory: 'Memory',
      buffered: 'Waiting',
    },
    hints: {
      late: 'How long after its planned time a run starts, 99th percentile',
      loop: 'How long the agent’s event loop keeps a due task waiting',
      buffered: 'Results that wait at the agent for a server',
      lag: 'From written to in force at this node, 99th percentile of the last changes',
      revision: 'Of the resources in force at this node',
    },
    present: 'the present one',
    notPresent: (revision: string): string => `not the present one (${revision})`,
    health: {
      silent: 'silent',
      behind: 'old resources',
      late: 'late',
      waiting: 'results wait',
      well: 'well',
      elsewhere: 'speaks to another server',
    },
    filter: 'Filter by agent or location',
    unwellOnly: 'Not well',
    allAgents: 'All',
    agentCount: (shown: number, total: number): string =>
      shown === total ? agents(total) : `${n(shown)} of ${agents(total)}`,
    noneMatches: 'No agent matches.',
    locationHead: (live: number, total: number): string =>
      live === total ? agents(total) : `${n(live)} of ${agents(total)} live`,
    checkCount: (count: number): string => `${n(count)} ${plural(count, 'check', 'checks')}`,
    more: (count: number): string => `and ${n(count)} more`,
    startThere: 'Start an agent there:',
    firstAgent: 'Start an agent wherever you want to measure from:',
    firstAgentHint:
      'It needs to reach this server, and where the server asks for tokens one of the role agent in HOLDFAST_TOKEN.',
    coordination: 'Coordination',
    events: 'Events',
    results: 'Results',
    members: 'Members',
    memberLeads: 'leads',
    noRuns:
      'No run was asked for within the last hour. A check’s page has a button for it; so has the command line:',
    forbidden: 'This token does not show the fleet',
    forbiddenHint:
      'It is of one namespace. Servers, agents and engines serve all of them, and are shown to the operator’s token only.',
    staleSince: (time: string): string => `This page could not be read since ${time}.`,
    findings: {
      noLeader: [
        'No server leads',
        'Checks run on where they are, but none is moved when an agent dies. A server leads as soon as it holds its lease: look at the coordination engine below.',
      ],
      memberless: (engine: string): [string, string] => [
        `${engine} has no leader`,
        'Nothing can be written until a majority of its members is back.',
      ],
      nowhere: (checks: number, places: readonly string[]): [string, string] => [
        `${n(checks)} ${plural(checks, 'check runs', 'checks run')} nowhere`,
        `No agent lives at ${names(places)}. Start one there, or name another location in the check.`,
      ],
      noAgent: ['No agent yet', 'Nothing is measured until one is started.'],
      silent: (ids: readonly string[]): [string, string] => [
        ids.length === 1 ? `Agent ${ids[0]} is silent` : `${agents(ids.length)} are silent`,
        `${ids.length === 1 ? 'Its' : 'Their'} checks move to others of the location${ids.length === 1 ? '' : `: ${names(ids)}`}.`,
      ],
      behind: (ids: readonly string[], revision: string): [string, string] => [
        ids.length === 1
          ? `${ids[0]} does not have revision ${revision} yet`
          : `${n(ids.length)} nodes do not have revision ${revision} yet`,
        `Checks run there as they were before${ids.length === 1 ? '' : `: ${names(ids)}`}.`,
      ],
      faulty: (key: string, problem: string, nodes: number): [string, string] => [
        `${key} is not in force as written`,
        `${problem} Its last good form is in force on ${n(nodes)} ${plural(nodes, 'node', 'nodes')}.`,
      ],
      late: (ids: readonly string[], lag: string): [string, string] => [
        ids.length === 1
          ? `Agent ${ids[0]} starts its runs late`
          : `${agents(ids.length)} start their runs late`,
        `Up to ${lag} after their time${ids.length === 1 ? '' : `: ${names(ids)}`}. Give the location another agent, or the machine more room.`,
      ],
      waiting: (ids: readonly string[], results: number): [string, string] => [
        `${n(results)} results wait for a server`,
        `At ${names(ids)}: no server is reached from there, or the store is slow.`,
      ],
      warning: (engine: string, text: string): [string, string] => [`${engine} warns`, text],
      versions: (list: readonly string[]): [string, string] => [
        `${n(list.length)} versions run side by side`,
        `${names(list)}: finish the upgrade when it is quiet.`,
      ],
    },
  },
  places: {
    title: 'Places',
    place: 'Place',
    state: 'State',
    last: 'Last',
    lastRun: 'Last run',
    what: 'What happened',
    stale: 'silent, not counted',
    all: 'all places together',
    anyPlace: 'All places',
    filter: 'Results of one place',
    summary: (bad: readonly string[], total: number): string =>
      bad.length === 0
        ? `up at ${n(total)} places`
        : `down at ${names(bad)}, of ${n(total)} places`,
    partly: (bad: readonly string[], span: string): string =>
      `Down at ${names(bad)} for ${span}, up by quorum`,
    at: (place: string, state: string): string => `${place} ${state}`,
    alerted: 'Bad at',
  },
  asked: {
    title: 'Asked run',
    states: { queued: 'Queued', finished: 'Finished', expired: 'Expired' },
    waits: 'waits',
    untaken: 'not taken',
    nobody: 'no agent is there to take it',
    expiredHint: 'No agent took it within ten minutes.',
    by: (who: string): string => `by ${who}`,
    lost: 'It can no longer be followed',
  },
} as const;
