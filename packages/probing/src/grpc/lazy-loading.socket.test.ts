// A check without a call must not load the protobuf library: seen in a process of its own, because
// other tests of this one load it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { HEALTH_PATH } from './call-plan.ts';
import { grpcServer, unary } from './testing/grpc-server.ts';

const SCRIPT = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      if (found.url.includes('@bufbuild')) loaded.push(found.url);
      return found;
    },
  });
  const { probeGrpc } = await import(process.argv[1]);
  const call = process.argv[3] === 'call' ? { call: { descriptorSet: '' } } : {};
  const { status } = await probeGrpc({ port: Number(process.argv[2]), ...call });
  console.log(JSON.stringify({ status, loaded: loaded.length > 0 }));
`;

async function run(port: number, what: string) {
  const helper = new URL('./testing/grpc-probe.ts', import.meta.url).href;
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...flags,
    helper,
    String(port),
    what,
  ]);
  return JSON.parse(stdout);
}

test('the protobuf library is loaded for a call only', async () => {
  const server = await grpcServer({ [HEALTH_PATH]: unary(() => Buffer.from([8, 1])) });
  const health = await run(server.port, 'health');
  const call = await run(server.port, 'call');
  await server.close();
  assert.deepEqual(health, { status: 'up', loaded: false });
  assert.deepEqual(call, { status: 'invalid', loaded: true });
});
