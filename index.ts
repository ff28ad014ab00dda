export { BmCluster, type BmClusterOptions } from "./components/bm-cluster";
export type { BmClusterArgs, BmNodeArgs, BmPortArgs } from "./components/bm-cluster-args";
export type { BmAdminUiArgs, BmBmAdminArgs, BmProcessArgs, BmReleaseArgs } from "./components/bm-host-args";
export type { BmPolicyArgs, BmTimeoutArgs } from "./components/bm-policy-args";
export type { BmBastionArgs, BmSshArgs, BmSshHostArgs } from "./components/bm-ssh-args";
export type { BmXdcrArgs, BmXdcrClusterArgs, BmXdcrLinkArgs } from "./components/bm-xdcr-args";
export { XdcrTopology } from "./components/xdcr-topology";
export type { XdcrTopologyArgs, XdcrTopologyLinkArgs } from "./components/xdcr-topology-args";
