import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface EngineLog {
  /** A line under the resource's row. A passing one is shown while the operation runs and not kept. */
  info(urn: string, message: string, isPassing?: boolean): void;
}

interface LogRequest {
  setSeverity(severity: number): void;
  setUrn(urn: string): void;
  setMessage(message: string): void;
  setEphemeral(isEphemeral: boolean): void;
}

interface EngineClient {
  log(request: LogRequest, done: (error: unknown) => void): void;
}

const INFO = 1;

/** Speaks to the engine over the SDK's own gRPC client; without an address (a test) it says nothing. */
export function createEngineLog(engineAddress: string | undefined): EngineLog {
  if (engineAddress === undefined) return { info: () => undefined };
  const sdk = createRequire(
    join(dirname(createRequire(__filename).resolve("@pulumi/pulumi/package.json")), "index.js"),
  );
  const services = sdk("./proto/engine_grpc_pb") as {
    EngineClient: new (address: string, credentials: unknown) => EngineClient;
  };
  const messages = sdk("./proto/engine_pb") as { LogRequest: new () => LogRequest };
  const grpc = sdk("@grpc/grpc-js") as { credentials: { createInsecure(): unknown } };
  const client = new services.EngineClient(engineAddress, grpc.credentials.createInsecure());
  return {
    info(urn, message, isPassing = false) {
      const request = new messages.LogRequest();
      request.setSeverity(INFO);
      request.setUrn(urn);
      request.setMessage(message);
      request.setEphemeral(isPassing);
      // A line that does not arrive must not fail a command.
      client.log(request, () => undefined);
    },
  };
}
