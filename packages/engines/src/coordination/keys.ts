// The layout of keys, in one place: whoever reads or writes a key makes it here. Names are checked
// where people write them (names, namespaces: letters, digits, `-`, `_`, `.`), so none holds a slash.

const ROOT = '/holdfast/v1/';

export const KEYS = {
  root: ROOT,
  /** A random word that names the store, written by an engine whose own names outlive its data. */
  store: `${ROOT}store`,
  resources: `${ROOT}resources/`,
  /** What users write; the value is the resource as JSON. */
  resource: (kind: string, namespace: string, name: string) =>
    `${ROOT}resources/${kind}/${namespace}/${name}`,
  /** Put by every apply, so that what each of them proved still holds when it writes. */
  resourcesWriter: `${ROOT}resources-writer`,
  servers: `${ROOT}servers/`,
  /** Leased. */
  server: (id: string) => `${ROOT}servers/${id}`,
  agents: `${ROOT}agents/`,
  /** Leased. */
  agent: (location: string, id: string) => `${ROOT}agents/${location}/${id}`,
  assignments: `${ROOT}assignments/`,
  assignment: (agent: string) => `${ROOT}assignments/${agent}`,
  /** Leased; its create revision is the fencing token. */
  leader: (role: string) => `${ROOT}leaders/${role}`,
  applied: `${ROOT}applied/`,
  /** Leased. */
  appliedBy: (node: string) => `${ROOT}applied/${node}`,
  /** Leased; one key per waiting holder, the oldest holds the lock. */
  lock: (namespace: string, name: string) => `${ROOT}locks/${namespace}/${name}/`,
  /** Values of applications. */
  configuration: (namespace: string, name: string) => `${ROOT}configuration/${namespace}/${name}`,
  configurations: (namespace: string) => `${ROOT}configuration/${namespace}/`,
  /** Secrets of the house, such as what signs leases; never told to anybody through a server. */
  secret: (name: string) => `${ROOT}secrets/${name}`,
} as const;
