import { enrolmentOf } from "../../log/event/keys";
import type { Act, DecodedEntry, Enrolment, PrecinctId, Role } from "../../log/events";
import { toHex } from "../../log/hex";

/** The log's own key, which entry 0 names; everybody else has a role in an enrolment. */
export type RoleName = Role["kind"];

/** A signing key, and what the log says of it. */
export interface KeyRecord {
  readonly key: string;
  readonly person: string;
  readonly role: RoleName;
  /** A chair's precincts; empty for everybody else. */
  readonly precincts: readonly PrecinctId[];
  /** A campaign's name; empty for everybody else. */
  readonly campaign: string;
  readonly enrolled: { readonly entry: number; readonly atMs: number; readonly byCode: boolean };
  readonly revoked: { readonly entry: number; readonly atMs: number; readonly reason: string } | null;
  /** How many entries it has signed as far as the log was read. */
  readonly signed: number;
}

/** Reads entries in order, and keeps who may sign what. */
export class KeyBook {
  private readonly known = new Map<string, KeyRecord>();
  private read = 0;

  /** How many entries were read. */
  get size(): number {
    return this.read;
  }

  /** In the order of enrolment. */
  get keys(): readonly KeyRecord[] {
    return [...this.known.values()];
  }

  take(entry: DecodedEntry): void {
    this.read += 1;
    this.look(entry);
    const author = toHex(entry.author);
    const record = this.known.get(author);
    if (record) this.known.set(author, { ...record, signed: record.signed + 1 });
  }

  private look(entry: DecodedEntry): void {
    const { event } = entry.body;
    switch (event.kind) {
      case "ContestOpened": {
        for (const { person, key } of event.value.registrars)
          this.add(entry, person, key, { kind: "Registrar" }, false);
        this.add(entry, event.value.log.origin, event.value.service, { kind: "Service" }, false);
        return;
      }
      case "KeyEnrolled":
        this.enrol(entry, event.value, false);
        return;
      case "Code":
        if (event.value.kind === "Redeemed") this.enrol(entry, event.value.value.enrolment, true);
        return;
      case "KeyRevoked":
        this.revoke(entry, toHex(event.value.key), event.value.reason);
        return;
      case "Authority":
        if (event.value.kind === "Seconded") this.second(entry, event.value.value.act);
        return;
      case "CountyListed":
      case "Reported":
      case "Corrected":
      case "Released":
      case "ResultsCommitted":
      case "Entered":
      case "FilesAdded":
      case "Review":
      case "Case":
      case "Inquiry":
      case "Course":
      case "Paper":
        return;
    }
  }

  /** What two persons signed is so. A successor takes the place of the key before it. */
  private second(entry: DecodedEntry, act: Act): void {
    if (act.kind === "Revoke") this.revoke(entry, toHex(act.value.key), act.value.reason);
    if (act.kind === "Succeed") {
      for (const { key } of this.keys.filter(({ role, revoked }) => role === "Service" && revoked === null))
        this.revoke(entry, key, act.value.reason);
    }
    const enrolment = enrolmentOf(act);
    if (enrolment !== null) this.enrol(entry, enrolment, false);
  }

  private enrol(entry: DecodedEntry, { person, key, role }: Enrolment, byCode: boolean): void {
    this.add(entry, person, key, role, byCode);
  }

  private add(entry: DecodedEntry, person: string, key: Uint8Array, role: Role, byCode: boolean): void {
    const name = toHex(key);
    this.known.set(name, {
      key: name,
      person,
      role: role.kind,
      precincts: role.kind === "Chair" ? role.value : [],
      campaign: role.kind === "Campaign" ? role.value : "",
      enrolled: { entry: entry.index, atMs: entry.receivedAt, byCode },
      revoked: null,
      signed: 0,
    });
  }

  private revoke(entry: DecodedEntry, key: string, reason: string): void {
    const record = this.known.get(key);
    if (record?.revoked === null)
      this.known.set(key, { ...record, revoked: { entry: entry.index, atMs: entry.receivedAt, reason } });
  }
}
