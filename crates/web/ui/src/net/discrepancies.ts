import type { MessageInitShape } from "@bufbuild/protobuf";
import type { DiscrepanciesResponse, MomentSchema } from "../gen/tallylog/v1/results_pb";
import { results } from "./clients";
import { atSize } from "./moment";

/** Which of them are asked for. */
interface Question {
  readonly moment?: MessageInitShape<typeof MomentSchema>;
  readonly from?: bigint;
  readonly until?: bigint;
}

/** Everything that the checks found, however many answers that takes: all of them of the moment of the first. */
export async function allDiscrepancies(
  question: Question,
  options: Parameters<typeof results.discrepancies>[1],
): Promise<DiscrepanciesResponse> {
  const answer = await results.discrepancies(question, options);
  const moment = atSize(Number(answer.position?.size ?? 0n));
  let { next } = answer;
  while (next !== undefined) {
    const more = await results.discrepancies({ ...question, moment, skip: next }, options);
    answer.discrepancies.push(...more.discrepancies);
    ({ next } = more);
  }
  return answer;
}
