import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { SETTINGS } from "../../src/settings";

type Service = Readonly<{
  image?: string;
  build?: string;
  environment?: Readonly<Record<string, string>>;
  ports?: readonly string[];
  volumes?: readonly string[];
  healthcheck?: Readonly<{ test: readonly string[] }>;
  depends_on?: Readonly<Record<string, Readonly<{ condition: string; required?: boolean }>>>;
}>;

const composed = parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
  volumes: Readonly<Record<string, unknown>>;
};
const { services } = composed;
const entries = Object.entries(services);
const servers = entries.filter(([name]) => name.startsWith("server-"));
const proxy = readFileSync("docker/nginx.conf", "utf8");
const dockerfile = readFileSync("Dockerfile", "utf8");

describe("docker-compose.yml", () => {
  it("starts two servers that differ in nothing", () => {
    expect(servers.map(([name]) => name)).toEqual(["server-1", "server-2"]);
    expect(servers[0]?.[1]).toEqual(servers[1]?.[1]);
    expect(servers[0]?.[1]).toMatchObject({ build: "." });
  });

  it("gives the servers nothing that is no setting", () => {
    const known = new Set(Object.values(SETTINGS).map(({ name }) => name));
    const given = Object.keys(servers[0]?.[1].environment ?? {});
    expect(given).toContain("DATABASE_URL");
    expect(given.filter((name) => !known.has(name))).toEqual([]);
  });

  it("starts nothing without the secrets that all servers share", () => {
    const { ADMIN_TOKEN, DATABASE_URL } = servers[0]?.[1].environment ?? {};
    expect(ADMIN_TOKEN).toMatch(/^\$\{ADMIN_TOKEN:\?/);
    expect(DATABASE_URL).toMatch(/\$\{POSTGRES_PASSWORD:\?/);
    expect(services["database"]?.environment?.["POSTGRES_PASSWORD"]).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
  });

  it("lets in this machine alone, and only through the proxy", () => {
    const open = entries.filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name, { ports }]) => [name, ports])).toEqual([["proxy", ["127.0.0.1:4000:80"]]]);
  });

  it("names the version of every image that it does not build", () => {
    const images = entries.flatMap(([, { image, build }]) => (build === undefined && image ? [image] : []));
    expect(images).toHaveLength(3);
    for (const image of images) expect(image).toMatch(/:\d+(\.\d+)*$/);
  });

  it("waits for what can be asked how it is, and for the KurrentDB only where it is started", () => {
    for (const [, { depends_on: needed }] of entries) {
      for (const [name, { condition }] of Object.entries(needed ?? {})) {
        expect(condition).toBe("service_healthy");
        const checked = services[name]?.healthcheck !== undefined || services[name]?.build !== undefined;
        expect({ name, checked }).toEqual({ name, checked: true });
      }
    }
    expect(dockerfile).toContain("HEALTHCHECK");
    expect(servers[0]?.[1].depends_on?.["kurrentdb"]?.required).toBe(false);
  });

  it("mounts only files that are here and volumes that it names", () => {
    const mounted = entries
      .flatMap(([, { volumes }]) => volumes ?? [])
      .map((each) => each.split(":")[0] ?? "");
    expect(mounted.length).toBeGreaterThan(0);
    for (const from of mounted) {
      const isThere = from.startsWith(".") ? existsSync(from) : from in composed.volumes;
      expect({ from, isThere }).toEqual({ from, isThere: true });
    }
  });
});

describe("the proxy", () => {
  it("knows the servers that are started, by the port that they listen on", () => {
    const known = [...proxy.matchAll(/^ *server (\S+):(\d+) /gm)].map(([, name, port]) => [name, port]);
    const port = /PORT=(\d+)/.exec(dockerfile)?.[1];
    expect(known).toEqual(servers.map(([name]) => [name, port]));
  });

  it("hands changes on as they come, and WebSockets at all", () => {
    expect(proxy).toContain("proxy_buffering off;");
    expect(proxy).toContain("proxy_http_version 1.1;");
    expect(proxy).toContain("proxy_set_header Upgrade $http_upgrade;");
  });

  it("repeats no request that a server may have begun", () => {
    expect(/proxy_next_upstream ([^;]*);/.exec(proxy)?.[1]).toBe("error timeout");
    expect(proxy).not.toContain("non_idempotent");
  });

  it("writes down no header and no argument, which may hold a token", () => {
    const format = /log_format \S+ '([^']*)';/.exec(proxy)?.[1] ?? "";
    expect(format).not.toMatch(/http_|request_uri|args|\$request /);
    expect(format).toContain("$uri");
  });
});

describe("the Dockerfile", () => {
  it("copies only what is here and not ignored", () => {
    const ignored = new Set(readFileSync(".dockerignore", "utf8").split("\n").filter(Boolean));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, all]) =>
      all?.split(" "),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied) {
      expect({
        path,
        isThere: existsSync(path ?? ""),
        isIgnored: ignored.has((path ?? "").replace("./", "")),
      }).toEqual({
        path,
        isThere: true,
        isIgnored: false,
      });
    }
  });
});
