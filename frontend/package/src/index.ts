import { DingTalkQrElement } from "./element.js";
import type { DingTalkQrProperties } from "./types.js";

export { DingTalkQrElement };
export type * from "./types.js";

/** Defines the element, unless the tag is taken. Another tag than `dingtalk-qr` gets a class of its own. Does nothing on a server. */
export function define(tag = "dingtalk-qr"): void {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  if (!registry || registry.get(tag)) return;
  registry.define(tag, tag == "dingtalk-qr" ? DingTalkQrElement : class extends DingTalkQrElement {});
}

/** Puts an element with these properties at the end of `target`, an element or a selector. */
export function mount(target: Element | string, options: Partial<DingTalkQrProperties> = {}): { element: DingTalkQrElement; unmount(): void } {
  define();
  const parent = typeof target == "string" ? document.querySelector(target) : target;
  if (!parent) throw new Error(`there is no element ${target}`);
  const element = document.createElement("dingtalk-qr") as DingTalkQrElement;
  Object.assign(element, options);
  parent.append(element);
  return { element, unmount: () => element.remove() };
}
