import { currentLanguage, t, type Key } from "../words/index.svelte";
import { found } from "../words/en/found";
import { said } from "../words/en/said";

/** How a report came, in the reader's language. */
export function channelWord(channel: string): string {
  switch (channel) {
    case "app":
      return t("said.channel.app");
    case "phone":
      return t("said.channel.phone");
    case "photo":
      return t("said.channel.photo");
    case "paper":
      return t("said.channel.paper");
    case "import":
      return t("said.channel.import");
    default:
      return channel;
  }
}

/** By what right a record changes. */
export function correctionKindWord(kind: string): string {
  switch (kind) {
    case "":
      return t("precinct.nobodySaid");
    case "transcription":
      return t("said.correction.transcription");
    case "rule":
      return t("said.correction.rule");
    case "head count":
      return t("said.correction.headCount");
    default:
      return kind;
  }
}

/** What is done in a case. */
export function stageWord(stage: string): string {
  switch (stage) {
    case "correction":
      return t("said.stage.correction");
    case "recanvass":
      return t("said.stage.recanvass");
    case "recount":
      return t("said.stage.recount");
    default:
      return stage;
  }
}

/** What a key may sign. A role that this page does not know is shown as it came. */
export function roleWord(role: string): string {
  switch (role.replace(" ", "").toLowerCase()) {
    case "registrar":
      return t("said.role.registrar");
    case "chair":
      return t("said.role.chair");
    case "operator":
      return t("said.role.operator");
    case "reviewer":
      return t("said.role.reviewer");
    case "correctionsofficer":
      return t("said.role.correctionsOfficer");
    case "campaign":
      return t("said.role.campaign");
    case "observer":
      return t("said.role.observer");
    case "witness":
      return t("said.role.witness");
    case "importer":
      return t("said.role.importer");
    case "service":
      return t("said.role.service");
    default:
      return role;
  }
}

/** The kind of an event in the reader's language; one that this page does not know as it came. */
export function kindWord(kind: string): string {
  const key = `said.kind.${kind}`;
  return isKey(key) ? t(key) : kind;
}

/** What happened, in a few words: the server's own in English, and the kind of the event in every other language. */
export function titleWord(kind: string, title: string): string {
  return currentLanguage() === "en" && title !== "" ? title : kindWord(kind);
}

/** What a check found, by its code; nothing of a check that this page does not know. */
export function foundWord(code: string): string {
  const key = `found.${code}`;
  return isFound(key) ? t(key) : "";
}

function isFound(key: string): key is Key & keyof typeof found {
  return key in found;
}

function isKey(key: string): key is Key & keyof typeof said {
  return key in said;
}
