import type { Role } from "../log/events";
import { toHex } from "../log/hex";
import { likeness } from "./likeness";

/** A key with its person and role. */
export interface Author {
  /** Its place in the order of enrolment. */
  readonly id: number;
  readonly key: Uint8Array;
  /** Whose it is. Two keys of one name are one person. */
  readonly person: string;
  readonly role: Role;
  /** The entry that enrolled it. */
  readonly enrolled: number;
  /** The entry that withdrew it. */
  readonly revoked: number | null;
}

/** A spell of the log in which one person alone was registrar. */
export interface SoleRegistrar {
  readonly person: string;
  /** The entry that began it. */
  readonly from: number;
  /** The entry that ended it; `null` where it lasts. */
  readonly until: number | null;
}

/** Every key that was ever enrolled. */
export class Authors {
  private readonly list: Author[] = [];
  private readonly places = new Map<string, number>();
  /** The places of registrars' keys. */
  private readonly ofRegistrars: number[] = [];
  /** The place of the first of those whose names look alike. */
  private readonly byLikeness = new Map<string, number>();

  find(key: Uint8Array): Author | null {
    const place = this.places.get(toHex(key));
    return place === undefined ? null : (this.list[place] ?? null);
  }

  get(id: number): Author | null {
    return this.list[id] ?? null;
  }

  /** The first who was enrolled under a name that looks like this one. */
  alike(person: string): Author | null {
    const place = this.byLikeness.get(likeness(person));
    return place === undefined ? null : (this.list[place] ?? null);
  }

  /** In the order of enrolment. */
  all(): readonly Author[] {
    return this.list;
  }

  /** Every key that a registrar ever had. */
  registrars(): readonly Author[] {
    return this.ofRegistrars.flatMap((place) => this.list[place] ?? []);
  }

  /** Whether two persons or more are registrars now. Two keys of one name are one person. */
  hasSeveralRegistrars(): boolean {
    const stand = this.registrars().filter(({ revoked }) => revoked === null);
    return new Set(stand.map(({ person }) => person)).size > 1;
  }

  /** The spells in which one person alone was registrar, and could do alone what takes two. */
  soleRegistrars(): readonly SoleRegistrar[] {
    const registrars = this.registrars();
    const turns = new Set(registrars.flatMap(({ enrolled, revoked }) => [enrolled, revoked ?? enrolled]));
    const spells: SoleRegistrar[] = [];
    for (const entry of [...turns].sort((one, other) => one - other)) {
      const stand = registrars.filter(({ enrolled, revoked }) => enrolled <= entry && (revoked ?? Infinity) > entry);
      const [person, ...others] = new Set(stand.map((author) => author.person));
      const last = spells.at(-1);
      const sole = others.length === 0 ? person : undefined;
      if (last?.until === null && last.person !== sole) spells[spells.length - 1] = { ...last, until: entry };
      if (sole !== undefined && (last?.until !== null || last.person !== sole))
        spells.push({ person: sole, from: entry, until: null });
    }
    return spells;
  }

  enrol(key: Uint8Array, person: string, role: Role, enrolled: number): void {
    this.places.set(toHex(key), this.list.length);
    const alike = likeness(person);
    if (!this.byLikeness.has(alike)) this.byLikeness.set(alike, this.list.length);
    if (role.kind === "Registrar") this.ofRegistrars.push(this.list.length);
    this.list.push({ id: this.list.length, key, person, role, enrolled, revoked: null });
  }

  /** The first revocation counts. */
  revoke(key: Uint8Array, by: number): void {
    const author = this.find(key);
    if (author?.revoked === null) this.list[author.id] = { ...author, revoked: by };
  }
}

/** What a role is called. */
export function roleName(role: Role): string {
  switch (role.kind) {
    case "Registrar":
      return "registrar";
    case "Chair":
      return "chair";
    case "Operator":
      return "operator";
    case "Reviewer":
      return "reviewer";
    case "CorrectionsOfficer":
      return "corrections officer";
    case "Campaign":
      return "campaign";
    case "Observer":
      return "observer";
    case "Witness":
      return "witness";
    case "Importer":
      return "importer";
    case "Service":
      return "service";
  }
}
