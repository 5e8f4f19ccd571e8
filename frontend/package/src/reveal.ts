/** Shows a secret once; fetched when there is one to show. */
export { open } from "../../src/panel/reveal.js";
