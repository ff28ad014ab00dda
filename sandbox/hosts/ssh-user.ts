import { userInfo } from "node:os";

/** A real sshd can only log in the user of this machine that runs it; the built-in server knows BMDB's own. */
export const sshUserName = (ssh: "builtin" | "openssh"): string =>
  ssh === "openssh" ? userInfo().username : "bigmath";
