// The bare steps of leases, as each engine has them. `LeaseKeeper` (lease-keeper.ts) makes of them the
// leases of the contract: it renews, and counts validity from the moment a renewal was sent. A server
// renews on behalf of those who join through it, so any server can take over.

export interface LeaseAuthority {
  /** The engine may round up. The id is never 0. */
  grant(ttlMs: number): Promise<{ id: bigint; ttlMs: number }>;
  /** The ttl that counts from now on. Rejects with LEASE_LOST when the lease is gone. */
  renew(id: bigint): Promise<{ ttlMs: number }>;
  /** Its keys vanish. A lease that is gone already is no error. */
  release(id: bigint): Promise<void>;
}
