// The door for tests of every room that stands on engines: real servers, started by the test and gone
// with it, and a proxy that does to their traffic what networks do.

export * from './coordination-server.ts';
export * from './etcd-cluster.ts';
export * from './fault-proxy.ts';
export * from './loopback.ts';
export * from './postgres-server.ts';
export * from './redis-server.ts';
