import { parseFlagsJson } from "../../../../provider/inventory/parse/flags-json";
import { parseFlagsRaw } from "../../../../provider/inventory/parse/flags-raw";
import { captured, valueFrom } from "./captured";

describe("parseFlagsJson", () => {
  it("reads names, values and who set them", () => {
    const flags = valueFrom(parseFlagsJson(captured("varz.json")));
    expect(flags.size).toBe(10);
    expect(flags.get("flagfile")).toEqual({ value: "/opt/yugabyte/conf/master.conf", type: "Custom" });
    expect(flags.get("webserver_interface")).toEqual({ value: "", type: "NodeInfo" });
  });

  it("takes a flag named like a property of objects for a flag", () => {
    const flags = valueFrom(parseFlagsJson('{"flags":[{"name":"__proto__","value":"1"}]}'));
    expect(flags.get("__proto__")?.value).toBe("1");
    expect(flags.get("constructor")).toBeUndefined();
  });

  it.each(['{"flags":[]}', "{}", '{"flags":[{"name":"a"}]}', '{"flags":[{"name":"a","value":1}]}'])(
    "refuses %s",
    (body) => {
      expect(parseFlagsJson(body).ok).toBe(false);
    },
  );
});

describe("parseFlagsRaw", () => {
  const flags = valueFrom(parseFlagsRaw(captured("varz-raw.txt")));

  it("reads the first flag, which stands right behind the page's title", () => {
    expect(flags.get("TEST_xcluster_simulate_have_more_records")?.value).toBe("false");
  });

  it("reads as many flags as there are", () => {
    expect(flags.size).toBe(new Set(captured("varz-raw.txt").match(/--\w+(?==)/g)).size);
    expect(flags.get("certs_for_cdc_dir")?.value).toBe("");
    expect(flags.get("key_file_pattern")?.value).toBe("node.$0.key");
  });

  it("keeps an equals sign and a line break inside a value, and drops a carriage return at its end", () => {
    const result = valueFrom(parseFlagsRaw("--a=b=c\r\n--d=e\nf\n--g=\n"));
    expect([...result].map(([name, { value }]) => [name, value])).toEqual([
      ["a", "b=c"],
      ["d", "e\nf"],
      ["g", ""],
    ]);
  });

  it.each(["Command-line Flags", "<html><pre>--a=b</pre>", "a=b", "--=b"])("refuses %j", (body) => {
    expect(parseFlagsRaw(body).ok).toBe(false);
  });
});
