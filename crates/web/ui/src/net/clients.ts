import { createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { Cases } from "../gen/tallylog/v1/cases_pb";
import { Log } from "../gen/tallylog/v1/log_pb";
import { Results } from "../gen/tallylog/v1/results_pb";

/** Everything is asked of the host that served the page. */
const transport = createGrpcWebTransport({ baseUrl: globalThis.location.origin });

export const results = createClient(Results, transport);
export const cases = createClient(Cases, transport);
export const log = createClient(Log, transport);
