import type { Server } from "../../audit/night";
import { get } from "./fetch";

/** The server that the page came from. */
export const server: Server = { get };
