import init, { Panel } from "panel-glue";
import type { PanelClass, PanelOptions, State, Texts } from "./types.js";

/** Compiles the panel; fails where WebAssembly is refused or does not come. */
export async function load(wasm: Promise<Response>): Promise<PanelClass> {
  await init({ module_or_path: wasm });
  return WasmPanel;
}

/** The module knows the texts by their order, which is the same in every language. */
class WasmPanel extends Panel {
  constructor(root: Element, options: PanelOptions, texts: Texts, tell: (state: State) => void) {
    super(root, options, Object.values(texts), tell);
  }

  override setTexts(lang: string, texts: Texts) {
    super.setTexts(lang, Object.values(texts));
  }
}
