// Something ends `pulumi up`: its provider process dies, the network goes away, a host reboots.

import { casesOf } from "./cases";
import { rollThrough } from "./run-interruptions";

rollThrough(casesOf(["SIGKILL of the provider process", "network cut to all hosts", "reboot of a host"]));
