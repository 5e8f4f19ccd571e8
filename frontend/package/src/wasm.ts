import type { PanelClass } from "./types.js";
import init, { Panel } from "panel-glue";

/** Compiles the panel; fails where WebAssembly is refused or does not come. */
export async function load(wasm: Promise<Response>): Promise<PanelClass> {
  await init({ module_or_path: wasm });
  return Panel;
}
