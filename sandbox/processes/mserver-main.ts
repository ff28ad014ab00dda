// `bin/mserver`.

import type { MServerState } from "../cluster/mserver";
import { buildMServer } from "./build-mserver";
import { runServer } from "./server-process";

void runServer<MServerState>("mserver", buildMServer);
