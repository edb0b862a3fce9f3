import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MomentSchema } from "../../gen/tallylog/v1/results_pb";
import { atSize } from "../../net/moment";
import { numberOf } from "../paths";

/** The moment that an address names, by a size of the log or a release; null for now. */
export function moment(size: string | null, release: string | null): MessageInitShape<typeof MomentSchema> | null {
  if (release) return { at: { case: "release", value: release } };
  const entries = numberOf(size);
  return entries === null ? null : atSize(entries);
}
