// Which files a host's faults ask for. Paths are below the host's directory.

import type { SandboxFault, SandboxRole } from "../../types";
import type { HostPaths } from "../layout";
import { renderDateShim, renderFullDiskDf, renderFullDiskTar } from "../shims/fault-shims";
import { releaseFolder } from "../start-cluster";
import { findProgram } from "../tools";
import { renderBootScript, renderCrontab, renderSupervisor } from "./boot-files";

export interface PlacedFile {
  readonly path: string;
  readonly text: string;
  readonly kind: "file" | "program" | "supervisor";
}

export interface ArrangedHost {
  readonly paths: HostPaths;
  readonly roles: readonly SandboxRole[];
  /** The release that the sandbox was started with. */
  readonly version: string;
}

const file = (path: string, text: string): PlacedFile => ({ path, text, kind: "file" });
const program = (path: string, text: string): PlacedFile => ({ path, text, kind: "program" });

/** Nothing for a fault that is not a host's own. */
export function planFiles(host: ArrangedHost, fault: SandboxFault): PlacedFile[] {
  const { paths, roles, version } = host;
  switch (fault.kind) {
    case "disk_full":
      return [
        ...(fault.only === "unpack" ? [] : [program("shims/df", renderFullDiskDf(findProgram("df") ?? "df"))]),
        ...(fault.only === "df" ? [] : [program("shims/tar", renderFullDiskTar(findProgram("tar") ?? "tar"))]),
      ];
    case "clock_skew":
      return [program("shims/date", renderDateShim(findProgram("date") ?? "date", fault.offsetMs))];
    case "post_install_fails":
      return [file("orders/post_install_fails", `${fault.release ?? "any"}\n`)];
    case "boot_starts_old":
      return [
        file("home/boot/start-old.sh", renderBootScript(paths, roles, fault.release ?? version)),
        file("orders/crontab", renderCrontab(paths)),
      ];
    case "extension_missing": {
      const name = fault.name ?? "postgis";
      const control = `comment = '${name}'\ndefault_version = '1.0'\nrelocatable = true\n`;
      const folder = releaseFolder(fault.release ?? version);
      return [file(`home/${folder}/share/postgresql/extension/${name}.control`, control)];
    }
    case "supervisor_restarts_old": {
      const release = fault.release ?? version;
      // The release is in the name, so that another order is another supervisor.
      const path = `orders/supervisor-${fault.role}-${release}.sh`;
      const text = renderSupervisor(paths, fault.role, release, `${paths.root}/${path}`);
      return [{ path, text, kind: "supervisor" }];
    }
    default:
      return [];
  }
}
