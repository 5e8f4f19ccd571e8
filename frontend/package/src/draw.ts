import type { Qr } from "./types.js";

const svg = (tag: string, attributes: Record<string, string | number>, ...children: Node[]) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const name in attributes) node.setAttribute(name, attributes[name] as string);
  node.append(...children);
  return node;
};

/** Draws a code dark on light with its quiet zone, with whole pixels for every module. */
export function draw({ size, path }: Qr) {
  const modules = size + 8;
  const width = Math.max(240 - (240 % modules), 120);
  return svg(
    "svg",
    { class: "dtqr-code", part: "code", role: "img", width, height: width, viewBox: `-4 -4 ${modules} ${modules}`, "shape-rendering": "crispEdges" },
    svg("rect", { x: -4, y: -4, width: modules, height: modules, fill: "#fff" }),
    svg("path", { d: path }),
  );
}
