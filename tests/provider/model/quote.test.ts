import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { quoteWord, quoteWords } from "../../../provider/model/quote";

/** Asks the real shell what words it reads. `printf` ends each with a NUL, which no word can hold. */
function wordsOf(commandLine: string): string[] {
  const result = spawnSync("/bin/sh", ["-c", `printf '%s\\0' ${commandLine}`], { encoding: "buffer" });
  expect(result.stderr.toString()).toBe("");
  return result.stdout.toString("utf8").split("\0").slice(0, -1);
}

const word = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({
    unit: fc.constantFrom(
      "'",
      '"',
      "\\",
      "$",
      "`",
      "\n",
      "\r",
      " ",
      "*",
      "~",
      "!",
      "#",
      ";",
      "&",
      "(",
      "-",
      "=",
      "a",
      "\x1b",
    ),
  }),
);
const sendable = word.filter((text) => !text.includes("\0"));

describe("quoteWord", () => {
  it("arrives unchanged in a real shell", () => {
    fc.assert(
      fc.property(fc.array(sendable, { minLength: 1, maxLength: 20 }), (words) => {
        expect(wordsOf(quoteWords(words))).toEqual(words);
      }),
      { numRuns: 60 },
    );
  });

  it("keeps an empty word a word", () => {
    expect(wordsOf(quoteWords(["", "a", ""]))).toEqual(["", "a", ""]);
  });

  it.each(["if", "{", "FOO=bar", "~root", "*", "$(reboot)", "-n", "'", "it's", "\\", "a\nb"])(
    "takes %j for a plain word",
    (text) => {
      expect(wordsOf(quoteWord(text))).toEqual([text]);
    },
  );

  it("does not run a keyword or an assignment at the head of a command", () => {
    const result = spawnSync("/bin/sh", ["-c", `${quoteWord("FOO=bar")}; echo $?`], { encoding: "utf8" });
    expect(result.stdout).toBe("127\n");
  });

  it("refuses a NUL, which would cut the command off", () => {
    expect(() => quoteWord("a\0b")).toThrow(RangeError);
  });

  it("refuses half a surrogate pair, which would arrive as another character", () => {
    expect(() => quoteWord("a\ud83d")).toThrow(RangeError);
    expect(quoteWord("😀")).toBe("'😀'");
  });

  it("does not show the refused word, which may be secret", () => {
    expect(() => quoteWord("hunter2\0")).toThrow(/^(?!.*hunter2).*$/);
  });
});
