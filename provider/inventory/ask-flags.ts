import { FLAGS_JSON, FLAGS_RAW } from "../dialect/pages";
import type { Fact } from "../model/fact";
import type { Flags } from "../model/pages";
import { type Asking, askEither } from "./ask-page";
import { parseFlagsJson } from "./parse/flags-json";
import { parseFlagsRaw } from "./parse/flags-raw";

/** The flags of the first of these processes that tells them; without their types where there is no JSON. */
export const askFlags = (asking: Asking, bases: readonly string[]): Promise<Fact<Flags>> =>
  askEither(
    asking,
    { urls: bases.map((base) => base + FLAGS_JSON), parse: parseFlagsJson },
    { urls: bases.map((base) => base + FLAGS_RAW), parse: parseFlagsRaw },
  );
