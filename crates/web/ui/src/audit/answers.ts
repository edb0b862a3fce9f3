import type { Fold } from "../fold";
import type { Finding, Findings } from "./checks";
import { expected } from "./expected";
import type { Said, SaidLine } from "./said";

/**
 * Compares what a server answers with what its log's entries come to, question by question and line by line. Of each
 * question the first lines that differ are shown, and where one was not answered at all, that.
 */
export function checkAnswers(said: readonly Said[], root: string, fold: Fold, findings: Findings): number {
  let compared = 0;
  for (const ours of expected(fold, root)) {
    const theirs = said.find(({ question }) => question === ours.question);
    if (theirs === undefined) findings.fail("answers", differs(ours.question, "", `${ours.lines.length}`));
    else for (const finding of ofQuestion(theirs, ours)) findings.fail("answers", finding);
    compared += ours.lines.length;
  }
  return compared;
}

function differs(about: string, claimed: string, found: string): Finding {
  return { code: "totals-differ", entry: null, about, claimed, found };
}

/** Lines of one question that are shown where they differ: one that is left out moves all that follow. */
const MOST_LINES = 3;

function ofQuestion(theirs: Said, ours: Said): Finding[] {
  const { question } = ours;
  const heads = (["size", "root", "contest", "kind"] as const).filter((each) => theirs[each] !== ours[each]);
  const found = heads.map((each) => differs(`${question}, ${each}`, `${theirs[each]}`, `${ours[each]}`));
  // Under an embargo the state's hash is not for everybody.
  if (theirs.state !== "" && theirs.state !== ours.state)
    found.push(differs(`${question}, state`, theirs.state, ours.state));
  return [...found, ...ofLines(theirs.lines, ours.lines, question)];
}

function ofLines(theirs: readonly SaidLine[], ours: readonly SaidLine[], question: string): Finding[] {
  const found: Finding[] = [];
  for (let at = 0; at < Math.max(theirs.length, ours.length) && found.length < MOST_LINES; at += 1) {
    const [claimed, own] = [theirs[at], ours[at]];
    if (claimed?.about === own?.about && claimed?.text === own?.text) continue;
    const about = `${question}, ${own?.about ?? claimed?.about ?? ""}`;
    const isOther = claimed !== undefined && own !== undefined && claimed.about !== own.about;
    found.push(differs(about, isOther ? `${claimed.about}: ${claimed.text}` : (claimed?.text ?? ""), own?.text ?? ""));
  }
  return found;
}
