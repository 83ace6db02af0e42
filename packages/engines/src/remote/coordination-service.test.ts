import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  HoldfastError,
  isHoldfastError,
  silentLogger,
  systemChance,
  systemClock,
} from '@holdfast/kernel';
import fc from 'fast-check';
import { KEYS } from '../coordination/keys.ts';
import { always, isCode, put } from '../coordination/opened.conformance.ts';
import { type EmbeddedCoordination, openEmbeddedCoordination } from '../embedded/open-embedded.ts';
import {
  COORDINATION_OPERATIONS,
  type CoordinationService,
  createCoordinationService,
  everythingScope,
  namespaceScope,
} from './coordination-service.ts';
import { readGrant } from './wire-answers.ts';
import { writeTransaction } from './wire-requests.ts';

const parts = { clock: systemClock, chance: systemChance, logger: silentLogger };
const shop = namespaceScope('shop', { writes: true });
const bank = namespaceScope('bank', { writes: true });

interface House {
  engine: EmbeddedCoordination;
  /** Another one, as another server has it. */
  service(): CoordinationService;
}

async function house(context: TestContext): Promise<House> {
  const engine = await openEmbeddedCoordination(parts);
  context.after(() => engine.close());
  return { engine, service: () => createCoordinationService({ ...parts, coordination: engine }) };
}

test('a proof holds on every server, for its holder and its lease alone', async (context) => {
  const { service } = await house(context);
  const [one, other] = [service(), service()];
  const granted = await Promise.all(
    [one, other, one].map(async (each) =>
      readGrant(await each.handle('leases', { ttlMs: 60_000 }, shop)),
    ),
  );
  const [first, second] = granted;
  assert.ok(first && second);
  const renewal = (id: bigint, proof: string) => ({ leases: [{ id: String(id), proof }] });
  for (const each of [one, other, service()])
    assert.deepEqual(await each.handle('leases/renew', renewal(first.id, first.proof), shop), {
      leases: [{ id: String(first.id), ttlMs: 60_000 }],
    });
  const forged = [
    [first.id, first.proof, bank],
    [first.id, second.proof, shop],
    [first.id, '', shop],
    [first.id, first.proof.slice(0, -2), shop],
    [first.id, `${first.proof}AAAA`, shop],
  ] as const;
  for (const [id, proof, scope] of forged) {
    const told = JSON.stringify(await other.handle('leases/renew', renewal(id, proof), scope));
    assert.match(told, /FORBIDDEN/);
    const release = other.handle('leases/release', { id: String(id), proof }, scope);
    await assert.rejects(release, isCode('FORBIDDEN'));
    const key = KEYS.configuration(scope === bank ? 'bank' : 'shop', 'x');
    const body = writeTransaction({
      transaction: always(put(key, 'x', id)),
      proofs: [{ id, proof }],
    });
    await assert.rejects(other.handle('txn', body, scope), isCode('FORBIDDEN'));
  }
});

test('one lost lease says nothing of the others', async (context) => {
  const { engine, service } = await house(context);
  const [kept, lost] = await Promise.all([
    engine.leases.grant(60_000),
    engine.leases.grant(60_000),
  ]);
  await engine.leases.release(lost.id);
  const body = { leases: [{ id: String(lost.id) }, { id: String(kept.id) }] };
  const answer = JSON.stringify(await service().handle('leases/renew', body, everythingScope));
  const { leases } = JSON.parse(answer);
  assert.equal(leases[0].error.code, 'LEASE_LOST');
  assert.deepEqual(leases[1], { id: String(kept.id), ttlMs: 60_000 });
});

test('the key of the house comes back after the store was wiped of it', async (context) => {
  const { engine, service } = await house(context);
  const [old, fresh] = [service(), service()];
  const before = readGrant(await old.handle('leases', { ttlMs: 60_000 }, shop));
  await engine.txn(always({ type: 'delete', key: KEYS.secret('leases') }));
  const after = readGrant(await fresh.handle('leases', { ttlMs: 60_000 }, shop));
  const release = { id: String(before.id), proof: before.proof };
  await assert.rejects(fresh.handle('leases/release', release, shop), isCode('FORBIDDEN'));
  await fresh.handle('leases/release', { id: String(after.id), proof: after.proof }, shop);
});

test('a key of the house that is none is told, not used', async (context) => {
  const { engine, service } = await house(context);
  await engine.txn(always(put(KEYS.secret('leases'), '')));
  await assert.rejects(service().handle('leases', { ttlMs: 60_000 }, shop), (error) => {
    return isCode('COORDINATION_FAILED')(error) && /holds 0 bytes/.test(String(error));
  });
});

test('what ails the engine, and where it stands, is told to the house alone', async (context) => {
  const { engine } = await house(context);
  const warnings = ['http://etcd-1.internal:2379 does not answer.'];
  const facts = async () => ({ ...(await engine.facts()), warnings });
  const coordination: EmbeddedCoordination = Object.create(engine, { facts: { value: facts } });
  const service = createCoordinationService({ ...parts, coordination });
  const toldTo = async (scope: typeof shop) =>
    JSON.stringify(await service.handle('facts', {}, scope));
  assert.match(await toldTo(everythingScope), /etcd-1/);
  assert.doesNotMatch(await toldTo(shop), /etcd-1/);
});

test('whatever comes in, what goes out is an answer or one of our errors', async (context) => {
  const { service } = await house(context);
  const own = service();
  const text = fc.constantFrom(
    '',
    '1',
    '-1',
    'put',
    'get',
    'AAAA',
    KEYS.configurations('shop'),
    'é',
  );
  const names = fc.constantFrom(
    ...['if', 'then', 'else', 'key', 'value', 'type', 'lease', 'prefix', 'from', 'at', 'ttlMs'],
    ...['id', 'proof', 'proofs', 'leases', 'createRevision', 'modRevision'],
  );
  const { body } = fc.letrec((tie) => ({
    body: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.anything(),
      fc.array(tie('body'), { maxLength: 3 }),
      fc.dictionary(names, tie('body'), { maxKeys: 6 }),
    ),
  }));
  const operation = fc.constantFrom(...COORDINATION_OPERATIONS, 'watch' as const);
  const scope = fc.constantFrom(shop, everythingScope);
  await fc.assert(
    fc.asyncProperty(operation, body, scope, async (asked, sent, who) => {
      try {
        if (asked === 'watch') own.watch(sent, who, AbortSignal.abort());
        else JSON.stringify(await own.handle(asked, sent, who));
      } catch (error) {
        assert.ok(error instanceof HoldfastError && isHoldfastError(error));
        assert.ok(['USAGE', 'FORBIDDEN', 'LEASE_LOST'].includes(error.code), String(error.cause));
      }
    }),
    { numRuns: 3_000 },
  );
});

test('where the engine does not let the server in, the token of the caller is not blamed', async (context) => {
  const { engine } = await house(context);
  const refuse = async () => {
    throw new HoldfastError('UNAUTHORIZED', 'etcd takes no such password', 'Name another one.');
  };
  // The engine is whole but for one wire that is cut on purpose.
  const locked = Object.create(engine, { get: { value: refuse } });
  const own = createCoordinationService({ ...parts, coordination: locked });
  const call = own.handle('get', { key: KEYS.configuration('shop', 'x') }, shop);
  await assert.rejects(call, isCode('COORDINATION_FAILED'));
});

test('a service that is closing ends its watches and takes no more', async (context) => {
  const { service } = await house(context);
  const own = service();
  const body = { prefix: KEYS.configurations('shop'), from: '1' };
  const { signal } = new AbortController();
  const stream = own.watch(body, shop, signal);
  const ended = new Promise((resolve) => stream.once('close', resolve));
  stream.resume();
  own.close();
  await ended;
  assert.throws(() => own.watch(body, shop, signal), isCode('COORDINATION_FAILED'));
});
