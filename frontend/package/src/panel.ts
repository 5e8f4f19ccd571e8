/** What the element fetches while it begins: the shell, the stylesheet, and the way to WebAssembly. */
export { default as css } from "./panel.css";
export { open } from "./shell.js";
export { load } from "./wasm.js";
