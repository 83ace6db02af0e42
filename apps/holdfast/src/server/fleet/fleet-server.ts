// One of several control planes: its configuration is the resources in coordination, its checks are
// run by agents elsewhere, and what any server stored all of them tell. Whoever leads assigns, alerts
// and forgets; the others stand ready.

import type { HoldfastServer, ServerPlan } from '../holdfast-server.ts';
import { type ControlPlaneOptions, FleetControl } from './fleet-control.ts';

export function fleetServer(options: ControlPlaneOptions): ServerPlan {
  let control: FleetControl | undefined;
  const opened = () => {
    if (control === undefined) throw new TypeError('the control plane is not open yet');
    return control;
  };
  return {
    demo: false,
    openSource: async (server: HoldfastServer) => {
      control = await FleetControl.open(server, options);
      return control.openSource();
    },
    openWorkforce: async () => opened().openWorkforce(),
    serving: () => opened().join(),
    retaining: () => control?.leading,
    tellAlert: (alert) => opened().tellAlert(alert),
  };
}
