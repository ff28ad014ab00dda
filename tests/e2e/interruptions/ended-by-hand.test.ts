// Somebody ends `pulumi up`: Ctrl-C once and twice, SIGTERM, SIGKILL.

import { casesOf } from "./cases";
import { rollThrough } from "./run-interruptions";

rollThrough(casesOf(["SIGINT", "SIGINT twice", "SIGTERM", "SIGKILL of the CLI"]));
