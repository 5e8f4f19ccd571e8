export type Child = Node | string | undefined | false;

/** Makes an element of attributes, elements and text nodes. A class `dtqr-x` is also the part `x`. */
export function make(tag: string, name: string, attributes: Record<string, string>, ...children: Child[]) {
  const node = document.createElement(tag);
  if (name) {
    node.className = name;
    node.setAttribute("part", name == "dtqr" ? "base" : name.replace(/dtqr-/g, ""));
  }
  for (const key in attributes) node.setAttribute(key, attributes[key]!);
  node.append(...children.filter((child) => child !== undefined && child !== false));
  return node;
}

/** Puts values in place of the `{names}` of a text. They come from outside, so each is on its own whatever it holds. */
export const fill = (text: string, values: Record<string, string | number>): Child[] =>
  text.split(/\{(\w+)\}/).map((piece, index) => (index % 2 ? make("bdi", "", {}, String(values[piece] ?? "")) : piece));

/** Returns `url` if it leads to the web: anything else, such as `javascript:`, must not become a link or a way to go. */
export const webLink = (url: string | undefined) => (/^https?:\/\/./i.test(url ?? "") ? url : undefined);
