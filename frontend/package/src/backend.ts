/** Returns the backend that a script came from: what is before `/embed/` in its address, else nothing. */
export const backendOf = (script: string) => {
  const [base, isEmbedded] = script.split("/embed/") as [string, string?];
  return isEmbedded ? base : "";
};
