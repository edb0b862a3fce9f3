import { toBase64 } from "../log/base64";
import { leafOf, Withheld } from "../log/bundle";
import { DecodeError, equalBytes } from "../log/bytes";
import { checkpointText, type Cosigner } from "../log/checkpoint";
import { decodeEntry } from "../log/entry";
import type { Contest } from "../log/events";
import { Refused } from "../log/flaw";
import { toHex } from "../log/hex";
import { verifierKeyText } from "../log/keys";
import { keysOf, namedWitnesses, namesLog, policyText, type Keys } from "../log/policy";
import type { ReaderPolicy } from "../log/reader_policy";
import type { AbandonedSample } from "../fold";
import type { SoleRegistrar } from "../fold/people";
import { checkAnswers } from "./answers";
import { CEILINGS } from "./admit/refusal";
import { checkCheckpoints, type Trusted } from "./checkpoints";
import { Findings, isFailed, isVerified, type CheckName, type Verdict, type Verdicts } from "./checks";
import { Contents } from "./contents";
import { here, type Lanes } from "./lanes";
import { nightOfFile, nightOfServer, type Night, type Server } from "./night";
import { checkSignatures, decodeAll } from "./signatures";
import type { Answers } from "./said";
import { shownBundle } from "./shown";
import { Roots } from "./roots";
import { foreignSamples } from "./samples";
import { skim, type Skim } from "./skim";
import { checkTimes } from "./times";
import { Turns } from "./turns";
import { checkIndependent, weaknesses, type Weakness } from "./grounds";
import { checkVisit, rememberedCheckpoint, visitOf, type Visit } from "./visit";

/** Where a night comes from. */
export type Source =
  { readonly kind: "file"; readonly bytes: Uint8Array } | { readonly kind: "server"; readonly server: Server };

/** What an audit is asked beside what it always looks at. */
export interface Asked {
  /** Which witnesses are enough, by the reader; `null` for those of the contest. */
  readonly policy?: ReaderPolicy | null;
  /** What the reader remembers of this log, or saw at this address. */
  readonly visit: (logKey: string) => Visit | null | Promise<Visit | null>;
  readonly lanes?: Lanes;
  /** What the server answers of so many entries: asked for once they were read. */
  readonly answers?: (size: number, contest: Contest) => Promise<Answers>;
}

/** What the night is, by its own entry 0 and its last checkpoint. */
export interface About {
  readonly name: string;
  readonly kind: Contest["kind"]["kind"];
  readonly ruleset: string;
  /** SHA-256 over a zero byte and entry 0: the contest's name for `--contest`. */
  readonly contest: string;
  readonly logKey: string;
  readonly size: number;
  readonly shown: number;
  readonly root: string;
  /** When the last entry that is shown was received, by the log's word, in milliseconds since 1970. */
  readonly received: number | null;
  readonly cosigners: readonly { readonly name: string; readonly at: number }[];
  /** The only one that names the log's key: whoever reads the page vouches for it, or nobody. */
  readonly from: Night["from"];
  readonly release: Contest["release"]["kind"];
  readonly embargo: Contest["embargo"]["kind"];
  readonly fold: number;
  /** Whose cosignatures are enough, by the contest's own choice. */
  readonly quorum: { readonly needed: number; readonly witnesses: readonly string[] };
  /** How many samples of the paper audit were announced and given up. */
  readonly abandonedSamples: number;
  readonly weaknesses: readonly Weakness[];
}

/** What an audit found. */
export interface Report {
  readonly verified: boolean;
  readonly verdicts: Verdicts;
  readonly about: About | null;
  /** Files of evidence: two checkpoints of one size with two roots. */
  readonly evidence: readonly string[];
  /** What was shown, as a bundle, where something is wrong with it: whoever gets it finds the same. */
  readonly shown: Uint8Array<ArrayBuffer> | null;
  /** When a single registrar could do alone what takes two: whoever reads a verdict is told. */
  readonly soleRegistrars: readonly SoleRegistrar[];
  /** Samples of the paper audit that were announced and given up: every verdict lists them. */
  readonly abandonedSamples: readonly AbandonedSample[];
  /** Samples that were not announced, and name a checkpoint that the log never had. */
  readonly foreignSamples: readonly number[];
  /** Entries that rest in part on what is withheld: a case or a decision about several precincts. That part was not checked. */
  readonly onTrust: readonly number[];
  /** The signed checkpoint that all of it is about; `null` where there was none. */
  readonly checkpoint: string | null;
  /** What to remember of this night, if everything was well. */
  readonly visit: Visit | null;
}

/** Makes every check of a night; `tell` hears of each change of a verdict. */
export async function audit(
  source: Source,
  asked: Asked,
  tell: (check: CheckName, verdict: Verdict) => void,
): Promise<Report> {
  const findings = new Findings(tell);
  const night = await open(source, findings);
  if (night === null) return broken(findings);
  const contest = opening(night);
  const keys = checkPolicy(night, contest, asked.policy ?? null, findings);
  const visit = keys === null ? null : await asked.visit(verifierKeyText(keys.log));
  const skimmed = await skim(night, sizes(night, visit), findings);
  checkTree(night, skimmed, findings);
  const evidence: string[] = [];
  const trusted = keys === null ? [] : checkHead(night, keys, skimmed, visit, findings, evidence);
  const told =
    contest !== null && keys !== null && findings.isSound()
      ? await checkContents(night, contest, keys, asked, findings)
      : NOTHING;
  const about = keys === null || contest === null ? null : aboutOf(night, contest, keys, trusted, skimmed, told);
  const verdicts = findings.end();
  const verified = isVerified(verdicts);
  return {
    verified,
    verdicts,
    about,
    evidence,
    ...told,
    shown: isFailed(verdicts) ? shownBundle(night, keys, visit) : null,
    checkpoint: checkpointText(night.last),
    visit: keys !== null && verified ? visitOf(night, keys) : null,
  };
}

/** Of what is not laid out as a night, nothing more is said. */
function broken(findings: Findings): Report {
  const nothing = { about: null, evidence: [], ...NOTHING, shown: null, checkpoint: null, visit: null };
  return { verified: false, verdicts: findings.end(), ...nothing };
}

async function open(source: Source, findings: Findings): Promise<Night | null> {
  findings.running("format", 0, 0);
  try {
    if (source.kind === "file") {
      const night = nightOfFile(source.bytes);
      findings.pass("format", source.bytes.length);
      return night;
    }
    const tell = (done: number, of: number): void => {
      findings.running("format", done, of);
    };
    const night = await nightOfServer(source.server, tell);
    findings.pass("format", night.entries.length, night.withheld);
    return night;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.fail("format", { code: error.code, entry: null, about: error.about });
    return null;
  }
}

/** The contest that entry 0 opens. Whether anybody signed it is another check. */
function opening(night: Night): Contest | null {
  const [first] = night.entries;
  try {
    const isShown = first !== undefined && !(first instanceof Withheld);
    const event = isShown ? decodeEntry(first).body.event : null;
    return event?.kind === "ContestOpened" ? event.value : null;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/**
 * The keys of entry 0, if a file's policy is exactly theirs; a server's may ask others than the contest, of the same log. Further witnesses are taken from the policy: what they signed
 * is checked, and their word does not count for the quorum.
 */
function checkPolicy(
  night: Night,
  contest: Contest | null,
  reader: ReaderPolicy | null,
  findings: Findings,
): Keys | null {
  try {
    if (contest === null) throw new Refused("entry-0-no-contest");
    const keys = keysOf(contest, namedWitnesses(night.policy));
    const isTheirs = night.from === "file" ? policyText(keys) === night.policy : namesLog(night.policy, keys.log);
    if (!isTheirs) throw new Refused("policy-differs");
    findings.pass("policy", 1 + keys.witnesses.length + keys.further.length);
    return { ...keys, reader };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.fail("policy", { code: error.code, entry: 0, about: error.about });
    return null;
  }
}

/** The sizes whose roots are needed. */
function sizes(night: Night, visit: Visit | null): Set<number> {
  const before = visit && rememberedCheckpoint(visit);
  return new Set([...night.checkpoints.map(({ size }) => size), ...(before === null ? [] : [before.size])]);
}

function checkTree(night: Night, { root }: Skim, findings: Findings): void {
  if (!equalBytes(root, night.last.root)) {
    const [claimed, found] = [toBase64(night.last.root), toBase64(root)];
    findings.fail("tree", { code: "tree-wrong-root", entry: null, about: `${night.last.size}`, claimed, found });
  }
  findings.pass("tree", night.last.size);
  findings.pass("chain", night.entries.length - night.withheld, night.withheld);
}

function checkHead(
  night: Night,
  keys: Keys,
  skimmed: Skim,
  visit: Visit | null,
  findings: Findings,
  evidence: string[],
): Trusted[] {
  const trusted = checkCheckpoints(night, keys, skimmed, findings, evidence);
  checkTimes(trusted, skimmed, findings);
  checkVisit(visit, night, keys, skimmed, findings, evidence);
  return trusted;
}

/** The dear checks: every signature, what the entries come to, and what the server says that they come to. */
async function checkContents(
  night: Night,
  contest: Contest,
  keys: Keys,
  asked: Asked,
  findings: Findings,
): Promise<Told> {
  const { lanes = here, answers } = asked;
  const { withheld } = night;
  const decoded = decodeAll(night.entries, findings);
  // Under an embargo a server answers from what is released, and its log shows less than that: there is nothing to compare.
  const isAsked = answers !== undefined && withheld === 0;
  if (!isAsked) findings.setAside("answers", answers === undefined ? "nothing-there" : "kept-back");
  // The server works out its answers while the signatures are checked here.
  const asking = isAsked ? ask(answers, night, contest, findings) : null;
  await checkSignatures(decoded, lanes, findings, withheld);
  const said = await asking;
  const roots = new Roots(night.entries);
  const turns = said && new Turns(said.timelines, night.last.size);
  const contents = new Contents(contest, findings, withheld, turns, roots);
  const isRead = await contents.read(decoded, decoded.length === night.entries.length);
  if (isRead) checkIndependent(contents.fold.state, keys, findings);
  const told = toldOf(contents, contest, roots);
  if (!isRead || said === null || turns === null) return told;
  const compared = checkAnswers(said.said, toBase64(night.last.root), contents.fold, findings);
  findings.pass("answers", compared + turns.conclude(contents.fold, findings));
  return told;
}

/** What a verdict tells whoever reads it, beside what was checked. */
type Told = Pick<Report, "soleRegistrars" | "abandonedSamples" | "foreignSamples" | "onTrust">;

const NOTHING: Told = { soleRegistrars: [], abandonedSamples: [], foreignSamples: [], onTrust: [] };

function toldOf({ fold: { state }, onTrust }: Contents, contest: Contest, roots: Roots): Told {
  return {
    onTrust,
    soleRegistrars: contest.fold < CEILINGS ? [] : state.authors.soleRegistrars(),
    abandonedSamples: state.desks.paper.abandonedSamples(state.authors),
    foreignSamples: foreignSamples(state, roots),
  };
}

/** What the server answers, asked before it is known what is right. */
async function ask(
  answers: NonNullable<Asked["answers"]>,
  night: Night,
  contest: Contest,
  findings: Findings,
): Promise<Answers | null> {
  findings.running("answers", 0, 0);
  try {
    return await answers(night.last.size, contest);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.fail("answers", { code: error.code, entry: null, about: error.about });
    return null;
  }
}

function aboutOf(
  night: Night,
  contest: Contest,
  keys: Keys,
  trusted: readonly Trusted[],
  skim: Skim,
  told: Told,
): About {
  const cosigners = trusted.findLast(({ signed }) => signed === night.last)?.cosigners ?? [];
  return {
    name: contest.name,
    kind: contest.kind.kind,
    ruleset: contest.ruleset.name,
    contest: toHex(leafOf(night.entries[0] ?? new Uint8Array())),
    logKey: verifierKeyText(keys.log),
    size: night.last.size,
    shown: night.entries.length - night.withheld,
    root: toBase64(night.last.root),
    received: [...skim.received.values()].at(-1) ?? null,
    cosigners: cosigners.map(({ key, at }: Cosigner) => ({ name: key.name, at })),
    from: night.from,
    release: contest.release.kind,
    embargo: contest.embargo.kind,
    fold: contest.fold,
    quorum: { needed: keys.quorum, witnesses: keys.witnesses.map(({ name }) => name) },
    abandonedSamples: told.abandonedSamples.length,
    weaknesses: weaknesses(contest, keys, {
      isCosigned: cosigners.length > 0,
      isSole: told.soleRegistrars.length > 0,
      abandoned: told.abandonedSamples.length,
    }),
  };
}
