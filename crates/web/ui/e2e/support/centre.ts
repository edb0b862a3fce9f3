import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, start, type Server } from "./server";

const COUNTIES = `county,kind,fips,congressional_district,county_delegates,state_delegates
Adams,county,19003,3,15,3
Boone,county,19015,4,10,4
CD3 Satellite,satellite,,3,,2
`;
const PRECINCTS = `county,precinct,code,county_delegates
Adams,Adams 1,A1,4
Adams,Adams 2,A2,4
Adams,Adams 3,A3,7
Boone,Boone 1,B1,5
Boone,Peña 2,B2,5
CD3 Satellite,Site 1,S1,
CD3 Satellite,Site 2,S2,
`;

/** Who does something in a centre: the folder of the device, the person, and what the key is for. */
interface Person {
  readonly device: string;
  readonly name: string;
  readonly role: readonly [string, ...string[]];
}
const CHAIR: Person = {
  device: "chair",
  name: "Chair of Boone 1",
  role: ["chair", "--county", "Boone", "--precinct", "Boone 1"],
};
const REVIEWER: Person = { device: "reviewer", name: "Vera", role: ["reviewer"] };

/** A small contest that is open and served, with a chair and a reviewer. */
export class Centre {
  private constructor(
    private readonly folder: string,
    private readonly logKey: string,
    readonly server: Server,
  ) {}

  static async open(embargo: "open" | "on-release"): Promise<Centre> {
    const folder = mkdtempSync(join(tmpdir(), "tallylog-centre-"));
    const at = (name: string) => join(folder, name);
    mkdirSync(at("roster"));
    writeFileSync(at("roster/counties.csv"), COUNTIES);
    writeFileSync(at("roster/precincts.csv"), PRECINCTS);
    writeFileSync(at("passphrase"), "correct horse\n");
    const contest = {
      kind: "election",
      name: "Caucus of the tests",
      ruleset: "iowa-2020",
      origin: "caucus.example/tests",
    };
    const rules = { candidates: ["Alder", "Birch", "Cedar", "Uncommitted"], release: "clear", embargo };
    writeFileSync(at("contest.json"), JSON.stringify({ ...contest, ...rules }));
    const registrar = ["--device", at("registrar"), "--person", "Rhea", "--passphrase-file", at("passphrase")];
    const places = ["--roster", at("roster"), "--data-dir", at("data")];
    const logKey = (await run(["open", at("contest.json"), "--yes", ...places, ...registrar])).trim();
    const centre = new Centre(folder, logKey, await start(["serve", "--data-dir", at("data")]));
    for (const person of [CHAIR, REVIEWER]) await centre.enrol(person);
    return centre;
  }

  /** The chair reports a worksheet. */
  async report(worksheet: unknown): Promise<void> {
    const file = join(this.folder, "worksheet.json");
    writeFileSync(file, JSON.stringify(worksheet));
    await this.as("chair", ["report", "--file", file]);
  }

  /** The reviewer releases what nothing holds. */
  async release(name: string): Promise<void> {
    await this.as("reviewer", ["release", "--name", name, "--yes"]);
  }

  async close(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  private async enrol({ device, name, role }: Person): Promise<void> {
    const request = join(this.folder, `${device}.json`);
    const of = ["--log-key", this.logKey, "--person", name, "--role", ...role, "--output", request];
    await this.as(device, ["key", "new", ...of]);
    await this.as("registrar", ["key", "add", request, "--role", role[0], "--yes"]);
  }

  private async as(device: string, args: readonly string[]): Promise<void> {
    const passphrase = ["--passphrase-file", join(this.folder, "passphrase")];
    await run([...args, "--server", this.server.url, "--device", join(this.folder, device), ...passphrase]);
  }
}
