import type { Language } from "./language.js";
import type { Texts } from "./texts.js";

/** The build puts the loader's folder in place of `@`. */
export const textsOf = (language: Language): Promise<{ default: Texts }> => import(`@/texts/${language}.js`);
