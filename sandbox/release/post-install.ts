// `bin/post_install.sh`: puts the executables in place. Run at the final place of a release, once; a second run says so.

export const POST_INSTALL = `#!/bin/sh
# Puts the executables of this release in place. The archive holds no copy of them: every release of the sandbox
# runs the same one, which finds its code in ../lib.
set -eu

bin_dir=$(cd "$(dirname "$0")" && pwd)
marker=$bin_dir/../.post_install.sh.completed

if [ -f "$marker" ]; then
  echo "post_install.sh was already run (marker at $(cd "$bin_dir/.." && pwd)/.post_install.sh.completed)"
  exit 0
fi

# A fault of this host: the name of a release, or "any".
if [ -f "\${BMDB_SANDBOX_ROOT:-}/orders/post_install_fails" ]; then
  failing=$(cat "$BMDB_SANDBOX_ROOT/orders/post_install_fails")
  if [ "$failing" = any ] || grep -q "\\"version_number\\": \\"$failing\\"" "$bin_dir/../version_metadata.json"; then
    echo "Dynamic linker not found or is not executable: '$(cd "$bin_dir/.." && pwd)/lib/ld.so'" >&2
    exit 1
  fi
fi

runtime=\${BMDB_SANDBOX_RUNTIME:-}
if [ ! -x "$runtime" ]; then
  echo "post_install.sh: the sandbox's runtime was not found or is not executable: '$runtime'" >&2
  echo "BMDB_SANDBOX_RUNTIME must name it; the shell of every sandbox host has it set." >&2
  exit 1
fi

source=$runtime
for name in mserver dbserver bm-admin; do
  new=$bin_dir/.$name.new
  rm -f "$new"
  # A link costs nothing; on another file system there is only the copy, and one is enough.
  ln "$source" "$new" 2>/dev/null || { cp "$source" "$new" && chmod 755 "$new"; }
  mv -f "$new" "$bin_dir/$name"
  source=$bin_dir/$name
done

# Last: an interrupted run is repeated in full.
: > "$marker"
`;

/** What stands under the names of the executables until `post_install.sh` was run. */
export function renderPlaceholder(name: string): string {
  return `#!/bin/sh\necho "${name}: run bin/post_install.sh first" >&2\nexit 126\n`;
}
