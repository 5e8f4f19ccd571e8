/** What the panel asks for the secret with. */
export interface Offer {
  root: HTMLElement;
  url: string;
  token: string;
  say: (key: string) => string | undefined;
}

export function open(offer: Offer): () => void;
