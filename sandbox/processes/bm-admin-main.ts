// `bin/bm-admin`.

import { AdminFaults } from "./admin-faults";
import { runAdmin } from "./bm-admin-run";
import { FileFaults } from "./faults";
import { readRelease } from "./release-files";
import { RpcClient } from "./rpc-client";

const { metadata } = readRelease();
const bearer = { host: process.env["BMDB_SANDBOX_HOST"] ?? "", version: metadata.version_number };

void runAdmin(process.argv.slice(2), {
  metadata,
  faults: new AdminFaults(new FileFaults(process.env["BMDB_SANDBOX_FAULTS"], bearer)),
  world: {
    client: new RpcClient("bm-admin", 1000),
    nowMs: Date.now,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  },
  writeOut: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
}).then((code) => {
  process.exitCode = code;
});
