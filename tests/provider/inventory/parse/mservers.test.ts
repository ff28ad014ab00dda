import { parseMServers } from "../../../../provider/inventory/parse/mservers";
import { captured, renamed, valueFrom, whyNot } from "./captured";

const unreachable = {
  error: {
    code: "NETWORK_ERROR",
    message:
      "Unable to get registration information for peer ([10.0.0.3:11000]) id (b44e60f6a7f54aae98de54ee2e00736d): recvmsg error: Connection refused",
    posix_code: 111,
    errors: "\u0000",
  },
  instance_id: { permanent_uuid: "b44e60f6a7f54aae98de54ee2e00736d", instance_seqno: 0 },
  registration: { private_rpc_addresses: [{ host: "10.0.0.3", port: 11000 }] },
};

describe("parseMServers", () => {
  it("reads three healthy peers", () => {
    const mservers = valueFrom(parseMServers(captured("masters.json")));
    expect(mservers.map(({ host, rpcPort, httpPort, role }) => [host, rpcPort, httpPort, role])).toEqual([
      ["yb-1.local", 7100, 7000, "LEADER"],
      ["yb-2.local", 7100, 7000, "FOLLOWER"],
      ["yb-3.local", 7100, 7000, "FOLLOWER"],
    ]);
    expect(mservers[0]).toMatchObject({
      uuid: "3fc1141619304cffa2f0a345d37a51c2",
      startTimeUs: 1657972299220554,
      error: undefined,
    });
  });

  it("reads the same under BMDB's names", () => {
    expect(parseMServers(renamed(captured("masters.json")))).toEqual(parseMServers(captured("masters.json")));
  });

  it("keeps a peer that could not be asked, with the reason and without a role", () => {
    const [mserver] = valueFrom(parseMServers(JSON.stringify({ masters: [unreachable] })));
    expect(mserver).toMatchObject({
      host: "10.0.0.3",
      rpcPort: 11000,
      httpPort: undefined,
      role: undefined,
      startTimeUs: undefined,
    });
    expect(mserver?.error).toMatch(/^NETWORK_ERROR: Unable to get registration .*Connection refused$/);
  });

  it("says of an empty error that there is one", () => {
    const [mserver] = valueFrom(
      parseMServers(JSON.stringify({ masters: [{ ...unreachable, error: {}, role: "LEADER" }] })),
    );
    expect(mserver?.error).toBe("no reason given");
  });

  it("lists broadcast addresses among the addresses", () => {
    const body = {
      masters: [
        {
          ...unreachable,
          registration: {
            ...unreachable.registration,
            broadcast_addresses: [{ host: "db3.example", port: 11000, extra: 1 }],
          },
        },
      ],
    };
    expect(valueFrom(parseMServers(JSON.stringify(body)))[0]?.addresses).toEqual([
      { host: "10.0.0.3", port: 11000 },
      { host: "db3.example", port: 11000 },
    ]);
  });

  it("refuses an answer without a list, which is how a failed list looks", () => {
    expect(whyNot(parseMServers("{}"))).toMatch(/^masters is not what was expected/);
  });

  it.each([
    ["an empty list", { masters: [] }],
    ["an entry without an address", { masters: [{ ...unreachable, registration: { private_rpc_addresses: [] } }] }],
    ["an entry without a uuid", { masters: [{ ...unreachable, instance_id: {} }] }],
    [
      "a port that is none",
      { masters: [{ ...unreachable, registration: { private_rpc_addresses: [{ host: "a", port: 0 }] } }] },
    ],
    [
      "a DBServer's list of MServers",
      { master_server_and_type: [{ master_server: "10.0.0.1:11000", is_leader: true }] },
    ],
  ])("refuses %s", (_what, body) => {
    expect(parseMServers(JSON.stringify(body)).ok).toBe(false);
  });
});
