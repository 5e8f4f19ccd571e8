import type { State } from "./types.js";

const names: Partial<Record<State["status"], string>> = {
  pending: "ready",
  created: "created",
  authenticated: "authenticated",
  denied: "ended",
  expired: "ended",
  cancelled: "ended",
  failed: "ended",
  operator_required: "ended",
};

/** Returns the event, without its prefix, for those who wait for one kind of state. */
export const eventOf = (status: State["status"]) => names[status];
