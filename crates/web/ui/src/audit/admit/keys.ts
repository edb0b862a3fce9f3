import type { State } from "../../fold";
import type { Enrolment, Revocation } from "../../log/events";
import { hasDesks, isBlank, nameOf, refusal, type Refusal, type Signer } from "./refusal";

// What `enrols`, `named` and `revokes` are in `admit/mod.rs`.

/** Whether a key may be enrolled, whoever does so. The key, and the proof that somebody holds it, are another check. */
export function enrols(state: State, signer: Signer, enrolment: Enrolment): Refusal | null {
  if (isBlank(enrolment.person)) return refusal("bad-name");
  const unnamed = hasDesks(signer) ? named(state, enrolment) : null;
  if (unnamed !== null) return unnamed;
  const known = state.authors.find(enrolment.key);
  if (known !== null) return refusal("key-enrolled", known.enrolled);
  const precincts = enrolment.role.kind === "Chair" ? enrolment.role.value : [];
  const unlisted = precincts.find((precinct) => state.roster.position(precinct) === null);
  return unlisted === undefined ? null : refusal("unknown-precinct", nameOf(unlisted));
}

/** A name is written as it was the first time: whoever could have two could do alone what takes two persons. */
function named(state: State, { person, role }: Enrolment): Refusal | null {
  if (role.kind === "Campaign" && isBlank(role.value)) return refusal("bad-name");
  const known = state.authors.alike(person);
  return known === null || known.person === person ? null : refusal("alike-name", `${person}: ${known.person}`);
}

/** Whether a key may be revoked, whoever does so. */
export function revokes(state: State, { key }: Revocation): Refusal | null {
  const author = state.authors.find(key);
  if (author === null) return refusal("unknown-key");
  if (author.revoked !== null) return refusal("revoked-key", author.revoked);
  const registrars = state.authors.registrars().filter(({ revoked }) => revoked === null);
  return author.role.kind === "Registrar" && registrars.length === 1 ? refusal("last-registrar") : null;
}
