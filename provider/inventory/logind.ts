// Whether a login's end takes along what was started in it: asked of logind itself, or read from its configuration.

/** Shell lines that need `put`. Without a session of logind's there is nothing that could end our processes. */
export const LOGIND_LINES = [
  "if grep -q '/session-[^/]*[.]scope' /proc/self/cgroup 2>/dev/null; then",
  '  put logind-user "$(id -un)"',
  // Without a name it tells the manager's own settings.
  '  put logind "$(loginctl show-session --property=KillUserProcesses --property=KillOnlyUsers --property=KillExcludeUsers 2>/dev/null || for f in /usr/lib/systemd/logind.conf /usr/lib/systemd/logind.conf.d/*.conf /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf; do [ ! -r "$f" ] || { cat "$f"; echo; }; done | grep "^Kill")"',
  "else put logind-user ''; put logind ''; fi",
];

/** Undefined: not known. `user` is empty where the session is none of logind's. */
export function readKillsUserProcesses(user: string | undefined, settings: string | undefined): boolean | undefined {
  if (user === undefined || settings === undefined) return undefined;
  if (user === "") return false;
  const setting = (name: string): string | undefined =>
    settings
      .split("\n")
      .filter((line) => line.startsWith(`${name}=`))
      .at(-1)
      ?.slice(name.length + 1)
      .trim();
  const users = (name: string): string[] => (setting(name) ?? "").split(/\s+/).filter((each) => each !== "");
  const kills = setting("KillUserProcesses")?.toLowerCase();
  if (kills === undefined || !/^(?:[01]|yes|no|true|false|on|off|y|n|t|f)$/.test(kills)) return undefined;
  if (/^(?:0|no|false|off|n|f)$/.test(kills) || users("KillExcludeUsers").includes(user)) return false;
  const only = users("KillOnlyUsers");
  return only.length === 0 || only.includes(user);
}
