// What a plugin tells the loader about the kind of check it brings (types only). How it measures
// is between it and the agent.

export interface PluginFault {
  /** In the options. */
  path: (string | number)[];
  /** Continues the field's name: "must be …". */
  message: string;
  /** A clause: "write …". */
  hint: string;
}

export interface PluginDescription {
  /** As people write it in `type`, such as `redis`. */
  kind: string;
  /** Of targets, without `://`. */
  schemes: string[];
  /** For hints. */
  targetExample: string;
  /** What is wrong with what stands under `with`; nothing = it is sound. */
  validate(options: unknown): PluginFault[];
}

/** Loads a plugin by its package name, or its path relative to the file that names it; may throw. */
export type LoadPlugin = (specifier: string, fromFile: string) => PluginDescription;
