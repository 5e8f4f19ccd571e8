import type { FlowStarted, PanelOptions } from "./types.js";

/** What a tab keeps of a flow, so that a reload goes on with it. */
export type Kept = FlowStarted & {
  /** Milliseconds since 1970. */
  deadline: number;
  /** Whether the browser was sent to DingTalk. */
  left?: boolean;
  /** Whether it was sent there without a flow; the rest is missing then. */
  departed?: boolean;
};

/** The keys in `sessionStorage` of the live elements of the page. */
const taken = new Set<string>();

/** Reserves the key of a flow; the second element that asks for the same one gets `#2` behind it. */
export function take({ mode, backend, app = "", corp_id = "" }: PanelOptions, door: string) {
  const base = mode == "login" ? `dingtalk-qr-login:${door}:${backend}:${app}:${corp_id}` : `dingtalk-qr:${backend}:${app}`;
  let place = base;
  for (let number = 2; taken.has(place); number++) place = `${base}#${number}`;
  taken.add(place);
  return place;
}

/** Frees a key for the next element. */
export const release = (place: string) => taken.delete(place);

/** Returns what is kept, unless its time is over. */
export function read(place: string): Kept | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place)!) as Kept | null;
    return kept && (kept.departed || Date.now() < kept.deadline) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a flow, or forgets it. Failing to do so costs nothing but the resumption. */
export function keep(place: string, kept?: Kept) {
  try {
    if (kept) sessionStorage.setItem(place, JSON.stringify(kept));
    else sessionStorage.removeItem(place);
  } catch {
    // The browser forbids it.
  }
}
