/** `ENOENT` and the like. Asks for no class: under a test runner an error of Node's may come from another realm. */
export const errorCode = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
