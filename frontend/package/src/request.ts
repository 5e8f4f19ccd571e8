import type { FlowStarted } from "./types.js";

/** The base of the API of a backend. */
export const api = (backend: string) => backend + "/api/v1/";

/** Tells the backend that nobody waits for a flow any more, or with `?leaving=true` that the page may come back to it. Reaches it even while the page goes away. */
export const giveUp = (backend: string, { flow_id, poll_token }: FlowStarted, how = "") =>
  fetch(`${api(backend)}flows/${flow_id}${how}`, {
    method: "DELETE",
    keepalive: true,
    headers: { authorization: "Bearer " + poll_token },
  }).catch(() => {});
