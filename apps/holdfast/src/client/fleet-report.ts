// Who is there, and whether the resources are live everywhere.

import type { AppliedOverview, FleetOverview } from '@holdfast/resources/api';
import type { Surroundings } from '../cli/command.ts';
import { paint } from '../cli/terminal.ts';
import { textTable } from '../cli/text-table.ts';
import type { ApiClient } from './api-client.ts';
import { ageText } from './resource-report.ts';

type Around = Pick<Surroundings, 'clock' | 'terminal'>;

/** Resolves to the exit code: 1 when `applied` is not live everywhere. */
export async function tellFleet(
  what: 'applied' | 'agents' | 'servers',
  client: ApiClient,
  around: Around,
  form: 'table' | 'yaml' | 'json',
): Promise<number> {
  if (what === 'applied') {
    const applied = await client.get<AppliedOverview>('applied');
    await tell(applied, form, around, () => appliedText(applied, around));
    return applied.live === applied.total && !hasFaults(applied) ? 0 : 1;
  }
  const fleet = await client.get<FleetOverview>('fleet');
  if (what === 'agents') await tell(fleet.agents, form, around, () => agentTable(fleet, around));
  else await tell(fleet.servers, form, around, () => serverTable(fleet, around));
  return 0;
}

async function tell(
  answer: object,
  form: 'table' | 'yaml' | 'json',
  { terminal }: Around,
  table: () => string,
): Promise<void> {
  if (form === 'table') terminal.out(table());
  else if (form === 'json') terminal.out(`${JSON.stringify(answer, null, 2)}\n`);
  else terminal.out((await import('yaml')).stringify(answer));
}

/** `live on 4 of 5 nodes at revision 812, p99 3 ms`, and who is behind. */
function appliedText(applied: AppliedOverview, around: Around): string {
  const { live, total, revision, lagMsP99, digest, nodes } = applied;
  const lag = lagMsP99 === undefined ? '' : `, p99 ${rounded(lagMsP99)} ms`;
  const whole = live === total && !hasFaults(applied);
  const line = `live on ${live} of ${total} ${total === 1 ? 'node' : 'nodes'} at revision ${revision}${lag}`;
  const behind = nodes.filter((node) => node.digest !== digest || node.faults.length > 0);
  const rows = behind.map((node) => [
    node.node,
    node.role,
    node.revision,
    ageText(node.appliedAtMs, around),
    node.faults[0]?.problem ?? '',
  ]);
  const headings = ['NODE', 'ROLE', 'REVISION', 'APPLIED', 'FAULT'];
  const head = `${paint(around.terminal, whole ? 'green' : 'amber', line)}\n`;
  return behind.length === 0 ? head : `${head}${textTable(around.terminal, headings, rows)}`;
}

function hasFaults({ nodes }: AppliedOverview): boolean {
  return nodes.some(({ faults }) => faults.length > 0);
}

function rounded(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

function agentTable({ agents, unassigned }: FleetOverview, around: Around): string {
  if (agents.length === 0) return 'no agents\n';
  const rows = agents.map((agent) => [
    agent.location,
    agent.id,
    agent.live ? 'live' : 'gone',
    String(agent.checks),
    String(agent.buffered ?? ''),
    agent.version,
    ageText(agent.startedAtMs, around),
  ]);
  const headings = ['LOCATION', 'AGENT', 'STATE', 'CHECKS', 'BUFFERED', 'VERSION', 'STARTED'];
  const table = textTable(around.terminal, headings, rows);
  if (unassigned.length === 0) return table;
  const places = [...new Set(unassigned.map(({ location }) => location))].slice(0, 5).join(', ');
  const wait = unassigned.length === 1 ? '1 check waits' : `${unassigned.length} checks wait`;
  const line = `${wait} for an agent at ${places}`;
  return `${table}${paint(around.terminal, 'amber', line)}\n`;
}

function serverTable({ servers }: FleetOverview, around: Around): string {
  if (servers.length === 0) return 'no servers\n';
  const rows = servers.map((server) => [
    server.id,
    server.url,
    [server.leader ? 'leads' : '', server.answering ? 'answers' : ''].filter(Boolean).join(', '),
    server.version,
    server.applied?.revision ?? '',
    ageText(server.startedAtMs, around),
  ]);
  const headings = ['SERVER', 'URL', 'STATE', 'VERSION', 'REVISION', 'STARTED'];
  return textTable(around.terminal, headings, rows);
}
