// The door for tests and benches of whatever stands on engines: real servers, started by the test and gone
// with it, a proxy that does to their traffic what networks do, and results as real checks yield them.

export { sampleResult } from '../results/sample-results.ts';
export * from './coordination-server.ts';
export * from './etcd-cluster.ts';
export * from './fault-proxy.ts';
export * from './loopback.ts';
export * from './postgres-server.ts';
export * from './redis-server.ts';
