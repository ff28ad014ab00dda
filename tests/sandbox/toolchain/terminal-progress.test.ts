import { createTerminalProgress, renderElapsed } from "../../../sandbox/toolchain/terminal-progress";

function createOutput(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 20, write: (text: string | Uint8Array) => written.push(String(text)) > 0 };
}

it("rewrites one status line on a terminal, cut to its width", () => {
  const out = createOutput(true);
  const progress = createTerminalProgress(out, () => 0);
  progress.status("1 of 2");
  progress.status("2 of 2, and much more to say");
  progress.line("done");
  expect(out.written.join("")).toBe("1 of 2\r\u001b[K2 of 2, and much mo\r\u001b[Kdone\n");
});

it("prints a status line now and then in a log", () => {
  const out = createOutput(false);
  let nowMs = 0;
  const progress = createTerminalProgress(out, () => nowMs);
  for (const second of [0, 1, 14, 16, 20, 31]) {
    nowMs = second * 1000;
    progress.status(`at ${second}`);
  }
  expect(out.written).toEqual(["at 0\n", "at 16\n", "at 31\n"]);
});

it.each([
  [900, "0s"],
  [59_999, "59s"],
  [92_000, "1:32"],
])("shows %d ms as %s", (elapsedMs, text) => {
  expect(renderElapsed(elapsedMs)).toBe(text);
});
