// Where the plan of a check's call comes from: the health service without a `call`; the descriptors
// given with the check; else reflection, whose answers are kept. The protobuf library is loaded by
// the first check that has a call, before it is measured, and by no other.

import { type Clock, fault } from '@holdfast/kernel';
import type { GrpcSpec } from '@holdfast/resources/compiled-check';
import type { Outcome } from '../prober.ts';
import { type CallPlan, healthPlan } from './call-plan.ts';
import { DescriptorCache } from './descriptor-cache.ts';
import type { GrpcSession } from './grpc-session.ts';
import type { Metadata } from './metadata.ts';
import { type MethodName, parseMethodName, pathOf } from './method-name.ts';
import type { FoundMethod } from './method-plan.ts';

type Call = NonNullable<GrpcSpec['call']>;

export interface PlanSearch {
  session: GrpcSession;
  clock: Clock;
  headersFor: (path: string) => Metadata;
}

export interface FoundPlan {
  plan: Outcome<CallPlan>;
  /** The server was asked for descriptors. */
  asked: boolean;
}

const reflected = new DescriptorCache<FoundMethod>();
/** Of checks that need nobody asked. */
const fixed = new WeakMap<GrpcSpec, Outcome<CallPlan>>();
let loaded: Awaited<ReturnType<typeof loadMethods>> | undefined;

/** Whatever can be done before the run; undefined when the server has to be asked. */
export async function preparePlan(spec: GrpcSpec): Promise<Outcome<CallPlan> | undefined> {
  const known = fixed.get(spec);
  if (known !== undefined) return known;
  const plan = await planWithoutServer(spec);
  if (plan !== undefined) fixed.set(spec, plan);
  return plan;
}

/** To be called with what prepare gave, or after it. */
export async function findPlan(spec: GrpcSpec, search: PlanSearch): Promise<FoundPlan> {
  const prepared = fixed.get(spec) ?? (await preparePlan(spec));
  if (prepared !== undefined) return { plan: prepared, asked: false };
  const { call } = spec;
  const name = parseMethodName(call?.method ?? '');
  if (call === undefined || name === undefined) {
    return { plan: unreadableName(call?.method), asked: false };
  }
  const methods = await methodsLoaded();
  const key = JSON.stringify([spec.host, spec.port, spec.secure, pathOf(name)]);
  const known = reflected.get(key, search.clock);
  if (known !== undefined) {
    return { plan: methods.planMethod(known, call.payload), asked: false };
  }
  return { plan: await askServer(key, name, call, search), asked: true };
}

async function planWithoutServer(spec: GrpcSpec): Promise<Outcome<CallPlan> | undefined> {
  const { call } = spec;
  if (call === undefined) return { ok: true, value: healthPlan(spec.service) };
  const name = parseMethodName(call.method);
  if (name === undefined) return unreadableName(call.method);
  const methods = await methodsLoaded();
  if (call.descriptorSet === undefined) return undefined;
  const found = methods.methodOfSet(call.descriptorSet, name);
  return found.ok ? methods.planMethod(found.value, call.payload) : found;
}

async function askServer(
  key: string,
  name: MethodName,
  call: Call,
  { session, clock, headersFor }: PlanSearch,
): Promise<Outcome<CallPlan>> {
  const { reflect, methodOfFiles, planMethod } = await methodsLoaded();
  const files = await reflect(session, name, headersFor);
  if (!files.ok) return files;
  const found = methodOfFiles(files.value.files, name, 'server');
  if (!found.ok) return found;
  reflected.set(key, found.value, files.value.bytes, clock);
  return planMethod(found.value, call.payload);
}

async function methodsLoaded(): ReturnType<typeof loadMethods> {
  loaded ??= await loadMethods();
  return loaded;
}

async function loadMethods() {
  const [plans, { reflect }] = await Promise.all([
    import('./method-plan.ts'),
    import('./reflection.ts'),
  ]);
  return { ...plans, reflect };
}

function unreadableName(method = ''): { ok: false; fault: ReturnType<typeof fault> } {
  const text = `"${method}" is no method; write package.Service/Method.`;
  return { ok: false, fault: fault('PROBER_INVALID_CHECK', text) };
}
