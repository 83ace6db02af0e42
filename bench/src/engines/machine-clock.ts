// One clock for all processes of a machine: the monotonic one, read where they share it. `performance.now`
// counts from each process's own beginning.

export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
