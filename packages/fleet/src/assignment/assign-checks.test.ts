import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededChance } from '@holdfast/kernel';
import fc from 'fast-check';
import {
  type AssignableAgent,
  type AssignableCheck,
  assignChecks,
  type CheckAssignment,
  checkName,
} from './assign-checks.ts';

const LOCATIONS = ['ams', 'fra', 'nyc', 'sgp'];

function checksNamed(count: number, locations?: string[]): AssignableCheck[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace: `team-${index % 7}`,
    name: `check-${index}`,
    paused: false,
    ...(locations === undefined ? {} : { locations }),
  }));
}

function agentsNamed(count: number, location?: string): AssignableAgent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `agent-${index}`,
    location: location ?? LOCATIONS[index % LOCATIONS.length] ?? '',
  }));
}

/** Who runs `namespace/name` at a location. */
function holders(assignment: CheckAssignment, agents: readonly AssignableAgent[]) {
  const held = new Map<string, string[]>();
  for (const { id, location } of agents)
    for (const name of assignment.byAgent.get(id) ?? [])
      held.set(`${name}@${location}`, [...(held.get(`${name}@${location}`) ?? []), id]);
  return held;
}

const anyAgents = fc.uniqueArray(
  fc.record({ id: fc.stringMatching(/^[a-z0-9-]{1,8}$/), location: fc.constantFrom(...LOCATIONS) }),
  { selector: ({ id }) => id, maxLength: 12 },
);
const anyChecks = fc.uniqueArray(
  fc.record(
    {
      namespace: fc.constantFrom('default', 'shop'),
      name: fc.stringMatching(/^[a-z0-9-]{1,8}$/),
      paused: fc.boolean(),
      locations: fc.uniqueArray(fc.constantFrom(...LOCATIONS), { minLength: 1 }),
    },
    { requiredKeys: ['namespace', 'name', 'paused'] },
  ),
  { selector: checkName, maxLength: 30 },
);

test('exactly one agent for each check and live location, the others are named', () => {
  fc.assert(
    fc.property(anyChecks, anyAgents, (checks, agents) => {
      const assignment = assignChecks(checks, agents);
      const live = new Set(agents.map(({ location }) => location));
      const held = holders(assignment, agents);
      let expected = 0;
      for (const check of checks.filter(({ paused }) => !paused)) {
        for (const location of check.locations ?? live) {
          const at = { namespace: check.namespace, check: check.name, location };
          const missing = assignment.unassigned.some(
            (one) => JSON.stringify(one) === JSON.stringify(at),
          );
          assert.equal(missing, !live.has(location));
          if (missing) continue;
          expected += 1;
          assert.equal(held.get(`${checkName(check)}@${location}`)?.length, 1);
        }
      }
      assert.equal([...assignment.byAgent.values()].flat().length, expected);
      for (const names of assignment.byAgent.values())
        assert.deepEqual(names, names.toSorted(), 'ascending');
    }),
  );
});

test('the order of checks, agents and locations does not matter', () => {
  fc.assert(
    fc.property(anyChecks, anyAgents, fc.nat(), (checks, agents, seed) => {
      const chance = seededChance(seed);
      const shuffled = <T>(items: readonly T[]) =>
        items
          .map((item) => ({ item, at: chance.next() }))
          .sort((a, b) => a.at - b.at)
          .map(({ item }) => item);
      const turned = shuffled(checks).map((check) => ({
        ...check,
        ...(check.locations && { locations: shuffled(check.locations) }),
      }));
      const one = assignChecks(checks, agents);
      const other = assignChecks(turned, shuffled(agents));
      assert.deepEqual(new Map([...other.byAgent].sort()), new Map([...one.byAgent].sort()));
      assert.deepEqual(other.unassigned, one.unassigned);
    }),
  );
});

test('an agent that leaves moves only its own checks, one that joins takes only what it wins', () => {
  fc.assert(
    fc.property(anyChecks, anyAgents, fc.nat(), (checks, agents, pick) => {
      fc.pre(agents.length > 0);
      const gone = agents[pick % agents.length] as AssignableAgent;
      const rest = agents.filter((agent) => agent !== gone);
      const whole = holders(assignChecks(checks, agents), agents);
      const less = holders(assignChecks(checks, rest), rest);
      for (const [place, ids] of less) {
        const [before] = whole.get(place) ?? [];
        if (before !== gone.id) assert.deepEqual(ids, [before], `${place} moved for nothing`);
      }
    }),
  );
});

test('shares are even: within 15 % of 1,000 checks each', () => {
  for (const ids of [agentsNamed(10, 'fra'), hexNamed(10), oneLetterApart()]) {
    const { byAgent } = assignChecks(checksNamed(10_000), ids);
    for (const [id, names] of byAgent)
      assert.ok(Math.abs(names.length - 1_000) < 150, `${id} has ${names.length}`);
  }
});

test('what one agent leaves is spread over all the others', () => {
  const agents = agentsNamed(10, 'fra');
  const before = assignChecks(checksNamed(10_000), agents);
  const after = assignChecks(checksNamed(10_000), agents.slice(1));
  const left = before.byAgent.get('agent-0')?.length ?? 0;
  for (const { id } of agents.slice(1)) {
    const won = (after.byAgent.get(id)?.length ?? 0) - (before.byAgent.get(id)?.length ?? 0);
    assert.ok(won > left / 9 / 2 && won < (left / 9) * 2, `${id} won ${won} of ${left}`);
  }
});

test('who holds what never changes between versions', () => {
  const { byAgent } = assignChecks(checksNamed(12), agentsNamed(3, 'fra'));
  assert.deepEqual(
    [...byAgent.values()].map((names) => names.map((name) => name.split('-').at(-1)).join(' ')),
    GOLDEN,
  );
});

const GOLDEN = ['1 10 3 4', '7 11 5 6', '0 8 2 9'];

function hexNamed(count: number): AssignableAgent[] {
  const chance = seededChance(7);
  return Array.from({ length: count }, () => ({
    id: chance.integer(2 ** 32).toString(16),
    location: 'fra',
  }));
}

function oneLetterApart(): AssignableAgent[] {
  return [...'abcdefghij'].map((letter) => ({ id: letter, location: 'fra' }));
}
