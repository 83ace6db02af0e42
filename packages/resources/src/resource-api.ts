// What the HTTP API takes and answers about resources in a store (types only), shared by the server
// and the command line. Revisions are decimal text. Fields are only ever added.

/** POST /api/v1/resources/apply */
export interface ApplyRequest {
  /** In full form; at most 20,000. */
  resources: unknown[];
  /** What they come from, such as a folder; kept with each of them. */
  owner?: string;
  /** Deletes what this owner applied before and does not now. */
  prune?: boolean;
  /** Nothing is written. */
  dryRun?: boolean;
}

/** POST /api/v1/resources/delete */
export interface DeleteRequest {
  resources: { kind: string; namespace?: string; name: string }[];
  dryRun?: boolean;
}

export type ResourceChange = 'created' | 'changed' | 'unchanged' | 'deleted';

export interface ResourceOutcome {
  kind: string;
  /** Absent for kinds that hold for all namespaces. */
  namespace?: string;
  name: string;
  change: ResourceChange;
  /** Paths of what differs, such as `spec.interval`; of `changed` only, at most 50. */
  fields: string[];
}

/** Of apply and of delete. */
export interface ApplyAnswer {
  /** Of the store, with this in it. */
  revision: string;
  dryRun: boolean;
  /** In how many it was written; more than one are not taken up at once. 0: nothing had to be. */
  transactions: number;
  /** By kind, namespace and name. */
  resources: ResourceOutcome[];
  /** Allowed, but probably not meant; whole sentences, at most 100. */
  warnings: string[];
}

/** GET /api/v1/resources?kind=…&namespace=…&name=… */
export interface StoredResources {
  revision: string;
  /** By kind, namespace and name; every secret reads `<secret>`. */
  resources: ShownResource[];
}

export interface ShownResource {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    generation?: number;
    updatedAtMs?: number;
    updatedBy?: string;
    owner?: string;
  };
  spec: Record<string, unknown>;
}
