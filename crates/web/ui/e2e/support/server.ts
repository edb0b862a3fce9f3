import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { lacks } from "../../tests/support/means";

const ROOT = resolve(import.meta.dirname, "../../../../..");

/** The program that the pages are tried with: built before, by cargo. */
export function program(): string {
  const target = process.env["CARGO_TARGET_DIR"] ?? join(ROOT, "target");
  const named = process.env["TALLYLOG_BIN"];
  const found = [named, join(target, "debug/tallylog"), join(target, "release/tallylog")].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (found === undefined) throw new Error("build the program first: cargo build --package tallylog");
  return found;
}

/** The published results of 2020, where they lie beside the project; otherwise nothing, which is noted of the test. */
export function publishedResults(test: string): string | null {
  const folder = join(ROOT, "../shared/iowa-2020");
  return lacks("published-results", test, existsSync(folder)) ? null : folder;
}

export interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** The simulated night, over: every entry is in the log. */
export function simulatedNight(): Promise<Server> {
  return start(["demo", "--seconds", "0"], /The night is over/);
}

/** Starts the program, and waits until it serves and has said what it is waited for. */
export async function start(args: readonly string[], until = /./): Promise<Server> {
  const child = spawn(program(), [...args, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await address(child, until);
  return {
    url,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((done) => {
        child.once("exit", () => {
          done();
        });
        child.kill("SIGKILL");
      }),
  };
}

function address(child: ChildProcess, until: RegExp): Promise<string> {
  return new Promise((found, failed) => {
    let said = "";
    const listen = (bytes: Buffer) => {
      said += bytes.toString();
      const url = /on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (url !== undefined && until.test(said)) found(url);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => {
      failed(new Error(`the program ended with ${String(code)} before it served:\n${said}`));
    });
  });
}

/** Runs a command to its end, and gives what it printed. */
export function run(args: readonly string[]): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(program(), args, { stdio: ["ignore", "pipe", "pipe"] });
    let [out, talk] = ["", ""];
    child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()));
    child.stderr.on("data", (bytes: Buffer) => (talk += bytes.toString()));
    child.once("exit", (code) => {
      if (code === 0) done(out);
      else failed(new Error(`${args.join(" ")} ended with ${String(code)}:\n${talk}`));
    });
  });
}
