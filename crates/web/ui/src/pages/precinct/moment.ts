import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MomentSchema } from "../../gen/tallylog/v1/results_pb";

/** The moment that an address names, by a size of the log or a release; null for now. */
export function moment(size: string | null, release: string | null): MessageInitShape<typeof MomentSchema> | null {
  if (release) return { at: { case: "release", value: release } };
  return size !== null && /^[0-9]{1,15}$/.test(size) ? { at: { case: "size", value: BigInt(size) } } : null;
}
