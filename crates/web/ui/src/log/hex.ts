/** Writes bytes in hexadecimal, in lower case. */
export { bytesToHex as toHex } from "@noble/hashes/utils.js";
